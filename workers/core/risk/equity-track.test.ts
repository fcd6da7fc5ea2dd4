import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Money } from "../ledger/decimal.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import { money } from "../testing/orders.ts";
import { drawdownOf, type EquityMark, lossOfDay, startTrack, trackEquity } from "./equity-track.ts";
import { type Bucket, fullBucket, takeToken, tokensLeft } from "./token-bucket.ts";

const DAY_MS = 86_400_000;
const mark = (equity: string, netDeposits = "1000", at = 0): EquityMark => ({
  equity: money(equity),
  netDeposits: money(netDeposits),
  at,
});
const track = (...marks: EquityMark[]) => marks.slice(1).reduce(trackEquity, startTrack(marks[0]));

describe("equity against its marks", () => {
  it("loses by the day from where the day began, open positions included", () => {
    const fallen = track(mark("1000"), mark("1100"), mark("950"));
    expect(formatDecimal(lossOfDay(fallen))).toBe("50");
    expect(lossOfDay(track(mark("1000"), mark("1100")))).toBe(0n);
    // The new day begins where the old one ended; what fell overnight is the new day's.
    const next = trackEquity(fallen, mark("930", "1000", DAY_MS));
    expect(formatDecimal(lossOfDay(next))).toBe("20");
    expect(formatDecimal(lossOfDay(trackEquity(next, mark("900", "1000", DAY_MS - 1))))).toBe("50");
  });

  it("falls from its peak, rounded up, and to nothing at worst", () => {
    expect(formatDecimal(drawdownOf(track(mark("1000"), mark("1200"), mark("900"))))).toBe("0.25");
    expect(formatDecimal(drawdownOf({ peak: money("3"), equity: money("2") }))).toBe("0.333333333333333334");
    expect(drawdownOf(track(mark("1000"), mark("1200")))).toBe(0n);
    expect(formatDecimal(drawdownOf({ peak: money("0"), equity: money("-1") }))).toBe("1");
  });

  it("counts days from midnight UTC, and no fall where there is none", () => {
    expect(startTrack(mark("1000", "1000", 2 * DAY_MS - 1)).day).toBe(1);
    expect(trackEquity(startTrack(mark("1000")), mark("1000", "1000", 3 * DAY_MS)).day).toBe(3);
    expect(drawdownOf({ peak: money("0"), equity: money("0") })).toBe(0n);
    expect(drawdownOf({ peak: money("10"), equity: money("12") })).toBe(0n);
  });

  it("takes no deposit for a profit and no withdrawal for a loss", () => {
    const steps = fc.array(
      fc.record({ profit: fc.integer({ min: -50, max: 50 }), moved: fc.integer({ min: -20, max: 20 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (rows) => {
        const play = (moves: boolean) => {
          let equity = 10_000;
          let deposits = 10_000;
          let last = startTrack(mark(String(equity), String(deposits)));
          for (const { profit, moved } of rows) {
            equity += profit + (moves ? moved : 0);
            deposits += moves ? moved : 0;
            last = trackEquity(last, mark(String(equity), String(deposits)));
          }
          return last;
        };
        const [with_, without] = [play(true), play(false)];
        expect(lossOfDay(with_)).toBe(lossOfDay(without));
        const fall = ({ peak, equity }: { peak: Money; equity: Money }) => peak - equity;
        expect(fall(with_)).toBe(fall(without));
      }),
    );
  });
});

describe("token buckets", () => {
  const rate = { capacity: 5, windowMs: 1_000 };

  it("let through at most a capacity at once and its rate after, in any stretch of time", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });
    fc.assert(
      fc.property(waits, (gaps) => {
        let now = 0;
        let bucket: Bucket = fullBucket(rate, now);
        const passed: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (tokensLeft(bucket, rate, now) < 1) continue;
          bucket = takeToken(bucket, rate, now);
          passed.push(now);
        }
        passed.forEach((from, first) => {
          passed.slice(first).forEach((to, count) => {
            expect(count + 1).toBeLessThanOrEqual(rate.capacity + ((to - from) * rate.capacity) / rate.windowMs + 1e-9);
          });
        });
      }),
    );
  });

  it("refill nothing while the clock goes back, and hold a lower capacity at once", () => {
    let bucket = fullBucket(rate, 10_000);
    for (let i = 0; i < 5; i++) bucket = takeToken(bucket, rate, 10_000);
    expect(tokensLeft(bucket, rate, 9_500)).toBe(0);
    expect(takeToken(bucket, rate, 9_500).at).toBe(10_000);
    expect(tokensLeft(bucket, rate, 10_200)).toBe(1);
    expect(tokensLeft(fullBucket(rate, 0), { capacity: 2, windowMs: 1_000 }, 0)).toBe(2);
  });

  it("are full again where the clock was set back by more than a window, and do not wait until it has caught up", () => {
    let bucket = fullBucket(rate, 600_000);
    for (let i = 0; i < 5; i++) bucket = takeToken(bucket, rate, 600_000);
    expect(tokensLeft(bucket, rate, 10_000)).toBe(rate.capacity);
    expect(takeToken(bucket, rate, 10_000)).toEqual({ left: rate.capacity - 1, at: 10_000 });
  });
});

describe("a bucket of messages", () => {
  const rate = { capacity: 10, windowMs: 1_000 };

  it("that lies a window ahead of the clock is still believed, and no further", () => {
    const ahead: Bucket = { left: 2, at: 5_000 };
    expect(tokensLeft(ahead, rate, 4_000)).toBe(2);
    expect(takeToken(ahead, rate, 4_000)).toEqual({ left: 1, at: 5_000 });
    expect(tokensLeft(ahead, rate, 3_999)).toBe(10);
    expect(takeToken(ahead, rate, 3_999)).toEqual({ left: 9, at: 3_999 });
  });
});
