import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const DATA = fileURLToPath(new URL("../../shared/data/", import.meta.url));
const HEADER = "time,open,high,low,close,volume";

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function apextrade(...argv: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let error = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    child.on("close", (code) => resolve({ code, out, error }));
  });
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "apextrade-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Hourly candles of a slow wave, as CSV. */
function waves(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 12) + i / 100;
    const open = i === 0 ? close : 100 + 10 * Math.sin((i - 1) / 12) + (i - 1) / 100;
    const time = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString();
    return [time, open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close, 10].join(",");
  });
  return [HEADER, ...rows].join("\n");
}

const REFERENCES = [
  "kernc_GOOG_1d sma-cross 19 1 2.768365111 0.376098 2005-04-21T00:00 2012-11-06T00:00",
  "kernc_GOOG_1d rsi-reversion 9 0 1.553400278 0.495364 2006-02-10T00:00 2013-02-04T00:00",
  "kernc_GOOG_1d donchian 39 1 3.033006816 0.332687 2004-09-21T00:00 2013-01-18T00:00",
  "lean_SPY_1d sma-cross 64 1 1.926707030 0.359767 1998-06-30T00:00 2020-10-01T00:00",
  "lean_SPY_1d rsi-reversion 19 0 1.939147552 0.523139 1998-08-05T00:00 2020-06-08T00:00",
  "lean_SPY_1d donchian 92 1 1.526933987 0.398290 1998-02-04T00:00 2021-03-05T00:00",
  "lean_coinbase_BTCUSD_1d sma-cross 13 1 13.946612942 0.649702 2015-03-02T00:00 2018-05-27T00:00",
  "lean_coinbase_BTCUSD_1d rsi-reversion 7 0 6.926788996 0.489825 2015-04-15T00:00 2018-07-25T00:00",
  "lean_coinbase_BTCUSD_1d donchian 14 0 18.418305002 0.443611 2015-03-03T00:00 2018-08-04T00:00",
  "freqtrade_ETHBTC_5m sma-cross 68 0 0.803468746 0.236227 2018-01-10T12:25 2018-01-30T02:15",
  "freqtrade_ETHBTC_5m rsi-reversion 14 1 1.122882768 0.119739 2018-01-10T07:25 2018-01-29T15:00",
  "freqtrade_ETHBTC_5m donchian 67 0 0.893764817 0.186476 2018-01-10T09:00 2018-01-30T02:00",
  "nautilus_FTX_BTC-PERP_1m sma-cross 497 0 0.372483917 0.636565 2022-01-01T00:25 2022-02-01T05:25",
  "nautilus_FTX_BTC-PERP_1m rsi-reversion 165 0 0.697090052 0.353675 2022-01-01T00:00 2022-02-01T02:26",
  "nautilus_FTX_BTC-PERP_1m donchian 751 0 0.160166017 0.840305 2022-01-01T00:08 2022-02-01T04:17",
];

