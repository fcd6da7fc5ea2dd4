import type { Decimal } from "../ledger/decimal.ts";
import { CAP_NAMES, type CapName, type LimitSet, stricter } from "./cap.ts";

/**
 * How long a limit that was raised waits before it counts: time for its owner to see the message and undo what somebody
 * else did in their name. A lower limit counts at once.
 */
export const RAISE_DELAY_MS = 60_000;

/** Limits of one level as they were set at a moment, UTC ms. */
export interface LimitChange {
  readonly at: number;
  readonly limits: LimitSet;
}

/**
 * The limits of a level in force at `now`: for each cap the strictest of what was set within the delay and of what was last
 * set before it. Leaving a cap out is a limit without end, and so a raise. `history` is in the order it was set.
 * Throws RangeError where nothing was set yet: no limits are not the same as none needed.
 */
export function limitsInForce(history: readonly LimitChange[], now: number): LimitSet {
  const set = history.filter((change) => change.at <= now);
  const newest = set.at(-1);
  if (newest === undefined) throw new RangeError(`limits must have been set by ${now}, were set never`);
  const settled = set.findLastIndex((change) => change.at <= now - RAISE_DELAY_MS);
  const counting = set.slice(Math.max(0, settled)).map((change) => change.limits);
  const caps: Partial<Record<CapName, Decimal>> = {};
  for (const name of CAP_NAMES) {
    const limit = strictestCap(name, counting);
    if (limit !== undefined) caps[name] = limit;
  }
  const instruments = intersection(counting.map((limits) => limits.instruments));
  const windows = windowsInForce(counting);
  return {
    version: newest.limits.version,
    caps,
    ...(instruments === undefined ? {} : { instruments }),
    ...(windows === undefined ? {} : { windows }),
  };
}

function strictestCap(name: CapName, counting: readonly LimitSet[]): Decimal | undefined {
  return counting
    .map((limits) => limits.caps[name])
    .reduce((best, next) => (best === undefined ? next : next === undefined ? best : stricter(name, best, next)));
}

/** What every list holds; an absent list holds everything. */
function intersection(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return lists.reduce((kept, list) =>
    kept === undefined ? list : list === undefined ? kept : kept.filter((entry) => list.includes(entry)),
  );
}

/** Hours that every set within the delay allows. */
function windowsInForce(counting: readonly LimitSet[]): LimitSet["windows"] {
  return counting
    .map((limits) => limits.windows)
    .reduce((kept, windows) => {
      if (kept === undefined) return windows;
      if (windows === undefined) return kept;
      return kept.flatMap((left) =>
        windows.flatMap((right) => {
          const weekdays = left.weekdays.filter((day) => right.weekdays.includes(day));
          const fromMinute = Math.max(left.fromMinute, right.fromMinute);
          const toMinute = Math.min(left.toMinute, right.toMinute);
          return weekdays.length > 0 && fromMinute < toMinute ? [{ weekdays, fromMinute, toMinute }] : [];
        }),
      );
    });
}
