import type { LogLine } from "../platform/log-event.ts";
import type { ErrorSink } from "./error-sink.ts";
import type { SentryDsn } from "./sentry-dsn.ts";
import { type ReportPlace, sentryEnvelope } from "./sentry-envelope.ts";

/** Reports that may wait: a storm of errors says no more than its first. */
const WAITING_MAX = 30;
/** Reports of one event within a minute; the rest are in the log. */
const OF_ONE_EVENT_MAX = 5;
const WINDOW_MS = 60_000;
const SEND_TIMEOUT_MS = 5_000;
/** How long nothing is sent to a sink that refused, where it does not say; and the longest that it may say. */
const PAUSE_MS = 60_000;
const PAUSE_MS_MAX = 60 * 60_000;

export type ReportOutcome = "sent" | "failed" | "dropped";

export interface SentrySinkParts extends ReportPlace {
  readonly dsn: SentryDsn;
  readonly now: () => number;
  /** 32 hexadecimal digits. */
  readonly newId: () => string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Goes on with a piece of work behind whatever is being done. Throws where nothing is being done. */
  readonly later: (work: () => Promise<void>) => void;
  readonly onOutcome: (outcome: ReportOutcome) => void;
}

/**
 * Reports errors to Sentry, or to what speaks its protocol. Its own packages bring some hundred kilobytes that wrap
 * handlers and collect what requests carry; all that is wanted here is that a line of the log arrives elsewhere.
 */
export class SentrySink implements ErrorSink {
  private readonly parts: SentrySinkParts;
  private waiting: { readonly at: number; readonly line: LogLine }[] = [];
  private readonly counts = new Map<string, number>();
  private windowFrom = 0;
  private pausedUntil = 0;
  /** Somebody sends until then: after that it was cut off. */
  private busyUntil = 0;

  constructor(parts: SentrySinkParts) {
    this.parts = parts;
  }

  report(line: LogLine): void {
    const now = this.parts.now();
    if (now < this.pausedUntil || this.waiting.length >= WAITING_MAX || !this.isRoomFor(String(line.event), now)) {
      this.parts.onOutcome("dropped");
      return;
    }
    this.waiting.push({ at: now, line });
    if (now < this.busyUntil) return;
    this.busyUntil = now + 2 * SEND_TIMEOUT_MS;
    try {
      this.parts.later(() => this.send());
    } catch {
      this.busyUntil = 0;
    }
  }

  private isRoomFor(event: string, now: number): boolean {
    if (now - this.windowFrom >= WINDOW_MS) {
      this.windowFrom = now;
      this.counts.clear();
    }
    const count = (this.counts.get(event) ?? 0) + 1;
    this.counts.set(event, count);
    return count <= OF_ONE_EVENT_MAX;
  }

  private async send(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.busyUntil = this.parts.now() + 2 * SEND_TIMEOUT_MS;
      const outcome = await this.sendOne(next);
      this.parts.onOutcome(outcome);
      if (outcome === "sent") continue;
      for (const _left of this.waiting.splice(0)) this.parts.onOutcome("dropped");
    }
    this.busyUntil = 0;
  }

  private async sendOne({ at, line }: { at: number; line: LogLine }): Promise<ReportOutcome> {
    const { dsn, newId, now, fetch } = this.parts;
    try {
      const reply = await fetch(dsn.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-sentry-envelope",
          "X-Sentry-Auth": `Sentry sentry_version=7, sentry_client=apextrade/1, sentry_key=${dsn.publicKey}`,
        },
        body: sentryEnvelope({ id: newId(), at, line }, this.parts),
        redirect: "manual",
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
      await reply.body?.cancel();
      if (reply.ok) return "sent";
      const seconds = Number(reply.headers.get("Retry-After") ?? "");
      const pauseMs = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, PAUSE_MS_MAX) : PAUSE_MS;
      this.pausedUntil = now() + pauseMs;
      return "failed";
    } catch {
      this.pausedUntil = now() + PAUSE_MS;
      return "failed";
    }
  }
}
