import { MINUTE_MS } from "../core/candle/timeframe.ts";

/** What a crash cut off is gone on with so soon after: a restart shall have everything trading within five seconds. */
export const CUT_OFF_MS = 2_000;
const CUT_OFFS = "alarms-cut-off";

/**
 * The work of an alarm begins. Says after how many ms it is to be gone on with if it is cut off: soon, and twice as late each
 * time in a row, up to a minute, since work that crashes its own process must not do so every other second for ever.
 */
export function beginWork(kv: SyncKvStorage): number {
  const cutOff = kv.get<number>(CUT_OFFS) ?? 0;
  kv.put(CUT_OFFS, cutOff + 1);
  return Math.min(CUT_OFF_MS * 2 ** cutOff, MINUTE_MS);
}

/** Whether the last work that began was cut off. */
export function wasCutOff(kv: SyncKvStorage): boolean {
  return kv.get<number>(CUT_OFFS) !== undefined;
}

/** It came to its end. */
export function endWork(kv: SyncKvStorage): void {
  if (wasCutOff(kv)) kv.delete(CUT_OFFS);
}
