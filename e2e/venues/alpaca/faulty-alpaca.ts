import { openAlpaca } from "../../../workers/brokers/alpaca/open-alpaca.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { parseDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { FaultVenue } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { ALPACA_KEYS, AlpacaEmulator } from "./alpaca-emulator.ts";
import { ALPACA_TEST_HOSTS } from "./alpaca-stage.ts";
import { uuidOf } from "./alpaca-views.ts";

/** Alpaca for a desk that is to be broken. */
export function faultyAlpaca({ clock, random }: { clock: VirtualClock; random: () => number }): FaultVenue {
  const now = () => clock.now;
  const emulator = new AlpacaEmulator({ now, random, after: (ms, act) => void clock.after(ms, act) });
  // Trades show among the activities when they show.
  emulator.reads.activityLagMs = Math.round(random() * 3_000);
  return {
    emulator,
    symbol: "AAPL",
    instrument: { id: "ALPACA:AAPL", base: "AAPL", quote: "USD" },
    currency: "USD",
    ...{ canShort: true, hasLegs: true },
    rules: {
      tick: parseDecimal("0.01", "tick"),
      lot: parseDecimal("0.000000001", "lot"),
      quantityMin: parseQuantity("0.000000001", "quantityMin"),
      notionalMin: parseMoney("1", "notionalMin"),
      calendar: ALWAYS_OPEN,
    },
    open(fetch) {
      const parts = { environment: "paper", key: ALPACA_KEYS, hosts: ALPACA_TEST_HOSTS } as const;
      const alpaca = openAlpaca({ ...parts, fetch, now, after: clock.after });
      return { client: alpaca.client, userStream: async () => alpaca.userStream() };
    },
    places: ({ method, path }) => method === "POST" && path === "/v2/orders",
    // Later versions have a number behind, and legs are named by the venue.
    ownerOf: ({ id, clientId }, desk) => {
      const own = /^([a-z0-9]{20})(?:r\d+)?$/.exec(clientId)?.[1];
      return own ?? desk.books.orderOfVenue(uuidOf(id))?.order.id;
    },
  };
}
