import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, test } from "vitest";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, joinCandles } from "../../core/candle/candle.ts";
import type { Timeframe } from "../../core/candle/timeframe.ts";
import { HOUR_MS } from "../../core/candle/timeframe.ts";
import { simCandles, simMonths } from "../../core/sim/sim-candles.ts";
import type { Env } from "../../platform/env.ts";
import { chartCandles } from "../chart-candles.ts";
import type { CandleSource } from "../source.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import type { ArchiveStore } from "./candle-archive.ts";
import { archiveSources, removeCandles } from "./candle-archive.ts";
import { d1Manifest } from "./candle-manifest.ts";

const bindings = env as Env;
const database = drizzle(bindings.DB);
const FROM = Date.UTC(2024, 0, 1);

function storeOf(ownerId: string): ArchiveStore {
  return { bucket: bindings.BUCKET, manifest: d1Manifest(database, ownerId), ownerId };
}

function sim(timeframe: Timeframe, fromHour: number, toHour: number): CandleColumns {
  const from = FROM + fromHour * HOUR_MS;
  return simCandles({ seed: 1, symbol: "ETH-USD", timeframe, from, to: FROM + toHour * HOUR_MS });
}

async function write(store: ArchiveStore, datasetId: string, candles: CandleColumns, timeframe: Timeframe = "5m") {
  const writer = new ArchiveWriter(store, { datasetId, timeframe });
  await writer.push(candles);
  return writer.commit();
}

async function readAll(source: CandleSource): Promise<CandleColumns> {
  const parts: CandleColumns[] = [];
  for (const month of source.months()) parts.push(await source.read(month));
  return joinCandles(parts);
}

function plain(candles: CandleColumns) {
  return CANDLE_FIELDS.map((field) => [...candles[field].subarray(0, candles.length)]);
}

describe("the candle archive on D1 and R2", () => {
  test("gives back what was written, over months, with larger series that equal its aggregate", async () => {
    const store = storeOf("usr_write");
    const writer = new ArchiveWriter(store, { datasetId: "a", timeframe: "5m" });
    const request = { seed: 1, symbol: "ETH-USD", timeframe: "5m", from: FROM, to: FROM + 3_000 * HOUR_MS } as const;
    for (const { candles } of simMonths(request)) await writer.push(candles);
    expect(await archiveSources(store, "a")).toEqual([]);
    expect(await writer.commit()).toEqual({ from: FROM, to: FROM + 3_000 * HOUR_MS, candles: 36_000 });
    const sources = await archiveSources(store, "a");
    expect(sources.map(({ timeframe }) => timeframe)).toEqual(["5m", "1h", "1d"]);
    expect(sources[0].months()).toEqual(["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]);
    expect(sources[0].months({ from: Date.UTC(2024, 1, 29), to: Date.UTC(2024, 2, 1) })).toEqual(["2024-02"]);
    for (const source of sources) expect(plain(await readAll(source))).toEqual(plain(sim(source.timeframe, 0, 3_000)));
    const chart = await chartCandles({ sources, limit: 200 });
    expect(chart.timeframe).toBe("1d");
    expect(plain(chart.candles)).toEqual(plain(sim("1d", 0, 3_000)));
  });

  test("writing the same candles again changes nothing and leaves no objects behind", async () => {
    const store = storeOf("usr_again");
    await write(store, "a", sim("5m", 0, 2_000));
    const before = await store.manifest.list("a");
    await write(store, "a", sim("5m", 0, 2_000));
    await write(store, "a", sim("5m", 100, 150));
    expect(await store.manifest.list("a")).toEqual(before);
    const { objects } = await bindings.BUCKET.list({ prefix: "candles/usr_again/" });
    expect(objects.map(({ key }) => key).sort()).toEqual(before.map(({ objectKey }) => objectKey).sort());
  });

  test("two writers of one month at the same time both end up in it, in the larger series too", async () => {
    const store = storeOf("usr_race");
    await write(store, "a", sim("5m", 0, 50));
    const reader = (await archiveSources(store, "a"))[0];
    await Promise.all([write(store, "a", sim("5m", 50, 75)), write(store, "a", sim("5m", 75, 200))]);
    const sources = await archiveSources(store, "a");
    expect(plain(await readAll(sources[0]))).toEqual(plain(sim("5m", 0, 200)));
    expect(plain(await readAll(sources[1]))).toEqual(plain(sim("1h", 0, 200)));
    // A reader that looked at the manifest before the rewrite is not left with a name of nothing.
    expect((await reader.read("2024-01")).length).toBe(200 * 12);
  });

  test("a writer that gives up takes nothing from another that wrote the same candles at the same time", async () => {
    const store = storeOf("usr_abort");
    const [first, second, third] = [1, 2, 3].map(() => new ArchiveWriter(store, { datasetId: "a", timeframe: "5m" }));
    for (const writer of [first, second, third]) await writer.push(sim("5m", 0, 984));
    await first.abort();
    await second.commit();
    await third.abort();
    const sources = await archiveSources(store, "a");
    for (const source of sources) expect(plain(await readAll(source))).toEqual(plain(sim(source.timeframe, 0, 984)));
    const named = (await store.manifest.list("a")).map(({ objectKey }) => objectKey);
    const { objects } = await bindings.BUCKET.list({ prefix: "candles/usr_abort/" });
    expect(objects.map(({ key }) => key).sort()).toEqual(named.sort());
  });

  test("a writer whose ground is rewritten between its two looks at it starts again from what is there", async () => {
    const store = storeOf("usr_moved");
    await write(store, "a", sim("5m", 0, 50));
    let interrupted = false;
    const bucket = {
      ...{ put: bindings.BUCKET.put.bind(bindings.BUCKET), delete: bindings.BUCKET.delete.bind(bindings.BUCKET) },
      get: async (key: string) => {
        if (!interrupted) {
          interrupted = true;
          await write(store, "a", sim("5m", 50, 75));
        }
        return bindings.BUCKET.get(key);
      },
    };
    await write({ ...store, bucket: bucket as unknown as ArchiveStore["bucket"] }, "a", sim("5m", 75, 200));
    expect(plain(await readAll((await archiveSources(store, "a"))[0]))).toEqual(plain(sim("5m", 0, 200)));
  });

  test("statements handed to the commit run with it, or, when one fails, nothing is visible", async () => {
    const store = storeOf("usr_whole");
    const writer = new ArchiveWriter(store, { datasetId: "a", timeframe: "5m" });
    await writer.push(sim("5m", 0, 100));
    await expect(writer.commit(() => [database.run(sql`INSERT INTO no_such_table VALUES (1)`)])).rejects.toThrow();
    expect(await archiveSources(store, "a")).toEqual([]);
    await writer.abort();
    expect((await bindings.BUCKET.list({ prefix: "candles/usr_whole/" })).objects).toEqual([]);
  });

  test("another owner sees nothing of it, and cannot remove it", async () => {
    await write(storeOf("usr_mine"), "a", sim("5m", 0, 10));
    expect(await archiveSources(storeOf("usr_other"), "a")).toEqual([]);
    await removeCandles(storeOf("usr_other"), "a");
    expect((await archiveSources(storeOf("usr_mine"), "a"))[0].candles).toBe(120);
    await removeCandles(storeOf("usr_mine"), "a");
    expect(await archiveSources(storeOf("usr_mine"), "a")).toEqual([]);
    expect((await bindings.BUCKET.list({ prefix: "candles/usr_mine/" })).objects).toEqual([]);
  });
});
