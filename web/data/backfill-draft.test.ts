import { describe, expect, it } from "vitest";
import type { BackfillSource } from "../../schema/wire/backfill.ts";
import {
  candlesAskedFor,
  dayBefore,
  newBackfillDraft,
  openingBackfill,
  readBackfillDraft,
  requestOf,
} from "./backfill-draft.ts";

const NOW = Date.UTC(2026, 2, 1, 10, 30, 20);
const SOURCE: BackfillSource = {
  ...{ id: "con_1", label: "My OANDA", venue: "OANDA", environment: "practice", needsKey: true },
  timeframes: ["1m", "1h"],
};
const WHOLE = { ...newBackfillDraft(NOW), sourceId: SOURCE.id, instrument: "OANDA:EUR_USD" };

describe("a form for candles of a venue", () => {
  it("asks for whole days of UTC, up to now where the last day is today", () => {
    const asked = requestOf({ ...WHOLE, fromDay: "2026-02-27", toDay: "2026-02-28" }, { source: SOURCE, now: NOW });
    const { from, to } = "request" in asked ? asked.request : { from: 0, to: 0 };
    expect([from, to]).toEqual([Date.UTC(2026, 1, 27), Date.UTC(2026, 2, 1)]);
    expect(candlesAskedFor({ ...WHOLE, fromDay: "2026-03-01", toDay: "2026-03-01" }, NOW)).toBe(630);
  });

  it("says of each field what is wrong with it", () => {
    const wrong = (change: object, source: BackfillSource | undefined = SOURCE) => {
      const asked = requestOf({ ...WHOLE, ...change }, { source, now: NOW });
      return "problems" in asked ? [...asked.problems.keys()] : [];
    };
    expect(wrong({})).toEqual([]);
    expect(wrong({ instrument: "" })).toEqual(["instrument"]);
    expect(wrong({ timeframe: "1d" })).toEqual(["timeframe"]);
    expect(wrong({ fromDay: "2026-02-10", toDay: "2026-02-09" })).toEqual(["toDay"]);
    expect(wrong({ fromDay: "2026-03-02", toDay: "2026-03-03" })).toEqual(["fromDay"]);
    expect(wrong({ fromDay: "soon" })).toEqual(["fromDay"]);
    expect(wrong({ fromDay: "2001-01-01" })).toEqual(["fromDay"]);
    expect(requestOf(WHOLE, { source: undefined, now: NOW })).toMatchObject({ problems: expect.any(Map) });
  });

  it("begins with two years of minutes, and goes on with what was stored as far as it fits", () => {
    expect(newBackfillDraft(NOW)).toMatchObject({ timeframe: "1m", fromDay: "2024-03-01", toDay: "2026-03-01" });
    expect(readBackfillDraft({ timeframe: "9m", fromDay: 3, name: "x" }, NOW)).toEqual({
      ...newBackfillDraft(NOW),
      name: "x",
    });
    expect(dayBefore("2026-03-31", 12)).toBe("2025-03-31");
  });

  it("opens on the source that it was opened of, without the instrument of another one", () => {
    const stored = { ...WHOLE, sourceId: "binance-public", instrument: "BINANCE:BTCUSDT" };
    expect(openingBackfill(stored, { source: "con_2", now: NOW })).toMatchObject({ sourceId: "con_2", instrument: "" });
    expect(openingBackfill(stored, { source: "binance-public", now: NOW })).toEqual(stored);
    expect(openingBackfill(stored, { source: undefined, now: NOW })).toEqual(stored);
  });
});
