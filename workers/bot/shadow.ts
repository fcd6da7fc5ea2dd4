import type { ShadowDifference, ShadowState, ShadowTrade } from "../../schema/wire/shadow.ts";
import type { Order as WireOrder } from "../../schema/wire/trading.ts";
import type { CandleColumns } from "../core/candle/candle.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import { createRun, type Run } from "../core/engine/run.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import { type Snapshot, snapshotField } from "../core/engine/snapshot.ts";
import { type OrderPart, placeCommand, refOf } from "../core/engine/trader-command.ts";
import type { Order } from "../core/fill/order.ts";
import { exactText } from "../core/ledger/decimal-double.ts";
import { type Compared, costsOf, type Leg, newLeg, type ShadowKind, withFill } from "./shadow-cost.ts";

/** Orders that are compared one by one; older ones only count in the sums. All are stored with each candle. */
const COMPARED_KEPT = 100;
/** Orders whose names are kept although nothing of them waits or is held: fills of a candle are told before what they close is gone. */
const REFS_KEPT = 100;
/** Differences that a page shows; of an order all or none. */
const SHOWN = 50;
/** Candles of the bot's timeframe that either side may be behind before a trade counts as missed or extra. */
const GRACE_CANDLES = 2;

/** A fill of the bot as it was told. */
export interface RealFill {
  readonly ref: string | undefined;
  readonly part: OrderPart | undefined;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly at: number;
  readonly order: Pick<WireOrder, "id" | "instrument" | "side">;
}

interface Saved {
  readonly compared: Record<string, Compared>;
  readonly sums: Record<ShadowKind, number>;
  readonly refs: Record<string, string>;
  readonly marketAt: number;
  readonly marks: Record<string, number>;
}

/**
 * The backtest that runs beside a bot on the same candles, and what the two differ by. Orders of both have the same names,
 * so that each fill is held against its own: what it cost more is price, or delay where it came later; fees are fees; what
 * only one of them traded is missed or extra, valued at the last price until it is closed.
 */
export class Shadow {
  private readonly run: Run;
  private readonly definition: RunDefinition;
  private readonly stepMs: number;
  private compared: Record<string, Compared> = {};
  /** Texts of what is compared: with a fill of it comes another object. */
  private readonly texts = new WeakMap<Compared, string>();
  private sums: Record<ShadowKind, number> = { price: 0, delay: 0, fee: 0, quantity: 0, missed: 0, extra: 0 };
  /** Names of the run's orders by their numbers. */
  private refs: Record<string, string> = {};
  private placed: { index: number; order: Order }[] = [];
  private marks: Record<string, number> = {};
  private marketAt = 0;

  constructor(definition: RunDefinition) {
    this.definition = definition;
    this.stepMs = timeframeMs(definition.timeframe);
    this.run = createRun({ ...definition, isEndless: true });
    this.run.observe({
      placed: (index, order) => this.placed.push({ index, order }),
      filled: ({ order, group, reason, instrument, side, quantity, price, fee, time }) => {
        const ref = this.refs[group > 0 ? group : order];
        const part = group > 0 ? reason : "main";
        const { id } = definition.instruments[instrument].instrument;
        const whose = { instrument: id, side: side > 0 ? ("buy" as const) : ("sell" as const) };
        this.note(`${ref ?? "venue"}.${part}`, whose, "shadow", { quantity, price, fee, at: time });
      },
      closed: (time) => this.name(time),
    });
  }

  /** Gives the orders that were placed at a close the names that the bot's have. */
  private name(candleTime: number): void {
    this.placed.forEach(({ index, order }, at) => {
      const leg = order.role === "exit" ? "exit" : "entry";
      const earlier = this.placed.slice(0, at).filter((other) => (other.order.role === "exit") === (leg === "exit"));
      const command = placeCommand(order, index, { candleTime, leg, ordinal: earlier.length });
      this.refs[order.id] = command.ref ?? refOf({ candleTime, leg, ordinal: earlier.length });
    });
    this.placed = [];
    const names = Object.entries(this.refs);
    if (names.length <= REFS_KEPT) return;
    const live = this.run.liveOrders();
    const kept = names.filter(([order], at) => at >= names.length - REFS_KEPT || live.has(Number(order)));
    this.refs = Object.fromEntries(kept);
  }

  /** History: the run takes it before its first decision. */
  warm(chunks: readonly CandleColumns[]): void {
    this.run.push(chunks);
  }

  /** The next candles, which the bot has just decided on. */
  push(chunks: readonly CandleColumns[], until: number): void {
    this.run.push(chunks);
    this.run.forgetTrades();
    this.marketAt = until;
    chunks.forEach((chunk, index) => {
      const { id } = this.definition.instruments[index].instrument;
      if (chunk.length > 0) this.marks[id] = chunk.close[chunk.length - 1];
    });
    this.forgetOld();
  }

  heardFill({ ref, part, quantity, price, fee, at, order }: RealFill): void {
    const key = ref === undefined ? `hand.${order.id}` : `${ref}.${part ?? "main"}`;
    this.note(key, order, "real", { quantity, price, fee, at });
  }

