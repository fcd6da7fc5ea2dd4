import { expect, test } from "vitest";
import type { VenueClient } from "../../../workers/brokers/venue-client.ts";
import { add, type Quantity } from "../../../workers/core/ledger/decimal.ts";
import { type FaultVenue, runDeskFaults } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { faultyBinance } from "./faulty-binance.ts";

const FIRST = Number(process.env.FAULT_SEED ?? 1);
const SEEDS = Number(process.env.FAULT_SEEDS ?? 15);
const FEES = ["none", "received", "bnb", "traded"] as const;

test("F01-F11, I17, I18: whatever fails, none is lost or doubled, sent after a kill switch, or sells what is not held", async () => {
  let orders = 0;
  let fills = 0;
  let kills = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const result = await runDeskFaults(seed, (parts) => faultyBinance(parts, FEES[seed % FEES.length]));
    expect(result.violations, `seed ${seed}`).toEqual([]);
    orders += result.orders;
    fills += result.fills;
    kills += result.killed ? 1 : 0;
  }
  expect([orders > SEEDS * 5, fills > SEEDS * 3, kills > 0]).toEqual([true, true, true]);
}, 300_000);

/** Rules of safety that are left out; whoever breaks a desk must notice each. */
const PLANTED: Readonly<Record<string, (client: VenueClient) => void>> = {
  "takes silence for a refusal": (client) => {
    const place = client.place.bind(client);
    client.place = async (...call) => {
      const outcome = await place(...call);
      return outcome.outcome === "unknown" ? { outcome: "rejected", code: "X", message: "", news: [] } : outcome;
    };
  },
  "takes silence for an order": (client) => {
    const place = client.place.bind(client);
    client.place = async (...call) => {
      const outcome = await place(...call);
      const venueOrderIds = new Map([[call[0].id, "BTCUSDT:1"]]);
      return outcome.outcome === "unknown" ? { outcome: "ack", venueOrderIds, news: [] } : outcome;
    };
  },
  "tells no trades when it is asked": (client) => {
    const history = client.history.bind(client);
    client.history = async (asked) => ({ ...(await history(asked)), fills: [] });
  },
  "tells each trade under two numbers": (client) => {
    const history = client.history.bind(client);
    client.history = async (asked) => {
      const told = await history(asked);
      return { ...told, fills: told.fills.flatMap((fill) => [fill, { ...fill, tradeId: `${fill.tradeId}x` }]) };
    };
  },
};

test("I18: a client that sells a lot more than it was asked to is found out", async () => {
  const greedy = (parts: { clock: VirtualClock; random: () => number }): FaultVenue => {
    const venue = faultyBinance(parts, "traded");
    const open: FaultVenue["open"] = (...own) => {
      const process = venue.open(...own);
      const place = process.client.place.bind(process.client);
      process.client.place = (order, ...rest) => {
        const more = order.side === "sell" ? add(order.quantity, venue.rules.lot as Quantity) : order.quantity;
        return place({ ...order, quantity: more }, ...rest);
      };
      return process;
    };
    return { ...venue, open };
  };
  const found: string[] = [];
  for (let seed = 1; seed <= 6; seed++) found.push(...(await runDeskFaults(seed, greedy)).violations);
  expect(found.filter((line) => line.startsWith("I18")).length).toBeGreaterThan(0);
});

test.each(Object.entries(PLANTED))("a client that %s is found out", async (_, plant) => {
  const broken = (parts: { clock: VirtualClock; random: () => number }): FaultVenue => {
    const venue = faultyBinance(parts);
    const open: FaultVenue["open"] = (...own) => {
      const process = venue.open(...own);
      plant(process.client);
      return process;
    };
    return { ...venue, open };
  };
  const found: string[] = [];
  for (let seed = 1; seed <= 12 && found.length === 0; seed++)
    found.push(...(await runDeskFaults(seed, broken)).violations);
  expect(found).not.toEqual([]);
});
