import { seededRandom } from "../../../core/testing/random-candles.ts";

/** Chance of a seed: the same seed draws the same in the same order. */
export class Chance {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** True with odds of `share`. Draws always, so that turning a fault off leaves the rest as it is. */
  happens(share: number): boolean {
    return this.random() < share;
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  share(max: number): number {
    return this.random() * max;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)];
  }
}

/** How often each fault strikes in one world. Drawn from the seed, so that each world is broken in its own way. */
export interface FaultRates {
  readonly requestLost: number;
  /** Answered at once that it is too busy or broken; half of such requests were taken all the same. */
  readonly busy: number;
  readonly replyLost: number;
  readonly lateAccept: number;
  /** Of late ones: later than the broker says it may be. */
  readonly brokenPromise: number;
  readonly rejected: number;
  readonly eventDropped: number;
  readonly eventTwice: number;
  /** Of trades: told some seconds later, after the end of their order for instance. */
  readonly fillToldLate: number;
  readonly eventDelayMs: number;
  readonly crash: number;
  readonly crashInside: number;
  /** Of writes to storage: takes up to a second until it would survive. */
  readonly slowSync: number;
  readonly clockSteps: number;
  /** Of alarms: comes late, or once more. */
  readonly oddAlarm: number;
  readonly external: number;
  readonly venueCancels: number;
  readonly reportFails: number;
  readonly reportPartial: number;
}

export function drawFaults(chance: Chance): FaultRates {
  // Half of all worlds go without a given fault, so that no fault hides what another would show.
  const rate = (max: number) => (chance.happens(0.5) ? chance.share(max) : 0);
  return {
    requestLost: rate(0.15),
    busy: rate(0.15),
    replyLost: rate(0.3),
    lateAccept: rate(0.2),
    brokenPromise: rate(0.5),
    rejected: rate(0.15),
    eventDropped: rate(0.3),
    eventTwice: rate(0.4),
    fillToldLate: rate(0.5),
    eventDelayMs: rate(8_000),
    crash: rate(0.02),
    crashInside: rate(0.03),
    slowSync: rate(0.5),
    clockSteps: rate(0.02),
    oddAlarm: rate(0.3),
    external: rate(0.02),
    venueCancels: rate(0.02),
    reportFails: rate(0.3),
    reportPartial: rate(0.3),
  };
}

export const NO_FAULTS: FaultRates = {
  requestLost: 0,
  busy: 0,
  replyLost: 0,
  lateAccept: 0,
  brokenPromise: 0,
  rejected: 0,
  eventDropped: 0,
  eventTwice: 0,
  fillToldLate: 0,
  eventDelayMs: 0,
  crash: 0,
  crashInside: 0,
  slowSync: 0,
  clockSteps: 0,
  oddAlarm: 0,
  external: 0,
  venueCancels: 0,
  reportFails: 0,
  reportPartial: 0,
};