describe.skipIf(!existsSync(DATA))("apextrade backtest on real candles", () => {
  it.each(REFERENCES)("gives the reference result: %s", async (line) => {
    const [name, strategy, closed, open, ratio, fall, entry, exit] = line.split(" ");
    const candles = join(DATA, `${name}.csv.gz`);
    const { code, out } = await apextrade(
      ...["backtest", "--candles", candles, "--strategy", strategy, "--fee", "0.001", "--end", "keep", "--json", "-"],
    );
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect([result.closedTrades, result.openTrades]).toEqual([Number(closed), Number(open)]);
    expect(Math.abs(result.equityRatio / Number(ratio) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(result.maxDrawdown - Number(fall))).toBeLessThan(1e-6);
    expect([result.firstEntry.slice(0, 16), result.lastExit.slice(0, 16)]).toEqual([entry, exit]);
  });

  it("reads the bid, the middle or the ask of a file that holds both sides", async () => {
    const candles = join(DATA, "lean_oanda_EURUSD_1h.csv.gz");
    const results = await Promise.all(
      ["bid", "mid", "ask"].map((price) =>
        apextrade(...["backtest", "--candles", candles, "--strategy", "sma-cross", "--price", price, "--json", "-"]),
      ),
    );
    const ratios = results.map(({ out }) => JSON.parse(out).equityRatio);
    expect(new Set(ratios).size).toBe(3);
  });
});

describe("apextrade", () => {
  it("prints a report for people and writes the same as JSON", async () => {
    const candles = file("waves.csv", waves(2_000));
    const out = join(folder, "out.json");
    const run = await apextrade(
      ...["backtest", "--candles", candles, "--strategy", "sma-cross", "--set", "fast=5,slow=20", "--json", out],
    );
    expect(run).toMatchObject({ code: 0, error: "" });
    const result = JSON.parse(readFileSync(out, "utf8"));
    expect(run.out).toContain(result.verdict);
    expect(run.out).toContain(result.receipt.receipt);
    expect(result.trades.length).toBe(result.closedTrades + result.openTrades);
    expect(result.trades[0].entryTime).toMatch(/^2024-01-\d\dT\d\d:00:00\.000Z$/);
  });

  it("makes larger candles, trades a period, and takes rules from a file", async () => {
    const candles = file("waves.csv", waves(2_000));
    const rules = file("rules.txt", "enter long when close > sma(close, 10)\nexit long when close < sma(close, 10)\n");
    const { code, out } = await apextrade(
      ...[
        "backtest",
        "--candles",
        candles,
        "--rules",
        rules,
        "--timeframe",
        "4h",
        "--from",
        "2024-02-01",
        "--json",
        "-",
      ],
    );
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(Date.parse(result.firstEntry)).toBeGreaterThan(Date.UTC(2024, 1, 1));
    expect(result.statistics.trades).toBeGreaterThan(5);
  });

  it("lists the library with parameters", async () => {
    const { code, out } = await apextrade("strategies");
    expect(code).toBe(0);
    for (const id of ["sma-cross", "rsi-reversion", "donchian", "grid", "dca"]) expect(out).toContain(id);
  });

  it.each(["csv", "csv.gz", "parquet", "arrow", "feather"])(
    "converts to %s and reads it back to the same result",
    async (ending) => {
      const candles = file("waves.csv", waves(500));
      const target = join(folder, `copy.${ending}`);
      expect(await apextrade("data", "convert", candles, target)).toMatchObject({ code: 0, error: "" });
      const [one, other] = await Promise.all(
        [candles, target].map((path) =>
          apextrade("backtest", "--candles", path, "--strategy", "rsi-reversion", "--json", "-"),
        ),
      );
      const [a, b] = [JSON.parse(one.out), JSON.parse(other.out)];
      expect(b.receipt.candles).toBe(a.receipt.candles);
      expect(b.receipt.result).toBe(a.receipt.result);
    },
  );

  it("says what is in a file", async () => {
    const rows = waves(100).split("\n");
    rows.splice(50, 3);
    rows.push("2024-02-01T00:00:00Z,1,0.5,2,1,1");
    const { code, out } = await apextrade("data", "check", file("holes.csv", rows.join("\n")));
    expect(code).toBe(0);
    expect(out).toMatch(/timeframe\s+1h/);
    expect(out).toMatch(/gaps\s+1 \(3 candles\)/);
    expect(out).toMatch(/bad rows\s+1/);
  });
});

describe("bad input ends with 2 and one clear line within a second", () => {
  const good = () => file("good.csv", waves(300));
  const cases: [string, () => string[], RegExp][] = [
    ["no command that exists", () => ["backtets"], /command must be one of .*, was backtets/],
    ["no candles", () => ["backtest", "--strategy", "sma-cross"], /--candles must name a file/],
    [
      "no such file",
      () => ["backtest", "--candles", "/none.csv", "--strategy", "sma-cross"],
      /file must exist, was \/none\.csv/,
    ],
    ["an empty file", () => run(file("empty.csv", "")), /empty/],
    ["a wrong header", () => run(file("header.csv", "a,b,c\n1,2,3\n")), /header|column/],
    ["one row", () => run(file("one.csv", waves(1))), /one row does not show its timeframe/],
    [
      "nothing but bad rows",
      () =>
        run(
          file("bad.csv", `${HEADER}\n${"2024-01-01T00:00:00Z,x,1,1,1,1\n2024-01-01T01:00:00Z,1,0,2,1,1\n".repeat(2)}`),
        ),
      /no row could be kept/,
    ],
    ["a gzip bomb", () => run(file("bomb.csv.gz", gzipSync(Buffer.alloc(60_000_000, "0")))), /times|line/],
    ["10 M columns", () => run(file("wide.csv", `${"a,".repeat(10_000_000)}b\n`)), /line|column/],
    [
      "an unknown strategy",
      () => ["backtest", "--candles", good(), "--strategy", "sma-cros"],
      /must be one of sma-cross, .*was sma-cros/,
    ],
    ["two strategies", () => ["backtest", "--candles", good(), "--strategy", "dca", "--rules", "x"], /named once/],
    [
      "a parameter out of range",
      () => [...run(good()), "--set", "fast=0"],
      /parameter fast must be from \d+ to \d+, was 0/,
    ],
    ["an unknown parameter", () => [...run(good()), "--set", "quick=3"], /parameter quick is not known/],
    ["a parameter that is no number", () => [...run(good()), "--set", "fast=many"], /--set must be name=number/],
    ["fees of 200 %", () => [...run(good()), "--fee", "2"], /--fee must be a number from 0 to 0\.1, was 2/],
    ["zero cash", () => [...run(good()), "--cash", "0"], /--cash must be a number from 0\.01/],
    [
      "a start after the end",
      () => [...run(good()), "--from", "2024-02-02", "--to", "2024-02-01"],
      /--from must be before --to, was 2024-02-02T00:00:00\.000Z with --to 2024-02-01T00:00:00\.000Z/,
    ],
    [
      "a start after the data",
      () => [...run(good()), "--from", "2031-01-01"],
      /--from must be within the period of .*good\.csv, 2024-01-01T00:00:00\.000Z to 2024-.*, was 2031-01-01T00/,
    ],
    [
      "an end before the data",
      () => [...run(good()), "--to", "2020-01-01T09:30Z"],
      /--to must be within the period of .*good\.csv, 2024-01-01T00:00:00\.000Z to 2024-.*, was 2020-01-01T09:30/,
    ],
    ["a start that is a number", () => [...run(good()), "--from", "5"], /--from must be a time such as .*, was 5/],
    ["a day that does not exist", () => [...run(good()), "--to", "2024-13-41"], /--to must be a time such as/],
    [
      "the same file twice",
      () => [...run(good()), "--candles", good()],
      /--candles must name each file once, was .*good\.csv twice/,
    ],
    [
      "a timeframe that does not fit",
      () => [...run(good()), "--timeframe", "5m"],
      /--timeframe must be a multiple of the candles/,
    ],
    ["a size that is none", () => [...run(good()), "--size", "lots"], /--size must be all/],
    ["an option that is none", () => [...run(good()), "--speed", "9"], /--speed/],
    [
      "10,000 nested parentheses",
      () => rules(`enter long when ${"(".repeat(10_000)}close${")".repeat(10_000)} > 1`),
      /deep|nest|characters long/,
    ],
    ["a rule with an unknown name", () => rules("enter long when smaa(close, 3) > 1"), /rules\.txt:1:17: .*sma/],
  ];
  function run(path: string): string[] {
    return ["backtest", "--candles", path, "--strategy", "sma-cross"];
  }
  function rules(text: string): string[] {
    return ["backtest", "--candles", good(), "--rules", file("rules.txt", text)];
  }

  it.each(cases)("%s", async (_, argv, message) => {
    const { code, out, error } = await apextrade(...argv());
    expect(error).toMatch(message);
    expect(error.trim().split("\n").length).toBe(1);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("a period longer than the data is a report that says so", async () => {
    const { code, out } = await apextrade(...run(good()), "--set", "fast=50,slow=400");
    expect(code).toBe(0);
    expect(out).toContain("No trades");
    expect(out).toMatch(/needs \d+ candles to settle/);
  });
});
