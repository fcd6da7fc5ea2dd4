import type { SignalState } from "../../schema/wire/signal.ts";
import type { TraderOrder } from "../core/engine/trader.ts";
import type { Signal as Wanted } from "../core/strategy/strategy.ts";
import type { WaitingSignal } from "./signal-store.ts";

/** An entry that had to wait longer than this for its turn is not made any more: the market has gone on. */
export const TURN_MS_MAX = 60_000;

/** Wishes that say where an instrument shall stand, whatever was wished before. */
const WHOLE: ReadonlySet<WaitingSignal["wish"]> = new Set(["long", "short", "flat"]);

/** Where a bot stands in the instrument of a signal. */
export interface Standing {
  /** The instrument's place in the trader's lists. */
  readonly index: number;
  /** Signed quantity. */
  readonly held: number;
  /** The last price known; 0 where there is none yet. */
  readonly mark: number;
  readonly working: readonly TraderOrder[];
  readonly direction: "long" | "short" | "both";
}

/** What is to be done about a signal whose turn it is. */
export type SignalPlan =
  | { readonly do: "settle"; readonly state: SignalState; readonly reason: string }
  /** Until what is under way has ended: what it comes to decides. */
  | { readonly do: "wait" }
  /** Entries that rest are taken back first, so that they and what follows cannot both fill. */
  | { readonly do: "cancel"; readonly signals: readonly Wanted[] }
  | { readonly do: "order"; readonly signals: readonly Wanted[] };

/**
 * The signal that comes in the place of one that still waits: the newest that says where the instrument shall stand. An exit
 * gives way to a later "flat" alone: an entry behind it may yet be denied, and what was held would stay.
 */
export function successorOf(signal: WaitingSignal, waiting: readonly WaitingSignal[]): WaitingSignal | undefined {
  const isEntry = signal.wish === "long" || signal.wish === "short";
  return waiting.findLast(
    ({ sequence, instrument, wish }) =>
      sequence > signal.sequence && instrument === signal.instrument && (isEntry ? WHOLE.has(wish) : wish === "flat"),
  );
}

/** What a signal comes to where the bot stands as it does. `now` in UTC ms. */
export function planSignal(signal: WaitingSignal, standing: Standing, now: number): SignalPlan {
  const { index, held, working } = standing;
  const entries = working.filter(({ role }) => role === "entry");
  const isEntry = signal.wish === "long" || signal.wish === "short";
  if (isEntry && now - signal.at > TURN_MS_MAX) {
    const reason = `Its turn came ${Math.round((now - signal.at) / 1_000)} s after it did, too late for an entry.`;
    return { do: "settle", state: "stale", reason };
  }
  const needless = needlessBecause(signal, standing);
  if (needless !== undefined) return { do: "settle", state: "unneeded", reason: needless };
  if (entries.some(({ canceled }) => !canceled))
    return { do: "cancel", signals: [{ instrument: index, side: "cancel" }] };
  if (working.length > 0) return { do: "wait" };
  if (!isEntry) return { do: "order", signals: [{ instrument: index, side: "close" }] };
  const misplaced = misplacedStop(signal, standing);
  if (misplaced !== undefined) return { do: "settle", state: "denied", reason: misplaced };
  if (held === 0 && standing.direction !== "both" && standing.direction !== signal.wish) {
    const reason = `The bot trades ${standing.direction} only, and holds nothing that this could close.`;
    return { do: "settle", state: "denied", reason };
  }
  return { do: "order", signals: [entryOf(signal, index)] };
}

/** Why nothing is to be done, also once what is under way has ended. */
function needlessBecause({ wish }: WaitingSignal, { held, working }: Standing): string | undefined {
  const entering = (side: "buy" | "sell") =>
    working.some((order) => order.role === "entry" && order.side === side && !order.canceled);
  const leaving = working.some(({ role }) => role === "exit");
  switch (wish) {
    case "long":
    case "short": {
      const [sign, side] = wish === "long" ? [1, "buy" as const] : [-1, "sell" as const];
      if (held * sign > 0 && !leaving) return `It is ${wish} already.`;
      const atMarket = working.some((order) => order.role === "entry" && order.side === side && order.atMarket);
      return atMarket && entering(side) ? `An entry ${wish} is on its way already.` : undefined;
    }
    case "exit-long":
      return held <= 0 && !entering("buy") && working.length === 0 ? "It is not long." : undefined;
    case "exit-short":
      return held >= 0 && !entering("sell") && working.length === 0 ? "It is not short." : undefined;
    default:
      return held === 0 && working.length === 0 ? "It holds nothing." : undefined;
  }
}

function entryOf({ wish, terms, id }: WaitingSignal, index: number): Wanted {
  const { limit, entryStop, stop, target, trail, scale } = terms;
  const price = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const prices = {
    ...{ limit: price(limit), entryStop: price(entryStop), stop: price(stop), target: price(target) },
    ...{ trail: price(trail), scale },
  };
  const given = Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== undefined));
  return { instrument: index, side: wish === "short" ? "sell" : "buy", tag: id, ...given };
}

/** Protection that would fire at once protects nothing: the last price decides where the entry is at the market. */
function misplacedStop({ wish, terms }: WaitingSignal, { mark }: Standing): string | undefined {
  if (terms.limit !== undefined || terms.entryStop !== undefined || mark <= 0) return undefined;
  const sign = wish === "long" ? 1 : -1;
  const rules = [["stop", terms.stop, -sign] as const, ["target", terms.target, sign] as const];
  for (const [name, price, side] of rules) {
    if (price === undefined || (Number(price) - mark) * side > 0) continue;
    return `${name} must be ${side > 0 ? "above" : "below"} the last price, ${mark}, for a ${wish}, was ${price}.`;
  }
  return undefined;
}
