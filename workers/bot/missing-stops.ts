import type { Order } from "../../schema/wire/trading.ts";
import type { DeskCalls } from "../account/desk-calls.ts";
import type { CandleColumns } from "../core/candle/candle.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { Trader, TraderStop } from "../core/engine/trader.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import { exactText } from "../core/ledger/decimal-double.ts";
import type { Signal } from "../core/strategy/strategy.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";
import { type DeskView, isOver } from "./bot-view.ts";

const MISSING = "missingStops";
/** Where a target trades, its stop goes: news of the trade may come so long behind that of the stop. Not in a replay. */
export const GONE_FOR_MS = 10_000;

/** A stop of what is held whose order no longer rests at the venue. */
export interface MissingStop extends TraderStop {
  /** Place of the instrument in the trader's lists. */
  readonly index: number;
  readonly instrument: string;
}

interface LookParts {
  readonly store: Pick<BotStore, "get" | "stopsOf">;
  readonly desk: Pick<DeskCalls, "order">;
  readonly record: Pick<BotRecord, "ownerId">;
  readonly definition: Pick<RunDefinition, "instruments">;
  readonly trader: Pick<Trader, "stops" | "working">;
  /** UTC ms. */
  readonly now: () => number;
  /** How long ago an order has to have gone, ms. */
  readonly goneForMs: number;
}

export interface StopsLook {
  readonly missing: readonly MissingStop[];
  /** When to look again, UTC ms, since one has gone only just now. */
  readonly againAt: number | undefined;
}

/**
 * Stops of what a bot holds whose orders are gone: whoever stopped it and let it keep its positions, a kill switch, a cut of
 * its share or the venue took them away. Asked once the desk was heard; an order that is over does not come back.
 */
export async function lookForStops(parts: LookParts): Promise<StopsLook> {
  const { store, definition, trader, now, goneForMs } = parts;
  const known = new Set(knownMissing(store).map(({ ref }) => ref));
  const missing: MissingStop[] = [];
  let againAt: number | undefined;
  for (const [index, { instrument }] of definition.instruments.entries()) {
    // What closes the position takes its legs away first.
    const closes = trader.working(index).some(({ role }) => role === "exit");
    for (const stop of closes ? [] : trader.stops(index)) {
      const goneAt = known.has(stop.ref) ? 0 : await goneSince(stop.ref, parts);
      if (goneAt === undefined) continue;
      if (now() - goneAt >= goneForMs) missing.push({ ...stop, index, instrument: instrument.id });
      else againAt = Math.min(againAt ?? Number.POSITIVE_INFINITY, goneAt + goneForMs);
    }
  }
  return { missing, againAt };
}

/** Since when no order protects what an entry bought or sold, UTC ms; undefined where one does. */
async function goneSince(entry: string, { store, desk, record }: LookParts): Promise<number | undefined> {
  const ids = store.stopsOf(entry);
  const open = store.get<DeskView>("deskView")?.openOrders.filter(rests) ?? [];
  if (open.some(({ id }) => ids.includes(id))) return undefined;
  // What is shown of the desk has an end: it knows.
  const orders = await Promise.all(ids.map((orderId) => desk.order({ ownerId: record.ownerId, orderId })));
  if (orders.some((found) => found !== undefined && rests(found.order))) return undefined;
  return Math.max(0, ...orders.map((found) => found?.order.updatedAt ?? 0));
}

/** Whether an order may still trade. One that was sent and never found protects nothing. */
function rests({ state }: Pick<Order, "state">): boolean {
  return !isOver(state) && state !== "LOST";
}

/** Those that the bot has told of. */
export function knownMissing(store: Pick<BotStore, "get">): readonly MissingStop[] {
  return store.get<MissingStop[]>(MISSING) ?? [];
}

/** Keeps what is missing now; answers what was not before. */
export function noteMissing(store: Pick<BotStore, "get" | "put">, missing: readonly MissingStop[]): MissingStop[] {
  const before = knownMissing(store);
  const fresh = missing.filter(({ ref }) => !before.some((known) => known.ref === ref));
  if (fresh.length > 0 || before.length !== missing.length) store.put(MISSING, missing);
  return fresh;
}

export function missingWords({ instrument, price }: MissingStop): string {
  return price === undefined
    ? `${instrument} is held without its trailing stop, whose order is gone: only the strategy closes it.`
    : `${instrument} is held without its stop at ${exactText(price)}, whose order is gone: the bot closes it at the close of a candle that meets that price.`;
}

/**
 * Closes what is held beyond a stop whose order is gone, at the market, where a candle met its price: how old the candle is
 * makes no difference to that. Nothing where an exit is on its way already.
 */
export function closeMet(
  trader: Pick<Trader, "positions" | "working" | "act">,
  {
    missing,
    chunks,
    until,
    stepMs,
  }: {
    readonly missing: readonly MissingStop[];
    readonly chunks: readonly CandleColumns[];
    /** The close of the candle, UTC ms, and its length. */
    readonly until: number;
    readonly stepMs: number;
  },
): readonly TraderCommand[] {
  const met = missing.filter((stop) => isMet(stop, chunks[stop.index])).map(({ index }) => index);
  const signals = [...new Set(met)]
    .filter((index) => trader.positions()[index].quantity !== 0)
    .filter((index) => !trader.working(index).some(({ role }) => role === "exit"))
    .map((instrument): Signal => ({ instrument, side: "close", tag: "stop" }));
  // A name of its own: what the candle itself decided is named by its open.
  return signals.length === 0 ? [] : trader.act(signals, { time: until - stepMs + 1, at: until });
}

/** Whether a candle of these met the price of a stop. */
function isMet({ side, price }: TraderStop, { high, low, length }: CandleColumns): boolean {
  if (price === undefined) return false;
  for (let i = 0; i < length; i++) if (side === "buy" ? low[i] <= price : high[i] >= price) return true;
  return false;
}
