import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { PlacedOrder } from "../../../workers/brokers/venue-client.ts";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS } from "../recorded-payloads.ts";
import { documentedOperations, Spec } from "../spec.ts";
import { testOrder } from "../test-order.ts";
import { oandaStage } from "./oanda-stage.ts";

const DOCUMENT = new URL("../../../docs/venues/oanda.md", import.meta.url);
const INSTRUMENT = "OANDA:XAG_USD";
const MINUTE_MS = 60_000;

it.skipIf(!HAS_RECORDED_PAYLOADS)(
  "OANDA's client asks for the documented operations and no other, and the emulator answers as the specification says",
  async () => {
    const spec = new Spec("oanda/v20.json", "/v3");
    const stage = oandaStage();
    const { venue, clock } = stage;
    const used = new Set<string>();
    const faults: string[] = [];
    const handle = venue.handle.bind(venue);
    venue.handle = (request) => {
      const reply = handle(request);
      const operation = spec.operationOf(request.method, request.path);
      if (operation === undefined) faults.push(`${request.method} ${request.path} must be specified`);
      else {
        used.add(`${operation.method} ${operation.template}`);
        faults.push(...spec.replyFaults(operation, reply.status, JSON.parse(reply.body)));
      }
      return reply;
    };
    venue.book.trade("XAG_USD", parsePrice("100", "price"));
    venue.reads.candles.set("XAG_USD", [
      { time: clock.now - 2 * MINUTE_MS, mid: { o: "1", h: "2", l: "1", c: "2" }, volume: 3 },
    ]);
    const opened = stage.begin();
    const { client, market, broker } = opened;
    for (const { url } of [await opened.userStream(), opened.marketStream([INSTRUMENT])]) {
      used.add(`GET ${spec.operationOf("GET", new URL(url).pathname)?.template}`);
    }
    await client.facts();
    const [instrument] = (await market.instruments()).filter(({ id }) => id === INSTRUMENT);
    await market.candles({ instrument, timeframe: "1m", from: clock.now - 5 * MINUTE_MS, to: clock.now });
    await client.prices([INSTRUMENT]);
    await broker.report("");
    const leg = { instrument: INSTRUMENT, side: "sell", reduceOnly: true } as const;
    const legs = [
      testOrder({ ...leg, kind: "stop", stop: "95" }),
      testOrder({ ...leg, kind: "limit", limit: "105" }),
      testOrder({ ...leg, kind: "trailing-stop", trail: "3" }),
    ];
    await broker.place(testOrder({ instrument: INSTRUMENT, legs }));
    const resting = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90" });
    await broker.place(resting);
    const terms = { quantity: parseQuantity("5", "quantity"), limit: parsePrice("91", "limit"), stop: undefined };
    expect((await broker.replace(resting.id, 1, terms)).outcome).toBe("ack");
    expect((await broker.cancel(resting.id, undefined)).outcome).toBe("ack");
    const refused = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90.00001" });
    expect((await broker.place(refused)).outcome).toBe("rejected");
    venue.book.trade("XAG_USD", parsePrice("106", "price"));
    await broker.report("");
    const order = testOrder({ instrument: INSTRUMENT });
    const lost: PlacedOrder = {
      ...{ order, parent: undefined, venueOrderId: undefined, sentAs: order.id, revision: 0, sentAt: clock.now },
    };
    expect(await client.order(lost)).toBeUndefined();
    expect((await client.cancel(lost)).outcome).toBe("rejected");
    venue.ledger.finance("XAG_USD", parseQuantity("0", "zero") as never);
    expect(faults).toEqual([]);
    const documented = documentedOperations(readFileSync(DOCUMENT, "utf8"));
    expect([...used].sort()).toEqual(documented.sort());
    for (const operation of documented) {
      const [method, template] = operation.split(" ");
      expect([operation, spec.has(method, template)]).toEqual([operation, true]);
    }
  },
);
