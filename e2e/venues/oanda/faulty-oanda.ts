import { openOanda } from "../../../workers/brokers/oanda/open-oanda.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { parseDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { FaultVenue } from "../desk-faults.ts";
import { NOWHERE } from "../emulated-hosts.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { OANDA_KEYS, OandaEmulator } from "./oanda-emulator.ts";

/** OANDA for a desk that is to be broken. */
export function faultyOanda({ clock, random }: { clock: VirtualClock; random: () => number }): FaultVenue {
  const now = () => clock.now;
  // How long a client id finds its order is not documented.
  const clientIds = random() < 0.5 ? "pending" : "ever";
  const emulator = new OandaEmulator({ now, random, after: (ms, act) => void clock.after(ms, act), clientIds });
  return {
    emulator,
    symbol: "XAG_USD",
    instrument: { id: "OANDA:XAG_USD", base: "XAG", quote: "USD" },
    currency: "USD",
    ...{ canShort: true, hasLegs: true },
    rules: {
      tick: parseDecimal("0.001", "tick"),
      lot: parseDecimal("0.01", "lot"),
      quantityMin: parseQuantity("0.01", "quantityMin"),
      notionalMin: parseMoney("0", "notionalMin"),
      calendar: ALWAYS_OPEN,
    },
    open: (fetch) =>
      openOanda({
        ...{ environment: "practice", key: OANDA_KEYS, fetch, now, after: clock.after },
        hosts: { rest: NOWHERE, stream: NOWHERE },
      }),
    places: ({ method, path }) => method === "POST" && path.endsWith("/orders"),
  };
}
