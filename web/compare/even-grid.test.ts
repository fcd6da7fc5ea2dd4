import { describe, expect, it } from "vitest";
import { evenTimes, onEvenTimes } from "./even-grid.ts";

const DAY_MS = 86_400_000;
/** Five years of weeks, and hours of the last year. */
const weeks = Array.from({ length: 260 }, (_, i) => i * 7 * DAY_MS);
const hours = Array.from({ length: 8_760 }, (_, i) => 4 * 365 * DAY_MS + i * 3_600_000);
const columns = [weeks, hours].map((times) => ({ times, values: times.map((_, i) => i) }));

describe("the shared time axis of compared runs", () => {
  const times = evenTimes(columns);

  it("is even and spans all runs", () => {
    const steps = times.slice(1).map((time, i) => time - times[i]);
    expect(new Set(steps).size).toBe(1);
    expect(times[0]).toBe(0);
    expect(times[times.length - 1]).toBeGreaterThanOrEqual(hours[hours.length - 1]);
  });

  it("gives a run as much room as it has time", () => {
    const [long, short] = columns.map((column) => onEvenTimes(column, times).times.length);
    expect(short / long).toBeGreaterThan(0.18);
    expect(short / long).toBeLessThan(0.22);
  });

  it("shows at each instant what was known last, and its end", () => {
    const shown = onEvenTimes(columns[0], times);
    shown.times.forEach((time, i) => {
      expect(shown.values[i]).toBe(Math.min(259, Math.floor(time / (7 * DAY_MS))));
    });
    expect(shown.values[shown.values.length - 1]).toBe(259);
  });

  it("loses no fall between two instants", () => {
    const values = hours.map((_, i) => (i === 4_321 ? -0.5 : 0));
    expect(Math.min(...onEvenTimes({ times: hours, values }, times, "lowest").values)).toBe(-0.5);
  });

  it("is empty without points", () => {
    expect(evenTimes([{ times: [], values: [] }])).toEqual([]);
    expect(onEvenTimes({ times: [], values: [] }, []).times).toEqual([]);
  });
});
