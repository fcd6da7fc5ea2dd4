import { gauge } from "./meter.ts";
import type { FEEDS } from "./metric-labels.ts";

/** Markets tell each second that they live; that much of it is enough to see that one does not. */
const TOLD_EVERY_MS = 10_000;

/** When a market last had a price, for as long as somebody listens to it. */
export class FeedPulse {
  private readonly feed: (typeof FEEDS)[number];
  private readonly source: string;
  private toldAt: number | undefined;
  private stopped = false;

  constructor(feed: (typeof FEEDS)[number], source: string) {
    this.feed = feed;
    this.source = source;
  }

  /** It has a price of now. */
  beat(nowMs: number): void {
    if (this.toldAt !== undefined && nowMs - this.toldAt < TOLD_EVERY_MS) return;
    this.toldAt = nowMs;
    this.stopped = false;
    gauge("feed_staleness_seconds", { feed: this.feed }, { value: nowMs / 1_000, source: this.source, at: nowMs });
  }

  /** Nobody listens any more: silence is nothing to be told of. */
  stop(nowMs: number): void {
    if (this.stopped) return;
    this.stopped = true;
    this.toldAt = undefined;
    gauge("feed_staleness_seconds", { feed: this.feed }, { value: undefined, source: this.source, at: nowMs });
  }
}
