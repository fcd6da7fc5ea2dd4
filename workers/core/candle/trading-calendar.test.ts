import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "./timeframe.ts";
import { FX_WEEK, isOpen, US_STOCK } from "./trading-calendar.ts";
import { dateOfDay, dayOfDate, newYorkToUtcMs, usMarketDay, weekdayOfDay } from "./us-market-day.ts";

describe("dates", () => {
  test("day numbers agree with the platform's calendar over two centuries", () => {
    for (let day = -36_525; day < 36_525 * 2; day += 17) {
      const date = new Date(day * DAY_MS);
      const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
      expect(dateOfDay(day)).toEqual(expected);
      expect(dayOfDate(expected.year, expected.month, expected.dayOfMonth)).toBe(day);
      expect(weekdayOfDay(day)).toBe(date.getUTCDay());
    }
  });

  test("New York's offset agrees with the platform's time zone data from 1990 to 2032", () => {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: "America/New_York",
      hour: "2-digit",
      hourCycle: "h23",
    });
    for (let day = dayOfDate(1990, 1, 1); day < dayOfDate(2033, 1, 1); day++) {
      const noon = day * DAY_MS + 12 * HOUR_MS + newYorkToUtcMs(day);
      expect(format.format(noon), new Date(noon).toISOString()).toBe("12");
    }
  });
});

describe("US stock days", () => {
  // Closings of two years as the exchange published them; 2025-01-09 (a day of mourning) is by decree and not known.
  const CLOSED = [
    "2023-01-02 2023-01-16 2023-02-20 2023-04-07 2023-05-29 2023-06-19 2023-07-04 2023-09-04 2023-11-23 2023-12-25",
    "2024-01-01 2024-01-15 2024-02-19 2024-03-29 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-11-28 2024-12-25",
  ]
    .join(" ")
    .split(" ");
  const EARLY = ["2023-07-03", "2023-11-24", "2024-07-03", "2024-11-29", "2024-12-24"];

  test("weekdays of 2023 and 2024 are open, early or closed as published", () => {
    for (let day = dayOfDate(2023, 1, 1); day < dayOfDate(2025, 1, 1); day++) {
      const iso = new Date(day * DAY_MS).toISOString().slice(0, 10);
      const weekend = [0, 6].includes(weekdayOfDay(day));
      const expected = weekend || CLOSED.includes(iso) ? "closed" : EARLY.includes(iso) ? "early" : "open";
      expect(usMarketDay(day), iso).toBe(expected);
    }
  });

  test.each([
    ["2024-07-01T13:29:00Z", false],
    ["2024-07-01T13:30:00Z", true],
    ["2024-01-02T14:30:00Z", true],
    ["2024-01-02T20:59:00Z", true],
    ["2024-01-02T21:00:00Z", false],
    ["2024-11-29T18:00:00Z", false],
  ])("the stock session at %s is open: %s", (iso, open) => {
    expect(isOpen(US_STOCK, Date.parse(iso))).toBe(open);
  });

  test.each([
    ["2024-01-07T21:59:00Z", false],
    ["2024-01-07T22:00:00Z", true],
    ["2024-01-10T22:00:00Z", true],
    ["2024-01-12T21:59:00Z", true],
    ["2024-01-12T22:00:00Z", false],
    ["2024-03-10T21:00:00Z", true],
  ])("the FX week at %s is open: %s", (iso, open) => {
    expect(isOpen(FX_WEEK, Date.parse(iso))).toBe(open);
  });
});