  private note(
    key: string,
    { instrument, side }: Pick<WireOrder, "instrument" | "side">,
    whose: "shadow" | "real",
    fill: Omit<Leg, "value"> & { readonly price: number },
  ): void {
    const known = this.compared[key] ?? { instrument, side, at: fill.at, shadow: newLeg(), real: newLeg() };
    this.compared = { ...this.compared, [key]: { ...known, [whose]: withFill(known[whose], fill) } };
  }

  /** The oldest orders go into the sums, what is still open of them at the price of that moment. */
  private forgetOld(): void {
    const keys = Object.keys(this.compared);
    if (keys.length <= COMPARED_KEPT) return;
    for (const key of keys.slice(0, keys.length - COMPARED_KEPT)) {
      const { [key]: old, ...rest } = this.compared;
      // Its other side may still come.
      if (this.waits(old)) continue;
      for (const [kind, cost] of this.costs(old)) this.sums[kind] += cost;
      this.compared = rest;
    }
  }

  private waits({ at }: Compared): boolean {
    return this.marketAt - at < GRACE_CANDLES * this.stepMs;
  }

  private costs(compared: Compared): readonly (readonly [ShadowKind, number])[] {
    const mark = this.marks[compared.instrument];
    return costsOf(compared, { mark, waits: this.waits(compared), delayMs: this.stepMs });
  }

  /** Equity of the backtest. */
  equity(): number {
    return this.run.progress().equity;
  }

  /** What the page shows; `equity` is the bot's own. */
  state(equity: number): ShadowState {
    const byKind = { ...this.sums };
    const orders: ShadowDifference[][] = [];
    for (const [key, compared] of Object.entries(this.compared)) {
      const costs = this.costs(compared);
      for (const [kind, cost] of costs) byKind[kind] += cost;
      const { instrument, side, at } = compared;
      const whose = { at, instrument, side, ...orderOf(key, compared) };
      orders.push(costs.map(([kind, cost]) => ({ ...whose, kind, cost: money(cost) })));
    }
    return {
      equity: money(this.equity()),
      difference: money(equity - this.equity()),
      byKind: {
        price: money(byKind.price),
        delay: money(byKind.delay),
        fee: money(byKind.fee),
        quantity: money(byKind.quantity),
        missed: money(byKind.missed),
        extra: money(byKind.extra),
      },
      latest: newest(orders),
    };
  }

  snapshot(): Snapshot {
    const { sums, refs, marketAt, marks } = this;
    const rest: Omit<Saved, "compared"> = { sums, refs, marketAt, marks };
    const compared = Object.entries(this.compared).map(
      ([key, order]) => `${JSON.stringify(key)}:${this.textOf(order)}`,
    );
    const saved = `{"compared":{${compared.join(",")}},${JSON.stringify(rest).slice(1)}`;
    return { run: this.run.snapshot(), saved };
  }

  /** Most are what they were at the last candle. */
  private textOf(compared: Compared): string {
    const known = this.texts.get(compared);
    if (known !== undefined) return known;
    const text = JSON.stringify(compared);
    this.texts.set(compared, text);
    return text;
  }

  restore(snapshot: Snapshot): void {
    this.run.restore(snapshotField(snapshot, "run"));
    const saved = JSON.parse(String(snapshotField(snapshot, "saved"))) as Saved;
    this.compared = { ...saved.compared };
    this.sums = { ...saved.sums };
    this.refs = { ...saved.refs };
    this.marks = { ...saved.marks };
    this.marketAt = saved.marketAt;
  }
}

/** Amounts that are shown and never booked: cents of cents are enough. */
function money(value: number): string {
  return exactText(Number(value.toFixed(6)) + 0);
}

/** The differences of the newest orders, newest first. */
function newest(orders: readonly (readonly ShadowDifference[])[]): ShadowDifference[] {
  const shown: ShadowDifference[] = [];
  for (const order of [...orders].reverse()) {
    if (shown.length + order.length > SHOWN) break;
    shown.push(...order);
  }
  return shown;
}

/** What both sides traded of an order; a price of several fills is their mean. */
function orderOf(key: string, { shadow, real }: Compared) {
  const shown = (value: number) => exactText(Number(value.toPrecision(10)));
  const trade = ({ quantity, value }: Leg): ShadowTrade | null =>
    quantity === 0 ? null : { quantity: shown(quantity), price: shown(value / quantity) };
  const words = (traded: ShadowTrade | null) => (traded === null ? "nothing" : `${traded.quantity} at ${traded.price}`);
  const [backtest, bot] = [trade(shadow), trade(real)];
  const part = key.startsWith("hand.") ? "hand" : key.slice(key.lastIndexOf(".") + 1);
  const detail = `${part === "main" ? "order" : part}: backtest ${words(backtest)}, bot ${words(bot)}`;
  return { order: key, part, backtest, bot, detail };
}
