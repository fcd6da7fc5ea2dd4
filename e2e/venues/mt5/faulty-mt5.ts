import { openMt5 } from "../../../workers/brokers/mt5/open-mt5.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { parseDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { FaultVenue } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { EmulatedBridgeScript, emulatedBridge } from "./emulated-bridge.ts";
import { Mt5Emulator } from "./mt5-emulator.ts";

/** A MetaTrader terminal for a desk that is to be broken. */
export function faultyMt5({ clock, random }: { clock: VirtualClock; random: () => number }): FaultVenue {
  const now = () => clock.now;
  const emulator = new Mt5Emulator({ now, random, after: (ms, act) => void clock.after(ms, act) });
  return {
    emulator,
    symbol: "BTCUSD",
    instrument: { id: "MT5:BTCUSD", base: "BTC", quote: "USD" },
    currency: "USD",
    ...{ canShort: true, hasLegs: true },
    rules: {
      tick: parseDecimal("0.01", "tick"),
      lot: parseDecimal("0.01", "lot"),
      quantityMin: parseQuantity("0.01", "quantityMin"),
      notionalMin: parseMoney("0", "notionalMin"),
      calendar: ALWAYS_OPEN,
    },
    open(fetch) {
      // The emulator takes orders at most twenty seconds late, and a run is shorter than a server may take.
      const { client } = openMt5({ line: emulatedBridge(fetch, clock.after), now, lateAcceptMs: 60_000 });
      return { client, userStream: async () => new EmulatedBridgeScript() };
    },
    places: ({ path }) => path === "/mtb/order.place",
  };
}
