import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VenueRefusal, VenueSilence } from "../../../workers/brokers/request/venue-reply.ts";
import { HOSTILE_BODIES } from "../../../workers/brokers/testing/hostile-bodies.ts";
import { openTwelveData } from "../../../workers/brokers/twelvedata/open-twelvedata.ts";
import { candlesOfRows, instrumentOf, SeriesReply } from "../../../workers/brokers/twelvedata/parse.ts";
import type { VenueInstrument } from "../../../workers/brokers/venue-client.ts";
import { DAY_MS, MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { HostileVenue, hostileReplies, takesNothing } from "../hostile-bodies.ts";
import { HAS_RECORDED_PAYLOADS } from "../recorded-payloads.ts";
import { documentedOperations, Spec } from "../spec.ts";
import { instrumentNamed, TWELVEDATA_TEST_HOSTS, twelveDataStage } from "./twelvedata-stage.ts";

const DOCUMENT = new URL("../../../docs/venues/twelvedata.md", import.meta.url);
const AAPL = instrumentOf("AAPL", "stock", "USD") as VenueInstrument;

describe("Twelve Data", () => {
  it.skipIf(!HAS_RECORDED_PAYLOADS)(
    "is asked for the documented operations and no other, and its emulator answers as specified",
    async () => {
      const spec = new Spec("twelvedata/openapi-marketdata-subset.json");
      const { client, market, venue, clock } = twelveDataStage();
      venue.creditsAMinute = 1_000;
      const [used, faults] = [new Set<string>(), [] as string[]];
      const handle = venue.handle.bind(venue);
      venue.handle = (request) => {
        const reply = handle(request);
        const operation = spec.operationOf(request.method, request.path);
        if (operation === undefined) faults.push(`${request.path} must be specified`);
        else {
          used.add(`GET ${operation.template}`);
          faults.push(...spec.replyFaults(operation, reply.status, JSON.parse(reply.body)));
        }
        return reply;
      };
      await client.facts();
      const apple = await instrumentNamed(market, "TWELVEDATA:AAPL");
      await market.prices([apple]);
      const day = { from: clock.now - DAY_MS, to: clock.now };
      await market.candles({ instrument: apple, timeframe: "1m", ...day });
      venue.listedAt = clock.now - 3_600_000;
      await market.candles({ instrument: apple, timeframe: "1m", from: clock.now - 99 * DAY_MS, to: clock.now });
      expect(faults).toEqual([]);
      expect([...used].sort()).toEqual(documentedOperations(readFileSync(DOCUMENT, "utf8")).sort());
    },
  );

  it("reads candles as the vendor's examples write them, stocks of a session and pairs without volume", () => {
    const row = { datetime: "2021-09-16 15:59:00", open: "148.73500", high: "148.86000", low: "148.73000" };
    const { values } = SeriesReply.parse({ values: [{ ...row, close: "148.85001", volume: "624277" }] });
    const candles = candlesOfRows(values);
    expect([candles.time[0], candles.open[0], candles.close[0], candles.volume[0]]).toEqual([
      Date.UTC(2021, 8, 16, 15, 59),
      148.735,
      148.85001,
      624_277,
    ]);
    const days = candlesOfRows([{ ...row, datetime: "2021-09-16", close: "148.85001" }]);
    expect([days.time[0], days.volume[0]]).toEqual([Date.UTC(2021, 8, 16), 0]);
    expect(() => candlesOfRows([values[0], values[0]])).toThrow(/must be in order/);
  });

  it("has candles of stocks in their sessions alone, also over a longer stretch than a reply holds", async () => {
    const { market, venue } = twelveDataStage();
    const [from, to] = [Date.UTC(2025, 11, 1), Date.UTC(2026, 0, 3)];
    let [at, pages]: [number | undefined, number] = [from, 0];
    const times: number[] = [];
    for (; at !== undefined; pages++) {
      const page: Awaited<ReturnType<typeof market.candles>> = await market.candles({
        instrument: AAPL,
        timeframe: "1m",
        from: at,
        to,
      });
      times.push(...page.candles.time.slice(0, page.candles.length));
      at = page.next;
    }
    expect(times).toEqual(venue.candles("AAPL", "1m", from, to - 1).map(({ datetime }) => Date.parse(`${datetime}Z`)));
    expect(pages).toBe(4);
  });

  it("is asked once where its candles begin, and not for years before that", async () => {
    const { market, venue, clock } = twelveDataStage();
    venue.listedAt = Date.UTC(2025, 11, 20);
    const asked = { instrument: instrumentOf("BTC/USD", "crypto", "") as VenueInstrument, timeframe: "1m" } as const;
    const page = await market.candles({ ...asked, from: Date.UTC(2015, 0, 1), to: clock.now });
    expect([page.candles.length, page.next]).toEqual([0, venue.listedAt]);
  });

  it("refuses hours of stocks, which begin on no hour there", async () => {
    const { market, clock } = twelveDataStage();
    const asked = market.candles({ instrument: AAPL, timeframe: "1h", from: clock.now - DAY_MS, to: clock.now });
    await expect(asked).rejects.toThrow(/must be one of 1m, 5m, 15m, 30m, 1d, was 1h/);
  });

  it("says of a key what its plan has, and refuses one that is not its own", async () => {
    const facts = await twelveDataStage().client.facts();
    expect(facts).toMatchObject({ canTrade: false, canWithdraw: false });
    expect(facts.warnings).toEqual([
      "The plan, basic, has 8 credits a minute and 800 a day. A page of candles costs one.",
    ]);
    const stranger = twelveDataStage({ apiKey: "some-other-key" });
    await expect(stranger.client.facts()).rejects.toMatchObject({ name: "VenueRefusal", isKey: true });
  });

  it("S70 tells nothing of any hostile reply, and nothing of it crashes", async () => {
    expect(HOSTILE_BODIES.length).toBeGreaterThanOrEqual(50);
    const venue = new HostileVenue();
    let now = 0;
    for (const reply of hostileReplies()) {
      // Time for whatever was opened or used up by the replies before.
      now += 2 * DAY_MS;
      venue.reply = reply;
      const deps = { fetch: venue.fetch, now: () => now, after: () => () => undefined };
      const { client, market } = openTwelveData({
        ...deps,
        apiKey: "a key of nobody".replaceAll(" ", "-"),
        hosts: TWELVEDATA_TEST_HOSTS,
      });
      const series = { instrument: AAPL, timeframe: "1m", from: now - DAY_MS, to: now } as const;
      const questions = [
        () => client.facts(),
        () => market.instruments(),
        () => market.prices([AAPL]),
        () => market.candles(series),
      ];
      for (const ask of questions) {
        try {
          const answer = await ask();
          if (Array.isArray(answer)) expect(answer).toEqual([]);
          else if ("candles" in answer) expect(answer.candles.length).toBe(0);
        } catch (error) {
          expect(error instanceof VenueSilence || error instanceof VenueRefusal ? undefined : error).toBeUndefined();
        }
      }
    }
  });
});

describe("Twelve Data's credits", () => {
  it("are kept to, minute by minute, whatever is asked, and a larger plan is heard of", async () => {
    const { market, venue, clock } = twelveDataStage();
    const asked = { instrument: AAPL, timeframe: "1m", from: clock.now - DAY_MS, to: clock.now } as const;
    const ask = () =>
      market.candles(asked).then(
        () => 1,
        () => 0,
      );
    let answered = 0;
    for (let second = 0; second < 600; second++, clock.now += 1_000) answered += await ask();
    expect(venue.refusals).toBe(0);
    expect(answered).toBe(80);
    venue.creditsAMinute = 55;
    clock.now += MINUTE_MS;
    answered = 0;
    for (let second = 0; second < 60; second++, clock.now += 1_000) answered += await ask();
    expect([answered, venue.refusals]).toEqual([55, 0]);
  });

  it("of a day that are used up are waited for until the next day of UTC", async () => {
    const { market, venue, clock } = twelveDataStage();
    venue.creditsADay = 0;
    const asked = { instrument: AAPL, timeframe: "1m", from: clock.now - DAY_MS, to: clock.now } as const;
    const refused = await market.candles(asked).catch((error: unknown) => error);
    expect(refused).toMatchObject({ isRate: true, retryAt: Date.UTC(2026, 0, 6) + 1_000 });
    clock.now += 3_600_000;
    expect(await market.candles(asked).catch((error: unknown) => error)).toMatchObject({ isSent: false });
    expect(venue.refusals).toBe(1);
  });
});

describe("Twelve Data's stream of prices", () => {
  it("tells prices of what was asked for, keeps the connection up, and ends where a key has no right to it", () => {
    const { priceStream, venue, clock } = twelveDataStage();
    const prices: string[] = [];
    const script = priceStream(["TWELVEDATA:AAPL", "TWELVEDATA:EUR/USD"]);
    const stream = new EmulatedStream({
      ...{ venue, script, now: () => clock.now },
      hear: (news) => void prices.push(...news.flatMap((each) => (each.type === "mark" ? [each.mark.instrument] : []))),
    });
    stream.open();
    expect(prices).toEqual(["TWELVEDATA:AAPL", "TWELVEDATA:EUR/USD"]);
    expect(script.tick(clock.now + 9_000).send).toEqual([]);
    expect(script.tick(clock.now + 10_000).send).toEqual(['{"action":"heartbeat"}']);
    const refused = script.take('{"event":"subscribe-status","status":"error","success":null,"fails":[]}', 0);
    expect(refused.close).toMatchObject({ isFinal: true });
    takesNothing(priceStream(["TWELVEDATA:AAPL"]));
  });
});
