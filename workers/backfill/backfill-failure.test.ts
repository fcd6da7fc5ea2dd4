import { expect, it } from "vitest";
import { VenueRefusal, VenueSilence } from "../brokers/request/venue-reply.ts";
import { failureOf } from "./backfill-failure.ts";
import type { BackfillRow } from "./backfill-store.ts";

const NOW = 1_700_000_000_000;
const row = (failures: number) => ({ failures, rateWaits: 2 }) as BackfillRow;
const waitOf = (error: VenueSilence, failures = 0) => {
  const failure = failureOf(error, row(failures), NOW);
  return failure.kind === "wait" ? failure.waitUntilMs - NOW : failure.kind;
};

it("a venue that does not answer is asked again after five seconds, then after twice as long each time, up to ten minutes", () => {
  const silence = new VenueSilence("no reply", { isSent: true });
  expect([0, 1, 2, 6, 7, 29].map((failures) => waitOf(silence, failures))).toEqual([
    5_000, 10_000, 20_000, 320_000, 600_000, 600_000,
  ]);
  expect(waitOf(silence, 30)).toBe("end");
});

it("a rate that is used up counts as no failure, and is waited for as long as the venue says, within what a queue holds", () => {
  const rate = (retryAt: number) => new VenueSilence("too much", { isSent: true, retryAt, isRate: true });
  expect([NOW + 100, NOW + 77_000, NOW + 10 * 86_400_000].map((at) => waitOf(rate(at), 29))).toEqual([
    5_000, 77_000, 43_200_000,
  ]);
  expect(failureOf(rate(NOW), row(4), NOW).change).toMatchObject({ rateWaits: 3 });
  expect(failureOf(rate(NOW), row(4), NOW).change).not.toHaveProperty("failures");
});

it("a refusal ends it, and one of the key says where to look", () => {
  const refusal = (isKey: boolean) => failureOf(new VenueRefusal("1", "no such symbol", { isKey }), row(0), NOW);
  expect(refusal(false)).toMatchObject({ kind: "end", change: { errorMessage: "The venue refuses: no such symbol." } });
  expect(refusal(true).change.errorMessage).toMatch(/Look at its connection/);
});
