import { createHmac } from "node:crypto";
import { openBinance } from "../../../workers/brokers/binance/open-binance.ts";
import { ALWAYS_OPEN } from "../../../workers/core/candle/trading-calendar.ts";
import { parseDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { FaultVenue } from "../desk-faults.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { BinanceEmulator, type BinanceEmulatorParts } from "./binance-emulator.ts";
import { BTC, EMULATED_HOSTS } from "./binance-stage.ts";

/** Binance for a desk that is to be broken. */
export function faultyBinance(
  { clock, random }: { clock: VirtualClock; random: () => number },
  fees: BinanceEmulatorParts["fees"] = "none",
): FaultVenue {
  const after = (delayMs: number, act: () => void) => void clock.after(delayMs, act);
  const emulator = new BinanceEmulator({ now: () => clock.now, random, after, firstId: 9_007_199_254_740_993n, fees });
  const { "HMAC key": apiKey, "HMAC secret": secret } = emulator.keys;
  return {
    ...{ emulator, symbol: "BTCUSDT", instrument: BTC, currency: "USDT", canShort: false, hasLegs: true },
    rules: {
      tick: parseDecimal("0.01", "tick"),
      lot: parseDecimal("0.00001", "lot"),
      quantityMin: parseQuantity("0.00001", "quantityMin"),
      notionalMin: parseMoney("5", "notionalMin"),
      calendar: ALWAYS_OPEN,
    },
    open(fetch) {
      const now = () => clock.now;
      // Signed at once: what is signed elsewhere comes back in no order that a seed could give again.
      const sign = async (payload: string) => createHmac("sha256", secret).update(payload).digest("hex");
      const key = { kind: "hmac", apiKey, secret } as const;
      const binance = openBinance({
        environment: "live",
        key,
        sign,
        fetch,
        now,
        after: clock.after,
        hosts: EMULATED_HOSTS,
      });
      return { client: binance.client, userStream: () => binance.userStream([BTC.id]) };
    },
    places: ({ method, path }) => method === "POST" && path.includes("/order"),
  };
}
