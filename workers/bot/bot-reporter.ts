import type { BotState } from "../../schema/wire/bot.ts";
import type { BotReport } from "../live/bot-report.ts";
import { logEvent } from "../platform/log-event.ts";
import { dueInList } from "./bot-due.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotLife } from "./bot-view.ts";

/** New figures wait this long: bots that decide at the same moment shall all have decided before any of them tells of it. */
const FIGURES_WAIT_MS = 3_000;
/** Until a dashboard that was not reached is told again. */
const AGAIN_MS = 15_000;

/** How a bot stands, with what only its object knows. */
export interface Standing {
  readonly state: BotState;
  readonly dueAt: number | null;
  readonly startedAt: number | null;
  readonly statusSince?: number | undefined;
}

/** What is told at once where it changed. */
type Told = Pick<BotState, "status" | "reason">;

interface ReporterParts {
  /** Brings a report to the dashboard of the bot's owner. */
  readonly send: (record: BotRecord, report: BotReport) => Promise<void>;
  /** Runs `act` so many ms later, as far as the object lives until then. */
  readonly later: (act: () => void, ms: number) => void;
}

/**
 * Tells the owner's dashboard, which keeps the list of bots too, how a bot stands: at once where its state changed, a moment
 * later where only its figures did. One report at a time, the newest wins. None holds up the bot; one that an end of the
 * object's process takes away comes with the next candle.
 */
export class BotReporter {
  private readonly parts: ReporterParts;
  private waiting: { readonly record: BotRecord; readonly standing: () => Standing } | undefined;
  private telling: Promise<void> | undefined;
  private timed = false;
  private told: Told | undefined;
  private isSilent = false;
  /** The last report that arrived, as text: the same again says nothing. */
  private sent: string | undefined;
  /** Rises with each `stop`: what was on its way before is not tried again. */
  private stops = 0;

  constructor(parts: ReporterParts) {
    this.parts = parts;
  }

  /** Takes note that the bot may stand differently, which is looked at as it is told; the promise ends with what is told at once. */
  tell(record: BotRecord, { status, reason }: Told, standing: () => Standing): Promise<void> {
    const isNew = this.told?.status !== status || this.told.reason !== reason;
    if (this.isSilent && !isNew) return Promise.resolve();
    this.isSilent = false;
    this.waiting = { record, standing };
    this.told = { status, reason };
    if (isNew) return this.tellNow();
    this.tellLater(FIGURES_WAIT_MS);
    return Promise.resolve();
  }

  /**
   * Tells nothing more of a bot that stands so until its state changes, and ends once nothing is on its way: whoever takes it
   * from the dashboard shall not find it there again.
   */
  async stop({ status, reason }: Told): Promise<void> {
    this.waiting = undefined;
    this.told = { status, reason };
    this.isSilent = true;
    this.sent = undefined;
    this.stops++;
    await this.telling;
  }

  private tellLater(ms: number): void {
    if (this.timed) return;
    this.timed = true;
    this.parts.later(() => {
      this.timed = false;
      void this.tellNow();
    }, ms);
  }

  private tellNow(): Promise<void> {
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
    });
    return this.telling;
  }

  private async tellAll(): Promise<void> {
    for (let next = this.waiting; next !== undefined; next = this.waiting) {
      this.waiting = undefined;
      const { record, standing } = next;
      const { stops } = this;
      try {
        const report = reportOf(record, standing());
        const text = JSON.stringify(report);
        if (text === this.sent) continue;
        // Whether it arrives is not known until it has.
        this.sent = undefined;
        await this.parts.send(record, report);
        if (stops === this.stops) this.sent = text;
      } catch (error) {
        logEvent("bot_not_reported", { id: record.botId, error });
        if (stops === this.stops) this.waiting ??= next;
        if (this.waiting !== undefined) this.tellLater(AGAIN_MS);
        return;
      }
    }
  }
}

function reportOf({ botId, account, name }: BotRecord, { state, dueAt, startedAt, statusSince }: Standing): BotReport {
  const { status, reason, equity, profit, profitToday, trades, spark, lastCandleAt } = state;
  const since = statusSince === undefined ? {} : { statusSince };
  return {
    bot: { botId, accountId: account.id, name, status, ...since, reason, equity, profit, profitToday, spark },
    row: { status, reason, equity, profit, profitToday, trades, spark, lastCandleAt, dueAt, startedAt },
  };
}

/** How a bot stands, as lists of bots show it. A replay's time is not ours: none of its decisions is due. */
export function standingOf(record: BotRecord, state: BotState, { startedAt, statusSince }: BotLife): Standing {
  const dueAt = record.account.market.kind === "replay" ? null : dueInList(state, startedAt);
  return { state, dueAt, startedAt, statusSince };
}
