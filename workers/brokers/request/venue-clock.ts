/** Samples that an offset is taken from: clocks drift, so old ones say little. */
const SAMPLES_KEPT = 5;

export interface TimeSample {
  /** By our clock, UTC ms: when the question left and when the answer was there. */
  readonly sentAt: number;
  readonly heardAt: number;
  /** By the venue's. */
  readonly venueAt: number;
}

/** How far a venue's clock is before ours. Of a few samples the one with the shortest way there and back counts. */
export class VenueClock {
  private samples: TimeSample[] = [];

  hear(sample: TimeSample): void {
    if (!Number.isFinite(sample.venueAt) || sample.heardAt < sample.sentAt) return;
    this.samples = [...this.samples, sample].slice(-SAMPLES_KEPT);
  }

  /** What was measured so far counts no more: one of the clocks was set. */
  forget(): void {
    this.samples = [];
  }

  /** `errorMs`: half of the way there and back, within which the offset is certain. */
  offset(): { readonly offsetMs: number; readonly errorMs: number } | undefined {
    const tripOf = ({ sentAt, heardAt }: TimeSample) => heardAt - sentAt;
    // Of equals the latest.
    const [best] = this.samples.toReversed().sort((left, right) => tripOf(left) - tripOf(right));
    if (best === undefined) return undefined;
    const errorMs = tripOf(best) / 2;
    return { offsetMs: best.venueAt - best.sentAt - errorMs, errorMs };
  }
}
