import type { Meter } from "./meter.ts";
import type { MetricBatch } from "./metric-batch.ts";

/** Points wait so long for others to go with. */
export const FLUSH_AFTER_MS = 1_000;
/** An aggregator that does not answer within this is taken for one that fails. */
export const FLUSH_TIMEOUT_MS = 5_000;
/** Times that a flush is sent before it is given up, and found as a gap. */
const TRIES_MAX = 5;
/** Whoever was silent for so long comes back under another name: the old one may be forgotten. */
const RENEWED_AFTER_MS = 60 * 60_000;

export interface FlusherParts {
  readonly meter: Meter;
  readonly now: () => number;
  readonly newId: () => string;
  /** Goes on with a piece of work behind whatever is being done. Throws where nothing is being done, as at start-up. */
  readonly later: (work: () => Promise<void>) => void;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly send: (batch: MetricBatch) => Promise<void>;
}

/**
 * Brings what an isolate counts to the aggregator, a second after the first point of a flush, behind the request or the
 * event that counted it. One that fails is sent again, as it was and under its number, before the next.
 */
export class Flusher {
  private readonly parts: FlusherParts;
  /** Somebody is on it until then: after that it was cut off with whatever it came behind. */
  private busyUntil = 0;
  private isolate = "";
  private sequence = 0;
  private sentAt = 0;
  private pending: { readonly batch: MetricBatch; tries: number } | undefined;

  constructor(parts: FlusherParts) {
    this.parts = parts;
  }

  /** Told of each point. */
  arm(): void {
    const now = this.parts.now();
    if (now < this.busyUntil) return;
    this.busyUntil = now + FLUSH_AFTER_MS + 2 * FLUSH_TIMEOUT_MS;
    try {
      this.parts.later(() => this.flushLater());
    } catch {
      // Nothing goes on that this could stand behind: the next point finds something.
      this.busyUntil = 0;
    }
  }

  private async flushLater(): Promise<void> {
    await this.parts.wait(FLUSH_AFTER_MS);
    try {
      await this.flush();
    } finally {
      this.busyUntil = 0;
    }
    // What came while this was on its way has nobody else that would come for it.
    if (!this.parts.meter.isEmpty && this.pending === undefined) this.arm();
  }

  /** Sends what waits. Never throws: what cannot be sent stays, and is bounded. */
  async flush(): Promise<void> {
    const { meter, now, newId, send } = this.parts;
    try {
      if (this.pending !== undefined) await this.sendPending();
      if (meter.isEmpty) return;
      if (this.isolate === "" || now() - this.sentAt > RENEWED_AFTER_MS) {
        this.isolate = newId();
        this.sequence = 0;
      }
      const batch = { isolate: this.isolate, sequence: ++this.sequence, ...meter.take() };
      this.pending = { batch, tries: 1 };
      await send(batch);
      this.done();
    } catch {
      // The gap that it leaves, or its repetition, is counted where flushes arrive.
    }
  }

  private async sendPending(): Promise<void> {
    const { pending } = this;
    if (pending === undefined) return;
    if (pending.tries >= TRIES_MAX) {
      this.pending = undefined;
      return;
    }
    pending.tries++;
    await this.parts.send(pending.batch);
    this.done();
  }

  private done(): void {
    this.pending = undefined;
    this.sentAt = this.parts.now();
  }
}
