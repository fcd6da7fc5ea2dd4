import { describe, expect, it } from "vitest";
import { CANDLE_FIELDS, type CandleColumns } from "../../core/candle/candle.ts";
import { type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import { readCandles } from "../../feed/venue-source.ts";
import type { MarketData } from "../market-data.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";

/** A source of market data on the stage of a test. */
export interface MarketDataStage {
  readonly data: MarketData;
  readonly instrument: VenueInstrument;
  readonly timeframe: Timeframe;
  /** A stretch of more than one page that the venue has whole but for `hole`, a multiple of candles long. */
  readonly range: { readonly from: number; readonly to: number };
  readonly hole: { readonly from: number; readonly to: number };
  /** What the venue has, the candle that runs included: opens in `[from, to)`. */
  source(from: number, to: number): CandleColumns;
  /** UTC ms, in the middle of a candle that runs. */
  now(): number;
  /** How many requests it was sent. */
  requests(): number;
  /** What fails with the next request for candles. */
  fail(fault: "rate-limited" | "server-down" | "html-body" | "empty-body"): void;
  /** Time passes. */
  pass(ms: number): void;
}

/** What every source of market data has to do, whatever its venue's pages are like. */
export function marketDataContract(name: string, open: () => MarketDataStage | Promise<MarketDataStage>): void {
  const read = (stage: MarketDataStage, from: number, to: number) => readCandles(stage, { from, to });

  describe(`market data of ${name}`, () => {
    it("pages lead from the first candle of a stretch to its last, each once and as the venue has it", async () => {
      const stage = await open();
      const { from, to } = stage.range;
      const before = stage.requests();
      expectSame(await read(stage, from, to), stage.source(from, to));
      expect(stage.requests() - before).toBeGreaterThan(1);
    });

    it("a stretch ends where it was asked to, and a candle that opens with its end is no part of it", async () => {
      const stage = await open();
      const length = timeframeMs(stage.timeframe);
      const [from, to] = [stage.range.from + length, stage.range.from + 5 * length];
      const candles = await read(stage, from, to);
      expect([...candles.time.slice(0, candles.length)]).toEqual([from, from + length, from + 2 * length, to - length]);
    });

    it("what the venue lacks is left out and not made up", async () => {
      const stage = await open();
      const length = timeframeMs(stage.timeframe);
      const { from, to } = stage.hole;
      expect((await read(stage, from, to)).length).toBe(0);
      const candles = await read(stage, from - length, to + length);
      expect([...candles.time.slice(0, candles.length)]).toEqual([from - length, to]);
    });

    it("the candle that runs is not told before it has closed", async () => {
      const stage = await open();
      const length = timeframeMs(stage.timeframe);
      const running = Math.floor(stage.now() / length) * length;
      const candles = await read(stage, running - 3 * length, running + 3 * length);
      expect(candles.time[candles.length - 1]).toBe(running - length);
      expect((await read(stage, running + length, running + 3 * length)).length).toBe(0);
    });

    it("a timeframe that it has not is refused", async () => {
      const { data, instrument, range } = await open();
      const missing = (["3m", "1w"] as const).find((each) => !data.timeframes.includes(each));
      if (missing === undefined) return;
      await expect(data.candles({ instrument, timeframe: missing, ...range })).rejects.toThrow(VenueRefusal);
    });

    it.each(["server-down", "html-body", "empty-body"] as const)("a reply that is %s says nothing", async (fault) => {
      const stage = await open();
      await stage.data.candles({ ...stage, ...stage.range });
      stage.fail(fault);
      await expect(stage.data.candles({ ...stage, ...stage.range })).rejects.toThrow(VenueSilence);
      expect((await stage.data.candles({ ...stage, ...stage.range })).candles.length).toBeGreaterThan(0);
    });

    it("a venue that lets no more through is told apart from one that is down, and not asked before its time", async () => {
      const stage = await open();
      await stage.data.candles({ ...stage, ...stage.range });
      stage.fail("rate-limited");
      const ask = () => stage.data.candles({ ...stage, ...stage.range }).catch((error: unknown) => error);
      const refused = await ask();
      expect(refused).toMatchObject({ name: "VenueSilence", isRate: true });
      const retryAt = (refused as VenueSilence).retryAt ?? 0;
      expect(retryAt).toBeGreaterThan(stage.now());
      const sent = stage.requests();
      expect(await ask()).toMatchObject({ isRate: true, isSent: false });
      expect(stage.requests()).toBe(sent);
      stage.pass(retryAt - stage.now() + 1);
      expect(await ask()).toMatchObject({ candles: expect.anything() });
    });

    it("instruments are listed once each, and the last price of one is told with its time", async () => {
      const stage = await open();
      const listed = await stage.data.instruments();
      const ids = listed.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toContain(stage.instrument.id);
      expect(ids.every((id) => id.startsWith(`${stage.data.venue}:`))).toBe(true);
      const [mark] = await stage.data.prices([stage.instrument]);
      expect(mark?.instrument).toBe(stage.instrument.id);
      expect(Math.abs((mark?.at ?? 0) - stage.now())).toBeLessThan(120_000);
      expect((await stage.data.status()).state).toBe("open");
    });
  });
}

function expectSame(left: CandleColumns, right: CandleColumns): void {
  expect(left.length).toBe(right.length);
  for (const field of CANDLE_FIELDS) {
    const differs = left[field].slice(0, left.length).findIndex((value, at) => value !== right[field][at]);
    expect(differs, field).toBe(-1);
  }
}
