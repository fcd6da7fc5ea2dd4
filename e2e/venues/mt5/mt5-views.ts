import { serverTimeOfUtc, utcOfServerTime } from "../../../workers/brokers/mt5/candles.ts";
import { BRIDGE_BARS_MAX } from "../../../workers/brokers/mt5/limits.ts";
import {
  add,
  type Decimal,
  divide,
  type Money,
  NO_QUANTITY,
  notional,
  type Price,
  type Quantity,
  subtract,
  ZERO,
} from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { EmulatedFill, EmulatedOrder } from "../emulated-order.ts";

/** What a request carries. */
export type Params = Readonly<Record<string, unknown>>;

const CONTRACTS: Readonly<Record<string, string>> = { BTCUSD: "1", EURUSD: "100000" };
const CLOCK = { rule: "new-york-close" } as const;
/** Lengths of candles by their names in the protocol, ms. */
const LENGTHS_MS: Readonly<Record<string, number>> = {
  ...{ "1m": 60_000, "3m": 180_000, "5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": 3_600_000 },
  ...{ "2h": 7_200_000, "4h": 14_400_000, "6h": 21_600_000, "8h": 28_800_000, "12h": 43_200_000 },
};
const MONEY_DEAL = {
  ...{ order: "0", cid: "", symbol: "", kind: "balance", side: "buy", entry: "in", volume: "0", price: "0" },
  ...{ commission: "0", swap: "0", contract: "1", quote: "USD", currency: "USD" },
};

interface ViewParts {
  readonly book: EmulatedBook;
  readonly keys: { readonly login: string; readonly server: string };
  readonly deposit: Money;
  /** When its deposit came, UTC ms. */
  readonly openedAt: number;
}

/** What a terminal shows of its books, in the words of MTB/1. */
export class Mt5Views {
  private readonly parts: ViewParts;

  constructor(parts: ViewParts) {
    this.parts = parts;
  }

  account() {
    const { login, server } = this.parts.keys;
    return { login, server, currency: "USD", mode: "demo", hedging: false, trade_allowed: true, ea_allowed: true };
  }

  symbols() {
    return [...this.parts.book.instruments.values()].map(({ symbol, base, quote, tick, lot, status }) => ({
      ...{ symbol, base, quote, kind: symbol === "EURUSD" ? "fx" : "crypto", tick: formatDecimal(tick) },
      contract: contractOf(symbol),
      volume_min: lots(lot as Quantity, symbol),
      volume_max: "500",
      volume_step: lots(lot as Quantity, symbol),
      trade_mode: status === "trading" ? "full" : "disabled",
    }));
  }

  prices(symbols: readonly string[]) {
    return symbols.flatMap((symbol) => {
      const price = this.parts.book.prices.get(symbol);
      return price === undefined ? [] : [{ symbol, bid: formatDecimal(price), at: this.parts.book.now() }];
    });
  }

  /** The balance counts what was earned, so what positions cost is put back to the money that is left. */
  holdings() {
    let balance: Decimal = this.parts.book.funds.get("USD") ?? ZERO;
    const positions = [];
    for (const [symbol, quantity] of this.parts.book.positions) {
      if (quantity === 0n) continue;
      const price = this.averagePrice(symbol);
      balance = add<Decimal>(balance, notional(price, quantity, "half-even"));
      const side = quantity > 0n ? "buy" : "sell";
      const volume = lots((quantity > 0n ? quantity : -quantity) as Quantity, symbol);
      positions.push({ symbol, side, volume, price: formatDecimal(price), contract: contractOf(symbol), quote: "USD" });
    }
    return { currency: "USD", balance: formatDecimal(balance), positions };
  }

  private averagePrice(symbol: string): Price {
    let held: Decimal = NO_QUANTITY;
    let average: Decimal = ZERO;
    for (const fill of this.parts.book.fills) {
      if (fill.symbol !== symbol) continue;
      const signed = fill.side === "buy" ? fill.quantity : (-fill.quantity as Quantity);
      const after = add<Decimal>(held, signed);
      const grows = held === 0n || held > 0n === signed > 0n;
      if (grows && after !== 0n) {
        const value = add<Decimal>(
          notional(average as Price, held as Quantity, "half-even"),
          notional(fill.price, signed, "half-even"),
        );
        average = divide(value, after, { decimals: 8, rounding: "half-even" });
      } else if (after !== 0n && after > 0n !== held > 0n) average = fill.price;
      held = after;
    }
    return average as Price;
  }

