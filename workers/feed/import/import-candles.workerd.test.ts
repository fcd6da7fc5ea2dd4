import { describe, expect, test } from "vitest";
import { CANDLE_FIELDS, joinCandles, sliceCandles } from "../../core/candle/candle.ts";
import { simCandles } from "../../core/sim/sim-candles.ts";
import { type ExportFormat, exportStream } from "../export/export-candles.ts";
import { importCandles } from "./import-candles.ts";
import { memoryStage } from "./import-testing.ts";

describe("in the Workers runtime", () => {
  const candles = simCandles({
    seed: 5,
    symbol: "ACME",
    timeframe: "1m",
    from: Date.UTC(2022, 0, 1),
    to: Date.UTC(2022, 3, 1),
  });

  async function* chunks() {
    yield sliceCandles(candles, 0, 1_000);
    yield sliceCandles(candles, 1_000, candles.length);
  }

  test.each<ExportFormat>(["csv", "arrow", "parquet"])("a gzip %s export streams back in equal", async (format) => {
    const stream = exportStream(chunks(), format).pipeThrough(new CompressionStream("gzip"));
    const reading = await importCandles({ stream, stage: memoryStage(), fileName: "file", price: "bid" });
    const parts = [];
    for await (const chunk of reading.chunks) parts.push(sliceCandles(chunk, 0, chunk.length));
    const back = joinCandles(parts);
    for (const field of CANDLE_FIELDS) {
      expect(back[field]).toEqual(candles[field].slice(0, candles.length));
    }
    expect(reading.report()).toMatchObject({ timeframe: "1m", badRows: [], duplicates: 0 });
  });

  test("a gzip bomb fails early", async () => {
    const zeros = new Blob(Array.from({ length: 60 }, () => new Uint8Array(1024 ** 2).fill(10)));
    const packed = await new Response(zeros.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    const stream = new Blob([packed]).stream();
    await expect(
      importCandles({ stream, stage: memoryStage(), fileName: "bomb.csv.gz", price: "bid" }),
    ).rejects.toMatchObject({
      code: "too-large",
    });
  });
});
