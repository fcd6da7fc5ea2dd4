import { describe, expect, it } from "vitest";
import { HOSTILE_BODIES } from "../../../workers/brokers/testing/hostile-bodies.ts";
import { openXts } from "../../../workers/brokers/xts/open-xts.ts";
import { XtsStream } from "../../../workers/brokers/xts/stream.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { HostileVenue, hostileReplies, survives, takesNothing } from "../hostile-bodies.ts";
import { rateStorm } from "../rate-storm.ts";
import { testOrder } from "../test-order.ts";
import { XTS_HOST, xtsStage } from "./xts-stage.ts";

const INSTRUMENT = "XTS:NSECM-2885";
const KEY = { appKey: "0a1b2c3d", secretKey: "secret#1" };
const LIMITS = { "/interactive/orders": 10, "/interactive/orders/trades": 1, "/interactive/portfolio/positions": 1 };

describe("XTS's client", () => {
  it("S70 makes no order of any hostile reply, and survives all of them", async () => {
    expect(HOSTILE_BODIES.length).toBeGreaterThanOrEqual(50);
    const venue = new HostileVenue();
    let now = 0;
    for (const reply of hostileReplies()) {
      // Time for whatever was opened or used up by the replies before.
      now += 120_000;
      const token = { token: "eyJ", userID: "EMU01", isInvestorClient: true };
      const tokens = () => ({ read: () => token, write: () => undefined });
      const wait = async (delayMs: number) => {
        now += delayMs;
      };
      const parts = { fetch: venue.fetch, now: () => now, wait, host: XTS_HOST, interactive: KEY, market: KEY, tokens };
      venue.reply = reply;
      await survives(openXts(parts).client, testOrder({ instrument: INSTRUMENT }));
    }
  });

  it("logs in by no hostile reply", async () => {
    const venue = new HostileVenue();
    let now = 0;
    for (const reply of hostileReplies()) {
      now += 120_000;
      const parts = { fetch: venue.fetch, now: () => now, wait: async () => {}, host: XTS_HOST };
      venue.reply = reply;
      await expect(openXts({ ...parts, interactive: KEY, market: KEY }).userStream()).rejects.toThrow();
    }
  });

  it("tells of no order and no price that a hostile frame could name, whatever packet it comes in", () => {
    const open = () => new XtsStream({ base: XTS_HOST.base, token: "t", userId: "u", side: "interactive" });
    takesNothing(open());
    const stream = open();
    stream.open(0);
    for (const body of HOSTILE_BODIES) {
      for (const name of ["order", "trade", "position", "1501-json-full", "1512-json-full", "joined2"]) {
        for (const content of [JSON.stringify(body), body]) {
          const { news } = stream.take(`42["${name}",${content}]`, 1);
          expect(news.filter(({ type }) => type !== "gap")).toEqual([]);
        }
      }
    }
  });

  it("F12: is let through for ten minutes of storm, and gets every cancel out", async () => {
    const perSecond = new Map<string, number>();
    const stage = xtsStage(({ request, at }) => {
      const key = `${Math.floor(at / 1_000)} ${request.method === "GET" ? request.path : "orders"}`;
      perSecond.set(key, (perSecond.get(key) ?? 0) + 1);
    });
    stage.venue.book.trade("NSECM-2885", parsePrice("100", "price"));
    await stage.client.instruments();
    // Each is refused for its price: the books stay small.
    const newOrder = () => testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "99.999", quantity: "1" });
    const storm = { stepMs: 1_000, askedEachStep: 3 };
    const { cancels, canceled } = await rateStorm({ client: stage.client, clock: stage.clock, newOrder }, storm);
    expect(canceled).toBe(cancels);
    for (const [path, most] of Object.entries(LIMITS)) {
      const counts = [...perSecond].filter(([key]) => key.endsWith(` ${path}`)).map(([, count]) => count);
      expect(Math.max(0, ...counts), path).toBeLessThanOrEqual(most);
    }
    expect(
      Math.max(...[...perSecond].filter(([key]) => key.endsWith(" orders")).map(([, count]) => count)),
    ).toBeLessThanOrEqual(10);
  });
});
