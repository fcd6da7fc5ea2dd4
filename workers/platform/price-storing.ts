/**
 * How long the prices of positions may be in memory alone, where nothing else changed. They come each second and what is
 * stored is paid for by the row: stored each time, they were nine tenths of what an account on paper cost. What a process that
 * ends forgets is how prices moved in that time; the next ones come with the market's next tick.
 */
export const PRICES_STORED_EVERY_MS = 10_000;

/** Whether prices that were stored last at `storedAt` are to be stored at `now`, UTC ms; also where the clock was set back since. */
export function arePricesDue(storedAt: number, now: number): boolean {
  return now < storedAt || now - storedAt >= PRICES_STORED_EVERY_MS;
}
