import type { DashboardBot } from "../../schema/wire/bot.ts";
import type { BotReport } from "./bot-report.ts";
import type { After } from "./patient-work.ts";

/** How long the first of some reports waits for others, ms: a thousand bots of one candle report within seconds. */
const TOGETHER_MS = 50;

interface ReportsParts {
  readonly after: After;
  /** Stores them, in one write. */
  readonly store: (reports: readonly BotReport[]) => Promise<void>;
}

/** Reports of bots that come in the same moment are stored together: each write by itself waits for the disk. */
export class BotReports {
  private readonly parts: ReportsParts;
  private waiting = new Map<string, BotReport>();
  private next: Promise<void> | undefined;

  constructor(parts: ReportsParts) {
    this.parts = parts;
  }

  /** Resolves once it is stored, or a later one of the same bot; throws where that could not be. */
  take(report: BotReport): Promise<void> {
    this.waiting.set(report.bot.botId, report);
    this.next ??= new Promise<void>((resolve) => void this.parts.after(TOGETHER_MS, resolve)).then(() =>
      this.storeAll(),
    );
    return this.next;
  }

  /** Drops what waits of bots that are gone. */
  forget(isGone: (bot: DashboardBot) => boolean): void {
    for (const [id, { bot }] of this.waiting) if (isGone(bot)) this.waiting.delete(id);
  }

  private async storeAll(): Promise<void> {
    const reports = [...this.waiting.values()];
    this.waiting = new Map();
    this.next = undefined;
    if (reports.length > 0) await this.parts.store(reports);
  }
}
