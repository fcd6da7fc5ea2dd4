import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sliceCandles } from "../../core/candle/candle.ts";
import { simCandles } from "../../core/sim/sim-candles.ts";
import { type ExportFormat, exportCandles } from "../export/export-candles.ts";
import { gzip, HEADER, importBytes, MINUTE, plain, row, T0 } from "./import-testing.ts";

describe("importCandles and the exports", () => {
  test.each<ExportFormat>(["csv", "arrow", "parquet"])("%s written by the export comes back equal", async (format) => {
    const symbol = "EUR-USD";
    const span = { seed: 3, symbol, timeframe: "1m", from: Date.UTC(2021, 5, 1), to: Date.UTC(2021, 8, 20) } as const;
    const candles = simCandles(span);
    async function* chunks() {
      for (let at = 0; at < candles.length; at += 40_000) {
        yield sliceCandles(candles, at, Math.min(candles.length, at + 40_000));
      }
    }
    const parts: Uint8Array[] = [];
    for await (const bytes of exportCandles(chunks(), format)) parts.push(bytes);
    const file = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    const back = await importBytes(file);
    expect(plain(back.candles)).toEqual(plain(candles));
    expect(back.report).toMatchObject({ rowsRead: candles.length, timeframe: "1m", duplicates: 0, badRows: [] });
    expect(plain((await importBytes(await gzip(file))).candles)).toEqual(plain(candles));
  });
});

describe("importCandles reports what is wrong with rows", () => {
  test("bad rows are left out and listed by rule with the row number of the file", async () => {
    const rows = [row(0), row(1, "10,x,9,11,5"), row(2, "-1,12,-2,11,5"), row(3, "10,9,9,11,5"), row(4, "10,12,9,11")];
    const { report } = await importBytes(HEADER + rows.join("") + row(5));
    expect(report.rowsKept).toBe(2);
    expect(report.badRows).toEqual([
      { rule: "open, high, low and close must be finite numbers", count: 1, rows: [2] },
      { rule: "prices must be above 0", count: 1, rows: [3] },
      { rule: "high must be at least open, close and low", count: 1, rows: [4] },
      { rule: "volume must be a number of 0 or more", count: 1, rows: [5] },
    ]);
  });

  test("rows in any order come out sorted, repeats dropped, contradictions listed, however they were shuffled", async () => {
    const minutes = Array.from({ length: 40 }, (_, minute) => minute);
    const order = fc.shuffledSubarray([...minutes, 3, 7], { minLength: 42 });
    await fc.assert(
      fc.asyncProperty(order, async (shuffled) => {
        const { candles, report } = await importBytes(HEADER + shuffled.map((minute) => row(minute)).join(""));
        expect([...candles.time]).toEqual(minutes.map((minute) => T0 + minute * MINUTE));
        expect(report.duplicates).toBe(2);
      }),
      { numRuns: 25 },
    );
    const { report } = await importBytes(HEADER + row(0) + row(1) + row(1, "10,12,9,11,6"));
    expect(report.badRows).toEqual([{ rule: "rows of one time must not differ", count: 1, rows: [3] }]);
  });

  test("a gap is listed with its bounds and the candles it lacks", async () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => minute < 20 || minute > 24);
    const { report } = await importBytes(HEADER + minutes.map((minute) => row(minute)).join(""));
    expect(report).toMatchObject({ gapCount: 1, gapCandles: 5 });
    expect(report.gaps).toEqual([{ from: T0 + 20 * MINUTE, to: T0 + 25 * MINUTE, candles: 5 }]);
  });

  test("progress tells bytes and rows", async () => {
    const seen: number[] = [];
    await importBytes(HEADER + row(0) + row(1), { onProgress: ({ bytes, rows }) => void seen.push(bytes, rows) });
    expect(seen.at(-1)).toBe(2);
  });
});
