import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { MINUTE_MS } from "../candle/timeframe.ts";
import { createRun, type Run, restoreRun } from "../engine/run.ts";
import type { RunDefinition } from "../engine/settings.ts";
import { decodeSnapshot, encodeSnapshot } from "../engine/snapshot.ts";
import type { TradeRow } from "../engine/trade-log.ts";
import { createTrader, type Trader } from "../engine/trader.ts";
import { placeCommand, type TraderCommand } from "../engine/trader-command.ts";
import type { Order } from "../fill/order.ts";
import { PaperBook } from "../fill/paper-book.ts";
import type { PaperLeg, PaperNews, PaperPart } from "../fill/paper-order.ts";

/** What can be compared of a run and of a bot: all numbers as they are, so that `===` tells. */
export interface Story {
  readonly orders: string[];
  readonly fills: string[];
  readonly equity: string[];
  /** Trades that ended, but for their excursions: a bot does not see the path inside the candle of its fill. */
  readonly trades: string[];
}

export type Placed = Extract<TraderCommand, { type: "place" }>;

/** A number with every bit. */
export function bits(value: number | undefined): string {
  return value === undefined ? "-" : value.toExponential(17);
}

/** An order as it was decided, as one line. */
export function orderLine(place: Placed): string {
  const { ref, instrument, side, kind, quantity, limit, stop, legs, tag } = place;
  const prices = [quantity, limit, stop, legs.stop, legs.target, legs.trail].map(bits);
  return [ref, instrument, side, kind, ...prices, tag].join(" ");
}

/** A trade as one line. */
export function fillLine(fill: {
  id: string;
  side: number;
  quantity: number;
  price: number;
  fee: number;
  at: number;
}): string {
  const { id, side, quantity, price, fee, at } = fill;
  return [id, side > 0 ? "buy" : "sell", bits(quantity), bits(price), bits(fee), at].join(" ");
}

/** A trade that ended, as one line. */
export function tradeLine({ mae: _worst, mfe: _best, ...trade }: TradeRow): string {
  return Object.values(trade)
    .map((value) => (typeof value === "number" ? bits(value) : value))
    .join(" ");
}

/** The story of a backtest over the candles, pushed at once or, with `cuts`, stopped and gone on with at these times. */
export function runStory(definition: RunDefinition, candles: readonly CandleColumns[], cuts: readonly number[]): Story {
  const story: Story = { orders: [], fills: [], equity: [], trades: [] };
  const refs = new Map<number, string>();
  let placed: { index: number; order: Order }[] = [];
  const watch = (run: Run): Run => {
    run.observe({
      placed: (index, order) => placed.push({ index, order }),
      filled: ({ order, group, reason, ...fill }) => {
        const ref = refs.get(group > 0 ? group : order) ?? "liquidation";
        const id = group > 0 ? `${ref}.${reason}` : ref;
        story.fills.push(fillLine({ ...fill, id, at: fill.time }));
      },
      closed: (time) => {
        placed.forEach(({ index, order }, at) => {
          const leg = order.role === "exit" ? "exit" : "entry";
          const ordinal = placed.slice(0, at).filter((other) => other.order.role === order.role).length;
          const command = placeCommand(order, index, { candleTime: time, leg, ordinal }) as Placed;
          refs.set(order.id, command.ref);
          story.orders.push(orderLine(command));
        });
        placed = [];
        story.equity.push(`${time} ${bits(run.progress().equity)}`);
      },
    });
    return run;
  };
  let run = watch(createRun(definition));
  let from = Number.NEGATIVE_INFINITY;
  for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
    run.push(candles.map((part) => sliceCandles(part, indexAtTime(part, from), indexAtTime(part, cut))));
    run = watch(restoreRun(definition, decodeSnapshot(encodeSnapshot(run.snapshot()))));
    from = cut;
  }
  story.trades.push(...run.finish().main.trades.rows().map(tradeLine));
  return story;
}

