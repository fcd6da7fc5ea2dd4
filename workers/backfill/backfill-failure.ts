import { VenueRefusal, type VenueSilence } from "../brokers/request/venue-reply.ts";
import type { BackfillChange, BackfillRow } from "./backfill-store.ts";

/** A rate that is used up frees a little at a time: waiting less than this would send a message for every page. */
const RATE_WAIT_MS_MIN = 5_000;
/** After a venue did not answer, at first and at most: each time doubles it. */
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 600_000;
/** Some four hours of trying: longer than maintenance lasts. Its owner may have it go on at any time after. */
const FAILURES_MAX = 30;
/** No message of a queue is held back for longer. */
const WAIT_MS_MAX = 43_200_000;

export type WaitOrEnd =
  | { readonly kind: "wait"; readonly waitUntilMs: number; readonly change: BackfillChange }
  | { readonly kind: "end"; readonly change: BackfillChange };

/** What follows from an answer that a venue did not give, in words for its owner. */
export function failureOf(error: VenueSilence | VenueRefusal, row: BackfillRow, nowMs: number): WaitOrEnd {
  if (error instanceof VenueRefusal) {
    const look = error.isKey ? " Look at its connection, then let it go on." : "";
    return end("venue_refuses", `The venue refuses: ${error.message}.${look}`);
  }
  const askedFor = Math.min(error.retryAt ?? 0, nowMs + WAIT_MS_MAX);
  if (error.isRate) {
    const waitUntilMs = Math.max(askedFor, nowMs + RATE_WAIT_MS_MIN);
    const words = "The venue lets only so many requests through. It goes on by itself.";
    return wait(waitUntilMs, "venue_rate", words, { rateWaits: row.rateWaits + 1 });
  }
  const failures = row.failures + 1;
  const words = `The venue did not answer: ${error.message}.`;
  if (failures > FAILURES_MAX) return end("venue_silent", `${words} It was tried ${FAILURES_MAX} times.`);
  const waitUntilMs = Math.max(askedFor, nowMs + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (failures - 1)));
  return wait(waitUntilMs, "venue_silent", `${words} It is tried again.`, { failures });
}

function wait(waitUntilMs: number, errorCode: string, errorMessage: string, more: BackfillChange): WaitOrEnd {
  return { kind: "wait", waitUntilMs, change: { ...more, waitUntilMs, errorCode, errorMessage } };
}

function end(errorCode: string, errorMessage: string): WaitOrEnd {
  return { kind: "end", change: { errorCode, errorMessage, waitUntilMs: null } };
}
