import { beforeAll, describe, expect, it } from "vitest";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { CandleSeries, Dataset } from "../../schema/wire/dataset.ts";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import type { Trade } from "../../schema/wire/report.ts";
import type { LibraryStrategy, StrategyPreview, UserStrategy } from "../../schema/wire/strategy.ts";
import { consumeRuns } from "../jobs/consume-runs.ts";
import { openEngineWork } from "../run/engine-port.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { newClient, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

const { bindings } = withTestQueue();
const DAY_MS = 86_400_000;
const FROM = Date.UTC(2024, 0, 10);
const TO = Date.UTC(2024, 2, 10);
const RULES = `enter long when close > sma(close, 20) and rsi(close, 14) > 50
enter short when close < sma(close, 20)
exit long when close < sma(close, 20)
exit short when close > sma(close, 20)
stop long at close * 0.95`;

let client: TestClient;
let data: Dataset[];

beforeAll(async () => {
  client = await newClient({ bindings, strategies: STRATEGY_CATALOGUE });
  ({ rows: data } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets"));
});

function datasetOf(symbol: string): Dataset {
  const found = data.find((row) => row.instrument.symbol === symbol);
  if (found === undefined) throw new Error(`no dataset of ${symbol}`);
  return found;
}

async function newRun(changed: object): Promise<Backtest> {
  const base = { datasetIds: [datasetOf("BTC-USD").id], timeframe: "1h", from: FROM, to: TO };
  return client.json<Backtest>("POST", "/api/v1/backtests", { settings: { ...base, ...changed } }, 201);
}

function indicators(id: string, query = ""): Promise<IndicatorSeries> {
  return client.json<IndicatorSeries>("GET", `/api/v1/backtests/${id}/indicators${query}`);
}

function candles(symbol: string, query: string): Promise<CandleSeries> {
  return client.json<CandleSeries>("GET", `/api/v1/datasets/${datasetOf(symbol).id}/candles?limit=5000&${query}`);
}

describe("the indicators of a run", () => {
  const strategy = { kind: "library", id: "sma-cross", parameters: { fast: 3, slow: 7 } };

  it("stand beside the candles of its period, settled from the first one on, with its parameters", async () => {
    const run = await newRun({ strategy });
    const { time, series, timeframe, truncated } = await indicators(run.id);
    const chart = await candles("BTC-USD", `timeframe=1h&from=${FROM - DAY_MS}&to=${TO}`);
    expect([timeframe, truncated]).toEqual(["1h", false]);
    expect(time).toEqual(chart.time.filter((at) => at >= FROM));
    expect(series.map(({ name, scale }) => [name, scale])).toEqual([
      ["sma(close, 3)", "price"],
      ["sma(close, 7)", "price"],
    ]);
    time.forEach((at, i) => {
      const end = chart.time.indexOf(at) + 1;
      const mean = chart.close.slice(end - 7, end).reduce((a, b) => a + b) / 7;
      expect(series[1]?.values[i]).toBeCloseTo(mean, 6);
    });
  });

  it("on a part of its period are the same values", async () => {
    const run = await newRun({ strategy });
    const whole = await indicators(run.id);
    const part = await indicators(run.id, `?symbol=BTC-USD&from=${FROM + 5 * DAY_MS}&to=${FROM + 6 * DAY_MS}`);
    expect(part.time.length).toBe(24);
    const start = whole.time.indexOf(part.time[0] ?? 0);
    part.series.forEach(({ values }, index) => {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(whole.series[index]?.values[start + i] ?? Number.NaN, 6);
      });
    });
  });

  it("are the newest where the window holds more than a chart shows, and say so", async () => {
    const run = await newRun({ strategy, timeframe: "5m" });
    const { time, series, truncated } = await indicators(run.id);
    expect([time.length, truncated, time.at(-1)]).toEqual([5_000, true, TO - 300_000]);
    expect(series[0]?.values.every((value) => value !== null)).toBe(true);
  });

  it("know what markets that close hold: as many candles as there are, with settled values", async () => {
    const run = await newRun({ strategy, datasetIds: [datasetOf(data.find(isStock)?.instrument.symbol ?? "").id] });
    const { time, series } = await indicators(run.id);
    expect(time.length).toBeGreaterThan(200);
    expect(time.length).toBeLessThan(600);
    expect(series[1]?.values[0]).not.toBe(null);
  });

  it("of several markets are asked for by symbol, and see the others", async () => {
    const document = 'enter long when close > of("BTC-USD", sma(close, 3))\nexit long when close < 1';
    const datasetIds = [datasetOf("ETH-USD").id, datasetOf("BTC-USD").id];
    const run = await newRun({ datasetIds, strategy: { kind: "rules", document } });
    expect((await client.send("GET", `/api/v1/backtests/${run.id}/indicators`)).status).toBe(422);
    const { series, time } = await indicators(run.id, "?symbol=ETH-USD");
    expect(series.map(({ name, scale }) => [name, scale])).toEqual([["BTC-USD sma(close, 3)", "own"]]);
    const chart = await candles("BTC-USD", `timeframe=1h&from=${FROM}&to=${TO}`);
    const last = chart.close.slice(-3).reduce((a, b) => a + b) / 3;
    expect(series[0]?.values[time.length - 1]).toBeCloseTo(last, 6);
  });

  it.each([
    ["symbol=DOGE-USD", "symbol must be one of BTC-USD"],
    [`from=${TO}&to=${FROM}`, "from must be before to"],
    [`from=${TO + DAY_MS}`, "from must be before"],
    [`to=${FROM - DAY_MS}`, "from must be before to"],
    [`from=${FROM - 9 * DAY_MS}&to=${FROM - DAY_MS}`, "to must be after the start of the run"],
    ["from=yesterday", "from"],
  ])("for %s are refused with the field and the rule", async (query, detail) => {
    const run = await newRun({ strategy });
    const reply = await client.send("GET", `/api/v1/backtests/${run.id}/indicators?${query}`);
    expect(reply.status).toBe(422);
    expect(((await reply.json()) as { detail: string }).detail).toContain(detail);
  });

  it("with the longest memory of the dearest rules answer within seconds", async () => {
    const lines = Array.from(
      { length: 9 },
      (_, i) => `enter long when cci(${1_000 - i}) > 100 and tf("1w", sma(close, 1000)) > 1`,
    );
    const run = await newRun({
      timeframe: "1m",
      strategy: { kind: "rules", document: `${lines.join("\n")}\nexit long when close < 1` },
    });
    const started = performance.now();
    const { time, truncated } = await indicators(run.id);
    expect([time.length, truncated]).toEqual([5_000, true]);
    // Clocks may stand still inside a Worker; the test's own limit then bounds it.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("the preview of a rule text", () => {
  const preview = (document: string, changed: object = {}) =>
    client.json<StrategyPreview>("POST", "/api/v1/strategies/preview", {
      ...{ document, datasetId: datasetOf("BTC-USD").id, timeframe: "1h", from: FROM, to: TO },
      ...changed,
    });

  it.each([
    ["over columns", RULES],
    ["that look at their position", `${RULES}\nenter long when position() < 0 and close > open`],
  ])("marks the fills that a plain run has, for rules %s", async (_, document) => {
    const { markers, truncated } = await preview(document);
    const strategy = { kind: "rules", document };
    const run = await newRun({ strategy, slippage: { kind: "none" }, magnifier: false, end: "keep" });
    const message = { runId: run.id, ownerId: client.userId };
    const batch: MessageBatch<unknown> = {
      ...{ queue: "runs", metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } }, ackAll() {}, retryAll() {} },
      messages: [{ id: "m", timestamp: new Date(START_MS), body: message, attempts: 1, ack() {}, retry() {} }],
    };
    await consumeRuns(batch, { env: bindings, now: () => START_MS, open: openEngineWork });
    const trades = await client.json<Trade[]>("GET", `/api/v1/backtests/${run.id}/report/trades`);
    expect(trades.length).toBeGreaterThan(10);
    const fills = trades.flatMap(({ side, entryTime, entryPrice, exitTime, exitPrice }) => [
      { time: entryTime, price: entryPrice, action: `enter ${side}` },
      ...(exitTime === null ? [] : [{ time: exitTime, price: exitPrice, action: `exit ${side}` }]),
    ]);
    expect(truncated).toBe(false);
    expect(markers).toEqual(fills.sort((left, right) => left.time - right.time));
  });

  it("marks nothing for a condition that is true while there is nothing to leave", async () => {
    const { markers, candles: shown } = await preview("enter long when close < 0\nexit long when close > 0");
    expect([markers, shown]).toEqual([[], 60 * 24]);
  });

  it("has the rules' indicators on the same candles, also those inside expressions", async () => {
    const { indicators: shown, candles: count } = await preview(
      "enter long when close > ema(close, 50) + 2 * atr(50)\nexit long when close < 1",
    );
    expect(shown?.series.map(({ name, scale, values }) => [name, scale, values.length])).toEqual([
      ["ema(close, 50)", "price", count],
      ["atr(50)", "own", count],
    ]);
    expect(shown?.series.every(({ values }) => values.every((value) => value !== null))).toBe(true);
  });

  it("of a text with errors has none", async () => {
    expect(await preview("enter long whn close > 1")).toMatchObject({ markers: [], indicators: null });
  });
});

describe("whether a strategy can go short", () => {
  it("is told of the library and of the user's own", async () => {
    const { rows } = await client.json<{ rows: LibraryStrategy[] }>("GET", "/api/v1/strategies/library");
    for (const { id, shorts } of rows) expect([id, shorts]).toEqual([id, false]);
    const save = (document: string) =>
      client.json<UserStrategy>("POST", "/api/v1/strategies", { name: "Mine", document }, 201);
    expect((await save(RULES)).shorts).toBe(true);
    expect(
      (await save(`# enter short when\n${RULES.replace("enter short when close", "enter long when close")}`)).shorts,
    ).toBe(false);
  });
});

function isStock(row: Dataset): boolean {
  return row.instrument.kind === "stock";
}
