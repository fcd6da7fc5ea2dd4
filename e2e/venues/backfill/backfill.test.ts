import { describe, expect, it } from "vitest";
import type { BackfillRow } from "../../../workers/backfill/backfill-store.ts";
import { aggregateCandles } from "../../../workers/core/candle/aggregator.ts";
import { type CandleColumns, sliceCandles } from "../../../workers/core/candle/candle.ts";
import { DAY_MS, MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { seededRandom } from "../../../workers/core/testing/random-candles.ts";
import type { BackfillStage } from "./backfill-stage.ts";
import { binanceBackfill, sourceCandles } from "./binance-backfill.ts";
import { differenceOf } from "./same-candles.ts";
import { spoiltPages } from "./spoilt-pages.ts";

const FROM = Date.UTC(2024, 0, 20);
const TO = Date.UTC(2024, 1, 10);

/** What ended because its processes died again and again is told to go on, as its owner would. */
async function finishAtAnyCost(stage: BackfillStage, id: string): Promise<BackfillRow> {
  for (;;) {
    const row = await stage.finish(id);
    if (row.errorCode !== "gave_up") return row;
    await stage.resume(id);
  }
}

function expectSame(left: CandleColumns, right: CandleColumns): void {
  expect(differenceOf(left, right)).toBeUndefined();
}

describe("minutes of a venue that are brought into the archive", () => {
  it("are those of the source, each once, with the larger candles that charts read", async () => {
    const { stage, begin, venue } = binanceBackfill({ seed: 1 });
    const row = await stage.finish(await begin(FROM, TO));
    const source = sourceCandles(FROM, TO);
    expect(row).toMatchObject({ status: "done", candles: source.length, missing: 0, repaired: 0 });
    expectSame(await stage.candles(row, "1m"), source);
    const days = aggregateCandles(source, { from: "1m", to: "1d" });
    expectSame(await stage.candles(row, "1d"), sliceCandles(days, 0, days.length));
    expect(await stage.dataset(row)).toMatchObject({ fromMs: FROM, toMs: TO, candles: source.length, source: "venue" });
    // A page holds 1,000; one more request measures the clock. None was asked for twice.
    expect(stage.requestsAt.length).toBe(Math.ceil(source.length / 1_000) + 1);
    expect([venue.rate.refusals, venue.rate.bans]).toEqual([0, 0]);
  });

  it.each([1, 2, 3])(
    "are the same where processes end anywhere, messages are lost and doubled, and the venue errs (seed %i)",
    async (seed) => {
      const random = seededRandom(seed + 1_000);
      const { stage, begin, venue } = binanceBackfill({
        ...{ seed, deaths: 0.02, lostMessages: 0.05, doubledMessages: 0.2, spoil: spoiltPages({ random, share: 0.1 }) },
        limits: { messagePagesMax: 6, stepCandlesMax: 3_000 },
      });
      venue.faults.rates = { "request-lost": 0.02, "server-down": 0.03, "rate-limited": 0.03, "html-body": 0.03 };
      const row = await finishAtAnyCost(stage, await begin(FROM, TO));
      expect(stage.deaths).toBeGreaterThan(0);
      const source = sourceCandles(FROM, TO);
      expect(row).toMatchObject({ status: "done", candles: source.length, missing: 0 });
      expectSame(await stage.candles(row, "1m"), source);
      expect(await stage.waste(row)).toBe(0);
      expect(venue.rate.bans).toBe(0);
    },
  );

  it("have the gaps of the source and no others, which are asked for twice and told", async () => {
    const isGap = (time: number) =>
      (time >= FROM + 3 * DAY_MS && time < FROM + 3 * DAY_MS + 90 * MINUTE_MS) || time % (7_919 * MINUTE_MS) === 0;
    const { stage, begin, venue } = binanceBackfill({ seed: 1 });
    venue.isGap = isGap;
    const row = await stage.finish(await begin(FROM, TO));
    const source = sourceCandles(FROM, TO, isGap);
    expectSame(await stage.candles(row, "1m"), source);
    const dataset = await stage.dataset(row);
    const absent = (TO - FROM) / MINUTE_MS - source.length;
    expect(dataset?.report).toMatchObject({ gapCandles: absent, rowsKept: source.length, duplicates: 0, badRows: [] });
    expect(dataset?.report?.gaps).toContainEqual({
      ...{ from: FROM + 3 * DAY_MS, to: FROM + 3 * DAY_MS + 90 * MINUTE_MS, candles: 90 },
    });
    expect(row).toMatchObject({ missing: absent, repaired: 0 });
  });

  it("begin where the venue's do, where more was asked for than it has", async () => {
    const listed = FROM + 12 * DAY_MS + 7 * MINUTE_MS;
    const { stage, begin, venue } = binanceBackfill({ seed: 1 });
    venue.isGap = (time) => time < listed;
    const row = await stage.finish(await begin(FROM, TO));
    expectSame(await stage.candles(row, "1m"), sourceCandles(listed, TO));
    expect(row).toMatchObject({ status: "done", missing: 0 });
  });
});

describe("a venue's rate", () => {
  it("is kept: what its budget lets through, and after a ban nothing until its time is over", async () => {
    const { stage, begin, venue, clock } = binanceBackfill({ seed: 1 });
    // Others behind the same address leave little.
    venue.rate.foreign = 2_960;
    const row = await stage.finish(await begin(FROM, TO));
    expect(row.status).toBe("done");
    expect(row.rateWaits).toBeGreaterThan(0);
    expect([venue.rate.refusals, venue.rate.bans]).toEqual([0, 0]);
    const minutes = new Map<number, number>();
    for (const at of stage.requestsAt)
      minutes.set(Math.floor(at / MINUTE_MS), (minutes.get(Math.floor(at / MINUTE_MS)) ?? 0) + 1);
    expect(Math.max(...minutes.values())).toBeLessThanOrEqual(20);
    expect(clock.now - stage.requestsAt[0]).toBeLessThan(5 * MINUTE_MS);
  });

  it("is waited for as long as the venue says, also by a process that knows nothing of it", async () => {
    const { stage, begin, venue, clock } = binanceBackfill({ seed: 1, limits: { messagePagesMax: 4 } });
    const id = await begin(FROM, TO);
    await stage.turn();
    venue.faults.arm("rate-limited", { path: "klines" });
    while ((await stage.row(id)).rateWaits === 0) await stage.turn();
    const asked = stage.requestsAt.length;
    const { waitUntilMs } = await stage.row(id);
    expect(waitUntilMs).toBeGreaterThanOrEqual(clock.now + 4_900);
    stage.restart();
    await stage.turn();
    expect(stage.requestsAt.slice(asked).every((at) => at >= (waitUntilMs ?? 0))).toBe(true);
    expect((await stage.finish(id)).status).toBe("done");
  });
});

describe("a venue that is not well", () => {
  it("is tried less and less often, and after hours the backfill ends with the reason and all that was brought", async () => {
    const { stage, begin, venue, clock } = binanceBackfill({ seed: 1, limits: { messagePagesMax: 4 } });
    const id = await begin(FROM, TO);
    await stage.turn();
    venue.faults.maintenance = true;
    const [asked, since] = [stage.requestsAt.length, clock.now];
    const row = await stage.finish(id);
    expect(row).toMatchObject({ status: "failed", errorCode: "venue_silent", candles: 4_000 });
    expect(row.errorMessage).toMatch(/^The venue did not answer: .* It was tried 30 times\.$/);
    expect(clock.now - since).toBeGreaterThan(3 * 3_600_000);
    expect(stage.requestsAt.length - asked).toBeLessThan(40);
    expect(await stage.dataset(row)).toBeUndefined();
  });

  it("that has nothing at all of what was asked for is said so", async () => {
    const { stage, begin, venue } = binanceBackfill({ seed: 1 });
    venue.isGap = () => true;
    const row = await stage.finish(await begin(FROM, TO));
    expect(row).toMatchObject({ status: "failed", errorCode: "venue_refuses" });
    expect(row.errorMessage).toBe(
      "The venue refuses: it has no 1m candles of BTCUSDT between 2024-01-20 and 2024-02-10.",
    );
  });
});
