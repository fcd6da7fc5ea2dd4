import type { XtsTokenStore } from "../../../workers/brokers/xts/log-in.ts";
import { openXts } from "../../../workers/brokers/xts/open-xts.ts";
import type { XtsToken } from "../../../workers/brokers/xts/sign.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { parseDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { FaultVenue } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { XtsEmulator } from "./xts-emulator.ts";
import { keysOf, XTS_HOST } from "./xts-stage.ts";

/** XTS for a desk that is to be broken. Its tokens outlive processes, as an account's storage does. */
export function faultyXts({ clock, random }: { clock: VirtualClock; random: () => number }): FaultVenue {
  const now = () => clock.now;
  const emulator = new XtsEmulator({ now, random, after: (ms, act) => void clock.after(ms, act) });
  const stored = new Map<string, XtsToken>();
  const tokens = (side: string): XtsTokenStore => ({
    read: () => stored.get(side),
    write: (token) => void (token === undefined ? stored.delete(side) : stored.set(side, token)),
  });
  const { after, wait } = clock;
  return {
    emulator,
    symbol: "NSECM-22",
    instrument: { id: "XTS:NSECM-22", base: "ACC", quote: "INR" },
    currency: "INR",
    unit: 100,
    ...{ canShort: true, hasLegs: false },
    rules: {
      tick: parseDecimal("0.01", "tick"),
      lot: parseDecimal("1", "lot"),
      quantityMin: parseQuantity("1", "quantityMin"),
      notionalMin: parseMoney("0", "notionalMin"),
      calendar: ALWAYS_OPEN,
    },
    open: (fetch) => openXts({ fetch, now, after, wait, host: XTS_HOST, ...keysOf(emulator), tokens }),
    places: ({ method, path }) => method === "POST" && path === "/interactive/orders",
  };
}
