import type { Order } from "../../schema/wire/trading.ts";
import type { DeskCalls } from "../account/desk-calls.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { Trader, TraderStop } from "../core/engine/trader.ts";
import { exactText } from "../core/ledger/decimal-double.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";
import { type DeskView, isOver } from "./desk-view.ts";

const MISSING = "missingStops";
/** Where a target trades, its stop goes: news of the trade may come so long behind that of the stop. Not in a replay. */
export const GONE_FOR_MS = 60_000;

/** A stop of what is held whose order no longer rests at the venue. */
export interface MissingStop extends TraderStop {
  /** Place of the instrument in the trader's lists. */
  readonly index: number;
  readonly instrument: string;
  /** Once its price was met: how often the bot has tried to close what is held, and when it does again, by the market's time. */
  readonly tries?: number;
  readonly tryAt?: number;
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
  const known = new Map(knownMissing(store).map((stop) => [stop.ref, stop]));
  const missing: MissingStop[] = [];
  let againAt: number | undefined;
  for (const [index, { instrument }] of definition.instruments.entries()) {
    // What closes the position takes its legs away first.
    const closes = isClosing(trader, index);
    for (const stop of trader.stops(index)) {
      const before = known.get(stop.ref);
      const goneAt = closes ? undefined : await goneSince(stop.ref, before !== undefined, parts);
      if (closes && before !== undefined) missing.push(before);
      if (goneAt === undefined) continue;
      if (now() - goneAt >= goneForMs) missing.push({ ...before, ...stop, index, instrument: instrument.id });
      else againAt = Math.min(againAt ?? Number.POSITIVE_INFINITY, goneAt + goneForMs);
    }
  }
  return { missing, againAt };
}

/** Whether an exit of an instrument is on its way. */
export function isClosing(trader: Pick<Trader, "working">, index: number): boolean {
  return trader.working(index).some(({ role }) => role === "exit");
}

/** Since when no order protects what an entry bought or sold, UTC ms; undefined where one does. */
async function goneSince(
  entry: string,
  isKnown: boolean,
  { store, desk, record }: LookParts,
): Promise<number | undefined> {
  const ids = store.stopsOf(entry);
  const open = store.get<DeskView>("deskView")?.openOrders.filter(rests) ?? [];
  if (open.some(({ id }) => ids.includes(id))) return undefined;
  if (isKnown) return 0;
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

/** `closes`: whether the bot is at work, and so keeps the stop itself. */
export function missingWords({ instrument, price }: MissingStop, { closes }: { readonly closes: boolean }): string {
  const held =
    price === undefined
      ? `${instrument} is held without its trailing stop, whose order is gone`
      : `${instrument} is held without its stop at ${exactText(price)}, whose order is gone`;
  if (!closes) return `${held}.`;
  return price === undefined
    ? `${held}: only the strategy closes it.`
    : `${held}: the bot closes all it holds of it at the close of a candle that meets that price.`;
}

/** Keeps stops as they are now in the place of what was known of them. */
export function keepTries(store: Pick<BotStore, "get" | "put">, closing: readonly MissingStop[]): void {
  const kept = new Map(closing.map((stop) => [stop.ref, stop]));
  store.put(
    MISSING,
    knownMissing(store).map((stop) => kept.get(stop.ref) ?? stop),
  );
}
