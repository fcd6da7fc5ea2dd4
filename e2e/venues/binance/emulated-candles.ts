import { EmulatedTape } from "../emulated-tape.ts";

const TICK = "0.01";
const UNTOUCHED = new EmulatedTape();

/** A candle as the venue sends it. Of a market that nobody has moved it is a function of symbol, open time and length, ms. */
export function candleRow(
  symbol: string,
  time: number,
  lengthMs: number,
  { tape = UNTOUCHED, now }: { readonly tape?: EmulatedTape; readonly now?: number } = {},
): unknown[] {
  const asked = { time, lengthMs, ...(now === undefined ? {} : { now }) };
  const { open, high, low, close, volume } = tape.candle({ symbol, tick: TICK }, asked);
  const texts = [open, high, low, close, volume].map((value) => Number(value).toFixed(8));
  return [time, ...texts, time + lengthMs - 1, "0.00000000", 10, "0.00000000", "0.00000000", "0"];
}
