/** Time and chance of the sidecar: handed in, so that tests move them. */
export interface Timers {
  /** UTC ms. */
  now(): number;
  /** Calls once after a delay, ms; what it answers calls it off. */
  after(delayMs: number, act: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
}

/** The process's own clock and timers. */
export const PROCESS_TIMERS: Timers = {
  now: () => Date.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32,
};

/** Waits between tries, each twice as long as the last, with jitter, so that many that broke at once do not come at once. */
export class BackOff {
  private readonly firstMs: number;
  private readonly lastMs: number;
  private readonly timers: Timers;
  private tries = 0;

  constructor(timers: Timers, { firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number }) {
    this.timers = timers;
    this.firstMs = firstMs;
    this.lastMs = lastMs;
  }

  /** How long to wait before the next try, ms: between half and the whole of the present wait. */
  next(): number {
    const whole = Math.min(this.lastMs, this.firstMs * 2 ** Math.min(this.tries, 20));
    this.tries += 1;
    return Math.round(whole * (0.5 + this.timers.random() / 2));
  }

  /** It worked. */
  reset(): void {
    this.tries = 0;
  }
}