  history(params: Params) {
    const from = Number(params.from_ms);
    const after = BigInt(String(params.after_deal));
    const limit = Number(params.limit);
    const first = { ...MONEY_DEAL, deal: "1", profit: formatDecimal(this.parts.deposit), at: this.parts.openedAt };
    const later = ({ at, deal }: { at: number; deal: string }) => at > from || (at === from && BigInt(deal) > after);
    const deals = [first, ...this.parts.book.fills.map((fill) => this.deal(fill))].filter(later);
    return { deals: deals.slice(0, limit), more: deals.length > limit };
  }

  nameOf(id: bigint): string {
    const order = this.parts.book.orders.get(id);
    return order?.parent === undefined ? String(id) : `cid:${order.clientId}`;
  }

  shown(order: EmulatedOrder): Record<string, unknown> {
    const { symbol, side, status, filled, quantity } = order;
    const states = { pending: "waiting", armed: "placed", open: filled > 0n ? "partial" : "placed" } as const;
    const state = status in states ? states[status as keyof typeof states] : status;
    return {
      ...{ order: this.nameOf(order.id), cid: order.clientId, symbol, side, state },
      ...{ volume: lots(quantity, symbol), filled: lots(filled, symbol), contract: contractOf(symbol) },
      ...{ price: formatDecimal(order.limit ?? ZERO), stop: formatDecimal(order.stop ?? ZERO) },
      reason: status === "expired" && order.group !== undefined ? "linked" : "",
      ...(status === "expired" && order.group !== undefined ? { state: "canceled" } : {}),
    };
  }

  deal(fill: EmulatedFill): { at: number; deal: string } & Record<string, unknown> {
    const { symbol, side, quantity, price, fee, feeCurrency, at, order } = fill;
    return {
      ...{ deal: String(fill.id), order: this.nameOf(order.id), cid: order.clientId, symbol, kind: "trade", side },
      ...{ entry: side === "buy" ? "in" : "out", volume: lots(quantity, symbol), price: formatDecimal(price) },
      ...{ commission: formatDecimal(subtract<Decimal>(ZERO, fee)), swap: "0.00", profit: "0.00" },
      ...{ contract: contractOf(symbol), quote: "USD", currency: feeCurrency, at },
    };
  }

  /** Candles between two times by the server's clock, which closes its day with New York. */
  bars(params: Params) {
    const { book } = this.parts;
    const instrument = book.instruments.get(String(params.symbol));
    const lengthMs = LENGTHS_MS[String(params.timeframe)];
    if (instrument === undefined || lengthMs === undefined) return undefined;
    const asked = { symbol: instrument.symbol, tick: formatDecimal(instrument.tick) };
    const [from, to] = [params.from_s, params.to_s].map((wall) => utcOfServerTime(Number(wall) * 1_000, CLOCK));
    const bars: unknown[] = [];
    let time = Math.ceil(from / lengthMs) * lengthMs;
    const most = Math.min(BRIDGE_BARS_MAX, Number(params.limit));
    for (; time <= Math.min(to, book.now()) && bars.length < most; time += lengthMs) {
      const { open, high, low, close, volume } = book.tape.candle(asked, { time, lengthMs, now: book.now() });
      const prices = [open, high, low, close].map(Number);
      bars.push([serverTimeOfUtc(time, CLOCK) / 1_000, ...prices, Math.round(volume)]);
    }
    return { bars, more: time <= Math.min(to, book.now()) };
  }
}

/** Units of one lot. */
export function contractOf(symbol: string): string {
  return CONTRACTS[symbol] ?? "1";
}

function lots(units: Quantity, symbol: string): string {
  return formatDecimal(divide(units, parsePrice(contractOf(symbol), "contract"), { decimals: 8, rounding: "floor" }));
}
