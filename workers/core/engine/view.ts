import type { CandleColumns } from "../candle/candle.ts";
import type { InstrumentView, PositionView, StrategyView } from "../strategy/strategy.ts";
import type { Account } from "./account.ts";
import type { Book } from "./book.ts";

type Open<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What stepped strategies see, kept as one object that is filled in place: a new one a candle would cost more than most
 * strategies. It holds closed candles only.
 */
export class LaneView implements StrategyView {
  time = 0;
  equity = 0;
  cash = 0;
  readonly instruments: Open<InstrumentView>[];

  constructor(symbols: readonly string[]) {
    this.instruments = symbols.map((symbol) => ({
      symbol,
      fresh: false,
      time: Number.NaN,
      open: Number.NaN,
      high: Number.NaN,
      low: Number.NaN,
      close: Number.NaN,
      volume: Number.NaN,
      position: { quantity: 0, entryPrice: Number.NaN, entryTime: Number.NaN, candlesHeld: 0 },
      workingOrders: 0,
    }));
  }

  /** Marks every instrument as without a candle at this close. */
  beginClose(): void {
    for (const instrument of this.instruments) instrument.fresh = false;
  }

  see(index: number, candles: CandleColumns, at: number): void {
    const view = this.instruments[index];
    view.fresh = true;
    view.time = candles.time[at];
    view.open = candles.open[at];
    view.high = candles.high[at];
    view.low = candles.low[at];
    view.close = candles.close[at];
    view.volume = candles.volume[at];
  }

  /** Takes cash, positions and orders of the account over. */
  seeAccount(account: Account, books: readonly Book[], time: number): void {
    this.time = time;
    this.cash = account.cash;
    this.equity = account.equity();
    this.instruments.forEach((view, index) => {
      const { quantity, lots } = account.positions[index];
      const position = view.position as Open<PositionView>;
      const first = lots[0];
      position.quantity = quantity;
      position.entryPrice =
        first === undefined ? Number.NaN : lots.reduce((sum, lot) => sum + lot.price * lot.quantity, 0) / quantity;
      position.entryTime = first === undefined ? Number.NaN : first.time;
      position.candlesHeld = first === undefined ? 0 : books[index].candle - first.openedAt;
      view.workingOrders = books[index].orders.reduce((sum, order) => sum + (order.role === "entry" ? 1 : 0), 0);
    });
  }
}
