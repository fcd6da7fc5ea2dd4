import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { PlacedOrder } from "../../../workers/brokers/venue-client.ts";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS } from "../recorded-payloads.ts";
import { documentedOperations, Spec } from "../spec.ts";
import { testOrder } from "../test-order.ts";
import { alpacaStage } from "./alpaca-stage.ts";

const DOCUMENT = new URL("../../../docs/venues/alpaca.md", import.meta.url);
const STOCK = "ALPACA:AAPL";
const COIN = "ALPACA:BTC/USD";
const MINUTE_MS = 60_000;

it.skipIf(!HAS_RECORDED_PAYLOADS)(
  "Alpaca's client asks for the documented operations and no other, and the emulator answers as the specification says",
  async () => {
    const specs = [new Spec("alpaca/trading-api.json"), new Spec("alpaca/market-data-api.json")];
    const { venue, clock, begin } = alpacaStage();
    const used = new Set<string>();
    const faults: string[] = [];
    const handle = venue.handle.bind(venue);
    venue.handle = (request) => {
      const reply = handle(request);
      const spec = specs.find((one) => one.operationOf(request.method, request.path) !== undefined);
      const operation = spec?.operationOf(request.method, request.path);
      if (spec === undefined || operation === undefined)
        faults.push(`${request.method} ${request.path} must be specified`);
      else {
        used.add(`${operation.method} ${operation.template}`);
        // Refusals are not described for all operations.
        if (reply.status < 300 && reply.body !== "") {
          faults.push(...spec.replyFaults(operation, reply.status, JSON.parse(reply.body)));
        }
      }
      return reply;
    };
    for (const symbol of ["AAPL", "BTC/USD"]) {
      venue.book.trade(symbol, parsePrice("100", "price"));
      venue.data.bars.set(symbol, [{ time: clock.now - 2 * MINUTE_MS, o: 1, h: 2, l: 1, c: 2, v: 3 }]);
    }
    const { client, market, broker } = begin();
    await client.facts();
    const instruments = await market.instruments();
    for (const instrument of instruments.filter(({ id }) => id === STOCK || id === COIN)) {
      const page = { instrument, timeframe: "1m", from: clock.now - 5 * MINUTE_MS, to: clock.now } as const;
      expect((await market.candles(page)).candles.length).toBe(1);
    }
    await market.status();
    await client.prices([STOCK, COIN]);
    await clock.until(broker.report(""));
    const leg = { instrument: STOCK, side: "sell", reduceOnly: true } as const;
    const legs = [testOrder({ ...leg, kind: "stop", stop: "95" }), testOrder({ ...leg, kind: "limit", limit: "105" })];
    const bracket = testOrder({ instrument: STOCK, legs });
    expect((await broker.place(bracket)).outcome).toBe("ack");
    for (const instrument of [STOCK, COIN]) {
      const resting = testOrder({ instrument, kind: "limit", limit: "90" });
      await broker.place(resting);
      const terms = { quantity: parseQuantity("5", "quantity"), limit: parsePrice("91", "limit"), stop: undefined };
      expect((await broker.replace(resting.id, 1, terms)).outcome).toBe("ack");
      expect((await clock.until(broker.cancel(resting.id, undefined))).outcome).toBe("ack");
    }
    await clock.until(broker.report(""));
    const placed: PlacedOrder = {
      ...{ order: bracket, parent: undefined, venueOrderId: undefined, sentAs: bracket.id, revision: 0, sentAt: 0 },
    };
    expect(await client.order(placed)).toMatchObject({ status: "filled" });
    // Recordings show coins on an exchange that the specification has forgotten.
    expect(faults.filter((fault) => !fault.endsWith("was CRYPTO"))).toEqual([]);
    const documented = documentedOperations(readFileSync(DOCUMENT, "utf8"));
    expect([...used].sort()).toEqual(documented.sort());
    for (const operation of documented) {
      const [method, template] = operation.split(" ");
      expect([operation, specs.some((spec) => spec.has(method, template))]).toEqual([operation, true]);
    }
  },
);
