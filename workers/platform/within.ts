/** What `within` answers where the time was up first. */
export const TIME_IS_UP = Symbol("time is up");

/** What `work` comes to, or `TIME_IS_UP` where that takes longer than `delayMs`. The work itself goes on. */
export function within<T>(work: Promise<T>, delayMs: number): Promise<T | typeof TIME_IS_UP> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(TIME_IS_UP), delayMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
