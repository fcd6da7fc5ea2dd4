import { describe, expect, it } from "vitest";
import { openOanda } from "../../../workers/brokers/oanda/open-oanda.ts";
import { OandaPricingScript } from "../../../workers/brokers/oanda/pricing-stream.ts";
import { OandaTransactionScript } from "../../../workers/brokers/oanda/stream.ts";
import { HOSTILE_BODIES } from "../../../workers/brokers/testing/hostile-bodies.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { NOWHERE } from "../emulated-hosts.ts";
import { HostileVenue, hostileReplies, survives, takesNothing } from "../hostile-bodies.ts";
import { rateStorm } from "../rate-storm.ts";
import { testOrder } from "../test-order.ts";
import { OANDA_KEYS } from "./oanda-emulator.ts";
import { oandaStage } from "./oanda-stage.ts";

const INSTRUMENT = "OANDA:EUR_USD";
const SUMMARY = {
  account: { id: OANDA_KEYS.accountId, currency: "USD", balance: "1", hedgingEnabled: false },
  lastTransactionID: "1",
};

describe("OANDA's client", () => {
  it("S70 makes no order of any hostile reply, and survives all of them", async () => {
    expect(HOSTILE_BODIES.length).toBeGreaterThanOrEqual(50);
    const venue = new HostileVenue();
    let now = 0;
    for (const reply of hostileReplies()) {
      // Time for whatever was opened or used up by the replies before.
      now += 120_000;
      const environment = { environment: "practice", hosts: { rest: NOWHERE, stream: NOWHERE } } as const;
      const { client } = openOanda({ ...environment, key: OANDA_KEYS, fetch: venue.fetch, now: () => now });
      venue.reply = { status: 200, body: JSON.stringify(SUMMARY) };
      await client.currency();
      venue.reply = reply;
      await survives(client, testOrder({ instrument: INSTRUMENT }));
    }
  });

  it("tells of no order and no price that a hostile line could name", () => {
    const parts = { stream: NOWHERE, key: OANDA_KEYS };
    takesNothing(new OandaTransactionScript({ ...parts, currency: "USD" }));
    takesNothing(new OandaPricingScript({ ...parts, instruments: [INSTRUMENT] }));
  });

  it("refuses a token or an account that could say more than itself", () => {
    const open = (key: typeof OANDA_KEYS | Record<"token" | "accountId", string>) =>
      openOanda({ environment: "practice", key, fetch: new HostileVenue().fetch, now: () => 0 });
    expect(() => open({ ...OANDA_KEYS, token: "a b\r\nx: y" })).toThrow("token must be");
    expect(() => open({ ...OANDA_KEYS, accountId: "../../v3" })).toThrow("accountId must be");
  });

  it("F12: is let through for ten minutes of storm, and gets every cancel out", async () => {
    const perSecond = new Map<number, number>();
    let refused = 0;
    const stage = oandaStage({
      record: ({ at }) => {
        const second = Math.floor(at / 1_000);
        perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      },
    });
    stage.venue.book.trade("EUR_USD", parsePrice("1.1", "price"));
    const handle = stage.venue.handle.bind(stage.venue);
    stage.venue.handle = (request) => {
      const reply = handle(request);
      if (reply.status === 429) refused++;
      return reply;
    };
    const { client } = stage.begin();
    // Each is refused for its price: the books stay small.
    const newOrder = () => testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "0.9000001" });
    const storm = { stepMs: 2_000, askedEachStep: 40 };
    const { cancels, canceled, heldBack } = await rateStorm({ client, clock: stage.clock, newOrder }, storm);
    expect(refused).toBe(0);
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(100);
    expect(canceled).toBe(cancels);
    expect(heldBack).toBeGreaterThan(1_000);
  });
});
