import fc from "fast-check";
import { expect, test } from "vitest";
import { Timeframe } from "../../schema/wire/primitive.ts";
import { formatAgo, formatDateTime, formatDuration, formatInstant, formatPeriod } from "./time.ts";
import { TIMEFRAME_NAMES, timeframeLengthMs, timeframesFrom, timeframeWords } from "./timeframe.ts";

const NOON = Date.UTC(2024, 2, 14, 12, 30);

test("times are shown in the person's zone, and the zone is named where there is room", () => {
  expect(formatDateTime(NOON, "UTC")).toBe("2024-03-14 12:30");
  expect(formatDateTime(NOON, "America/New_York")).toBe("2024-03-14 08:30");
  expect(formatInstant(NOON, "Asia/Tokyo")).toBe("2024-03-14 21:30:00 Asia/Tokyo");
  expect(formatDateTime(Date.UTC(2024, 0, 1), "UTC")).toBe("2024-01-01 00:00");
});

test("a period ends on its last day, not on the midnight after it", () => {
  expect(formatPeriod(Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1), "UTC")).toBe("2024-01-01 to 2024-12-31");
  expect(formatPeriod(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), "UTC")).toBe("2024-01-01");
});

test("lengths of time are said in their two largest units", () => {
  expect(formatDuration(3_600_000)).toBe("1 h");
  expect(formatDuration(90_061_000)).toBe("1 d 1 h");
  expect(formatDuration(725_000)).toBe("12 min 5 s");
  expect(formatDuration(400)).toBe("under 1 s");
  expect(formatDuration(0)).toBe("0 s");
});

test("a length of time is never said longer than it is", () => {
  const sizes: Record<string, number> = { y: 31_557_600_000, d: 86_400_000, h: 3_600_000, min: 60_000, s: 1_000 };
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 1e12 }), (lengthMs) => {
      const words = formatDuration(lengthMs).split(" ");
      let sum = 0;
      for (let at = 0; at < words.length; at += 2) sum += Number(words[at]) * (sizes[words[at + 1]] ?? Number.NaN);
      expect(sum).toBeLessThanOrEqual(lengthMs);
      expect(sum).toBeGreaterThan(lengthMs * 0.9);
    }),
  );
});

test("recent times are said as an age, older ones as a date", () => {
  expect(formatAgo(NOON, NOON + 30_000, "UTC")).toBe("just now");
  expect(formatAgo(NOON, NOON + 5 * 60_000, "UTC")).toBe("5 min ago");
  expect(formatAgo(NOON, NOON + 8 * 86_400_000, "UTC")).toBe("2024-03-14");
});

test("the page knows every timeframe of the API, smallest first", () => {
  expect([...TIMEFRAME_NAMES]).toEqual(Timeframe.options);
  const lengths = TIMEFRAME_NAMES.map(timeframeLengthMs);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  expect([timeframeLengthMs("5m"), timeframeLengthMs("1w")]).toEqual([300_000, 604_800_000]);
  expect(timeframeWords("15m")).toBe("15 minutes");
  expect(timeframesFrom("4h")).toEqual(["4h", "8h", "12h", "1d", "1w"]);
});
