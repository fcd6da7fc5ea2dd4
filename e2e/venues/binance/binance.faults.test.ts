import { expect, test } from "vitest";
import type { VenueClient } from "../../../workers/brokers/venue-client.ts";
import { type FaultVenue, runDeskFaults } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { faultyBinance } from "./faulty-binance.ts";

const FIRST = Number(process.env.FAULT_SEED ?? 1);
const SEEDS = Number(process.env.FAULT_SEEDS ?? 15);
const FEES = ["none", "received", "bnb"] as const;

test("F01-F11, I17: whatever fails, no order is lost or doubled, and nothing is sent after a kill switch", async () => {
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
