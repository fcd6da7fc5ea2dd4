import { describe, expect, it } from "vitest";
import { openBinance } from "../../../workers/brokers/binance/open-binance.ts";
import { VenueSilence } from "../../../workers/brokers/request/venue-reply.ts";
import { HOSTILE_BODIES } from "../../../workers/brokers/testing/hostile-bodies.ts";
import { candleOpen } from "../../../workers/core/candle/timeframe.ts";
import { readCandles } from "../../../workers/feed/venue-source.ts";
import { HostileVenue, hostileReplies, survives, takesNothing } from "../hostile-bodies.ts";
import { rateStorm } from "../rate-storm.ts";
import { bracketOrder, testOrder } from "../test-order.ts";
import { BTC, binanceStage, EMULATED_HOSTS } from "./binance-stage.ts";

/** A client that knows the venue's clock and rules, before every reply of it becomes hostile. */
async function readyClient(hostile: HostileVenue) {
  const stage = binanceStage();
  let isHostile = false;
  const fetch: typeof stage.fetch = (url, init) => (isHostile ? hostile.fetch() : stage.fetch(url, init));
  const parts = { environment: "live", hosts: EMULATED_HOSTS, key: stage.key } as const;
  const binance = openBinance({ ...parts, fetch, now: () => stage.clock.now });
  const stream = await binance.userStream([BTC.id]);
  isHostile = true;
  return { ...binance, stream };
}

describe("Binance's client", () => {
  it("S70 makes no order of any hostile reply, and survives all of them", async () => {
    expect(HOSTILE_BODIES.length).toBeGreaterThanOrEqual(50);
    const hostile = new HostileVenue();
    for (const reply of hostileReplies()) {
      const { client } = await readyClient(hostile);
      hostile.reply = reply;
      await survives(client, testOrder({ instrument: BTC.id }));
    }
  });

  it("acknowledges no order with legs by a hostile reply", async () => {
    const hostile = new HostileVenue();
    for (const reply of hostileReplies()) {
      const { client } = await readyClient(hostile);
      hostile.reply = reply;
      const bracket = bracketOrder({ instrument: BTC.id, kind: "limit", limit: "90" }, { stop: "80", target: "110" });
      expect((await client.place(bracket)).outcome).toBe("unknown");
    }
  });

  it("answers with no candle that a hostile reply could name", async () => {
    const hostile = new HostileVenue();
    const stage = binanceStage();
    const [instrument] = await stage.open().client.instruments();
    for (const reply of hostileReplies()) {
      const { market } = await readyClient(hostile);
      hostile.reply = reply;
      try {
        const { candles } = await market.candles({ instrument, timeframe: "1m", from: 0, to: 60_000 });
        expect(candles.length).toBe(0);
      } catch (error) {
        expect((error as Error).name).toMatch(/^Venue(Silence|Refusal)$/);
      }
    }
  });

  it("tells of no order, no trade and no price that a hostile frame could name", async () => {
    const { stream, marketStream } = await readyClient(new HostileVenue());
    takesNothing(stream);
    takesNothing(marketStream(["BTCUSDT"]));
  });

  it("lets no candle through to anybody that contradicts itself, and refuses a page of what are none", async () => {
    const stage = binanceStage();
    const { client, market } = stage.open();
    const [instrument] = await client.instruments();
    const to = candleOpen(stage.clock.now, "1m");
    const rows = (row: (time: number) => string[]) => {
      const handle = stage.venue.handle.bind(stage.venue);
      stage.venue.handle = (request) => {
        if (!request.path.endsWith("/klines")) return handle(request);
        const times = [to - 120_000, to - 60_000];
        const body = JSON.stringify(times.map((time) => [time, ...row(time), time + 59_999]));
        return { status: 200, body };
      };
      return readCandles({ data: market, instrument, timeframe: "1m" }, { from: to - 120_000, to });
    };
    expect((await rows(() => ["2", "3", "1", "2", "5"])).length).toBe(2);
    for (const broken of [
      ["2", "1", "3", "2", "5"],
      ["4", "3", "1", "2", "5"],
      ["2", "3", "1", "2", "-5"],
    ]) {
      expect((await rows((time) => (time < to - 60_000 ? broken : ["2", "3", "1", "2", "5"]))).length).toBe(1);
    }
    await expect(rows(() => ["2", "1e5", "1", "2", "5"])).rejects.toThrow(VenueSilence);
  });

  it("F12: is let through for ten minutes of storm beside others at its address, and gets every cancel out", async () => {
    const stage = binanceStage();
    stage.venue.rate.foreign = 1_500;
    const { client } = stage.open();
    // Each is refused for its price: the books stay small.
    const newOrder = () => testOrder({ instrument: BTC.id, kind: "limit", limit: "90.001", quantity: "1" });
    const storm = { stepMs: 1_000, askedEachStep: 20 };
    const { cancels, canceled, heldBack } = await rateStorm({ client, clock: stage.clock, newOrder }, storm);
    expect([stage.venue.rate.refusals, stage.venue.rate.bans]).toEqual([0, 0]);
    expect(canceled).toBe(cancels);
    expect(heldBack).toBeGreaterThan(1_000);
  });

  it("F12: is quiet for as long as the venue asks, and earns no ban by what it sends after", async () => {
    const stage = binanceStage();
    const { client } = stage.open();
    await client.prices([BTC.id]);
    stage.venue.rate.foreign = 6_000;
    await stage.clock.pass(60_000);
    const before = stage.made.length;
    for (let second = 0; second < 120; second++) {
      await client.prices([BTC.id]).catch(() => undefined);
      await stage.clock.pass(1_000);
    }
    // One refusal in each minute, and nothing more until the next.
    expect(stage.made.length - before).toBeLessThanOrEqual(3);
    expect(stage.venue.rate.bans).toBe(0);
  });
});
