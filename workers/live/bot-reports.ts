import type { DashboardBot } from "../../schema/wire/bot.ts";
import type { Clock } from "../platform/clock.ts";
import type { BotReport } from "./bot-report.ts";
import type { After } from "./patient-work.ts";

/**
 * Least time between two writes, ms: a thousand bots of one candle report within seconds. A report that comes alone is stored
 * at once: whoever waits for it could not sleep meanwhile.
 */
const WRITE_EVERY_MS = 50;

interface ReportsParts {
  readonly now: Clock;
  readonly after: After;
  /** Stores them, in one write. */
  readonly store: (reports: readonly BotReport[]) => Promise<void>;
}

/** Reports of bots that come in the same moment are stored together: each write by itself waits for the disk. */
export class BotReports {
  private readonly parts: ReportsParts;
  private waiting = new Map<string, BotReport>();
  private next: Promise<void> | undefined;
  private storedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ReportsParts) {
    this.parts = parts;
  }

  /** Resolves once it is stored, or a later one of the same bot; throws where that could not be. */
  take(report: BotReport): Promise<void> {
    this.waiting.set(report.bot.botId, report);
    this.next ??= this.turn().then(() => this.storeAll());
    return this.next;
  }

  /** Drops what waits of bots that are gone. */
  forget(isGone: (bot: DashboardBot) => boolean): void {
    for (const [id, { bot }] of this.waiting) if (isGone(bot)) this.waiting.delete(id);
  }

  /** Until so long after the last write; where a clock was set back, not at all. */
  private turn(): Promise<void> {
    const since = this.parts.now() - this.storedAt;
    if (since < 0 || since >= WRITE_EVERY_MS) return Promise.resolve();
    return new Promise((resolve) => void this.parts.after(WRITE_EVERY_MS - since, resolve));
  }

  private async storeAll(): Promise<void> {
    const reports = [...this.waiting.values()];
    this.waiting = new Map();
    this.next = undefined;
    this.storedAt = this.parts.now();
    if (reports.length > 0) await this.parts.store(reports);
  }
}
