const SECONDS_OF_WAVE = 86_400;
/** A cheap hash of whole numbers, to a share from 0 to 1. */
function chance(seed: number): number {
  const mixed = Math.sin(seed * 12.9898) * 43_758.5453;
  return mixed - Math.floor(mixed);
}

/** A price at an instant, the same whenever it is asked for. */
function priceAt(symbol: string, time: number): number {
  const base = 50 + (symbol.length % 7) * 10 + symbol.charCodeAt(0);
  const wave = Math.sin((time / 1_000 / SECONDS_OF_WAVE) * 2 * Math.PI) * base * 0.02;
  return Math.round((base + wave + (chance(time / 60_000) - 0.5) * base * 0.001) * 100) / 100;
}

/**
 * A candle as the venue sends it: a pure function of symbol, open time and length, ms, but for where its market was moved,
 * which is where it closes.
 */
export function candleRow(symbol: string, time: number, lengthMs: number, moved?: number): unknown[] {
  const [open, close] = [priceAt(symbol, time), moved ?? priceAt(symbol, time + lengthMs)];
  const spread = Math.round(chance(time / 1_000 + 7) * 20) / 100;
  const [high, low] = [Math.max(open, close) + spread, Math.min(open, close) - spread];
  const volume = chance(time / 1_000 + 3) * 100;
  const texts = [open, high, low, close, volume].map((value) => value.toFixed(8));
  return [time, ...texts, time + lengthMs - 1, "0.00000000", 10, "0.00000000", "0.00000000", "0"];
}
