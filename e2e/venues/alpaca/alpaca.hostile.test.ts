import { describe, expect, it } from "vitest";
import { AlpacaDataScript } from "../../../workers/brokers/alpaca/data-stream.ts";
import { openAlpaca } from "../../../workers/brokers/alpaca/open-alpaca.ts";
import { AlpacaTradeScript } from "../../../workers/brokers/alpaca/stream.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { NOWHERE_SOCKET } from "../emulated-hosts.ts";
import { HostileVenue, hostileReplies, survives, takesNothing } from "../hostile-bodies.ts";
import { rateStorm } from "../rate-storm.ts";
import { testOrder } from "../test-order.ts";
import { ALPACA_KEYS } from "./alpaca-emulator.ts";
import { alpacaStage } from "./alpaca-stage.ts";

const INSTRUMENT = "ALPACA:AAPL";

describe("Alpaca's client", () => {
  it("S70 makes no order of any hostile reply, and survives all of them", async () => {
    const venue = new HostileVenue();
    let now = 0;
    for (const reply of hostileReplies()) {
      now += 120_000;
      const { client } = openAlpaca({ environment: "paper", key: ALPACA_KEYS, fetch: venue.fetch, now: () => now });
      venue.reply = reply;
      await survives(client, testOrder({ instrument: INSTRUMENT }));
    }
  });

  it("tells of no order and no price that a hostile frame could name", () => {
    takesNothing(new AlpacaTradeScript({ stream: NOWHERE_SOCKET, key: ALPACA_KEYS }));
    takesNothing(new AlpacaDataScript({ url: NOWHERE_SOCKET, key: ALPACA_KEYS, instruments: [INSTRUMENT] }));
  });

  it("refuses a key that could say more than itself", () => {
    const key = { ...ALPACA_KEYS, secret: "a\r\nx: y and more" };
    const open = () => openAlpaca({ environment: "paper", key, fetch: new HostileVenue().fetch, now: () => 0 });
    expect(open).toThrow("keyId and secret must be");
  });

  it("F12: is let through for ten minutes of storm, and gets every cancel out", async () => {
    const perMinute = new Map<number, number>();
    let refused = 0;
    const stage = alpacaStage({
      record: ({ at }) => {
        const minute = Math.floor(at / 60_000);
        perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      },
    });
    stage.venue.book.trade("AAPL", parsePrice("100", "price"));
    const handle = stage.venue.handle.bind(stage.venue);
    stage.venue.handle = (request) => {
      const reply = handle(request);
      if (reply.status === 429) refused++;
      return reply;
    };
    const { client } = stage.begin();
    // Each is refused for its price: the books stay small.
    const newOrder = () => testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90.001", quantity: "1" });
    const storm = { stepMs: 1_000, askedEachStep: 4 };
    const { cancels, canceled, heldBack } = await rateStorm({ client, clock: stage.clock, newOrder }, storm);
    expect(refused).toBe(0);
    // Trading and market data are counted apart.
    expect(Math.max(...perMinute.values())).toBeLessThanOrEqual(400);
    expect(canceled).toBe(cancels);
    expect(heldBack).toBeGreaterThan(1_000);
  });
});