/** The story of a bot that lives through the same candles minute by minute with a paper book, restarted at `restarts`. */
export class BotDrive {
  readonly story: Story = { orders: [], fills: [], equity: [], trades: [] };
  trader: Trader;
  paper: PaperBook;
  private readonly definition: RunDefinition;

  constructor(definition: RunDefinition) {
    this.definition = definition;
    this.trader = createTrader(definition);
    this.paper = this.newPaper();
  }

  private newPaper(): PaperBook {
    const { settings, instruments } = this.definition;
    return new PaperBook(
      instruments.map(({ instrument }) => instrument),
      { ...settings, latencyMs: 0 },
    );
  }

  /** Both go through their texts. */
  restart(): void {
    const trader = encodeSnapshot(this.trader.snapshot());
    const paper = encodeSnapshot(this.paper.snapshot());
    this.trader = createTrader(this.definition);
    this.trader.restore(decodeSnapshot(trader));
    this.paper = this.newPaper();
    this.paper.restore(decodeSnapshot(paper));
  }

  /** One minute: the venue meets it first, then the bot hears of it, then it decides. */
  minute(time: number, candles: readonly CandleColumns[]): void {
    const chunks = candles.map((part) =>
      sliceCandles(part, indexAtTime(part, time), indexAtTime(part, time + MINUTE_MS)),
    );
    const slices = chunks.flatMap((part, index) => {
      if (part.length === 0) return [];
      const [open, high, low, close, volume] = [part.open, part.high, part.low, part.close, part.volume].map(
        (column) => column[0],
      );
      const { symbol } = this.definition.instruments[index].instrument;
      return [{ instrument: symbol, time, open, high, low, close, volume }];
    });
    this.hear(this.paper.walk(slices));
    const end = time + MINUTE_MS;
    this.story.trades.push(...this.trader.takeTrades().map(tradeLine));
    for (const command of this.trader.push(chunks, end)) this.obey(command, end);
    for (const { time: open, equity } of this.trader.closes) this.story.equity.push(`${open} ${bits(equity)}`);
  }

  private obey(command: TraderCommand, at: number): void {
    if (command.type === "cancel") {
      this.hear(this.paper.cancel(command.ref) ?? []);
      return;
    }
    this.story.orders.push(orderLine(command));
    const { ref, instrument, quantity, legs } = command;
    const prices: [PaperPart, number | undefined][] = [
      ["stop", legs.stop],
      ["target", legs.target],
      ["trailing", legs.trail],
    ];
    const { symbol } = this.definition.instruments[instrument].instrument;
    const refusal = this.paper.place(
      {
        ...command,
        id: ref,
        instrument: symbol,
        legs: prices.flatMap(([part, price]): PaperLeg[] =>
          price === undefined ? [] : [{ id: `${ref}.${part}`, part, price, quantity }],
        ),
      },
      at,
    );
    if (refusal !== undefined) throw new Error(`${ref} was refused: ${refusal.message}`);
  }

  private hear(news: readonly PaperNews[]): void {
    for (const item of news) {
      if (item.type === "fill" && item.id === undefined) {
        const instrument = this.definition.instruments.findIndex(
          (entry) => entry.instrument.symbol === item.instrument,
        );
        this.story.fills.push(fillLine({ ...item, id: "liquidation", side: item.side === "buy" ? 1 : -1 }));
        this.trader.hear({ ...item, type: "liquidation", instrument });
        continue;
      }
      const id = item.id ?? "";
      const [candleTime, leg, ordinal, part = "main"] = id.split(".");
      const ref = [candleTime, leg, ordinal].join(".");
      if (item.type === "fill") {
        this.story.fills.push(fillLine({ ...item, id, side: item.side === "buy" ? 1 : -1 }));
        this.trader.hear({ ...item, type: "fill", ref, part: part as "main" });
      } else {
        this.trader.hear({ type: "ended", ref, part: part as "main" });
      }
    }
  }
}
