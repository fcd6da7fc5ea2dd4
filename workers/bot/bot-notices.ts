import type { BotStatus } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { wordsOfReason } from "../../schema/wire/code-words.ts";
import type { NoticeEventName } from "../../schema/wire/notice-event.ts";
import { type RaisedNotice, raised } from "../notify/raised-notice.ts";
import type { Clock } from "../platform/clock.ts";
import { logEvent } from "../platform/log-event.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";

/** Number of the last entry of the log that was told on. */
const NOTICED = "noticed";
/** Until a queue that did not take notices is asked again, and by when one that was cut off is. */
export const NOTICE_AGAIN_MS = 15_000;
const QUEUE_MS_MAX = 5_000;
const ENTRIES_A_LOOK = 100;

/** Entries of the log that people are told of. */
const TOLD: Partial<Record<BotLogEntry["kind"], readonly [event: NoticeEventName, verb: string]>> = {
  started: ["bot.started", "was started"],
  stopped: ["bot.stopped", "was stopped"],
  paused: ["bot.paused", "is paused"],
  resumed: ["bot.resumed", "goes on"],
  halted: ["bot.halted", "was halted"],
  error: ["bot.error", "could not go on"],
  missing: ["signal.missing", "hears no signals"],
  heard: ["signal.heard", "hears signals again"],
  locked: ["signal.locked", "locked its address for signals"],
  unprotected: ["bot.unprotected", "holds something without its stop"],
  shadow: ["shadow.behind", "fell behind its backtest"],
};

/** Reasons that the desk gives as codes, in words. */
const REASONS: Readonly<Record<string, string>> = {
  KILL_SWITCH: "By the kill switch: it sends nothing until somebody starts it again.",
  DAILY_LOSS: "The day's loss has reached its limit: until midnight UTC it only closes.",
};

interface NoticeParts {
  readonly store: BotStore;
  readonly now: Clock;
  readonly send: (notices: readonly RaisedNotice[]) => Promise<void>;
  /** Has the object look again by then, UTC ms. */
  readonly wakeBy: (at: number) => Promise<void>;
}

/**
 * What of a bot people may be told of, on its way to the queue: it follows from the bot's log, so that nothing is lost with a
 * queue or a process. The queue may get the same twice, under the same id.
 */
export class BotNotices {
  private readonly parts: NoticeParts;
  private looking: Promise<void> | undefined;
  private seen: number | undefined;

  constructor(parts: NoticeParts) {
    this.parts = parts;
  }

  /** Sends what is new; one look at a time. Never throws, and the bot waits for none of it. */
  look(record: BotRecord, status: BotStatus): Promise<void> {
    this.looking ??= this.sendAll(record, status)
      .catch(async (error: unknown) => {
        logEvent("notices_not_queued", { id: record.botId, error });
        // What woke it meanwhile may have set another alarm.
        await this.parts.wakeBy(this.parts.now() + NOTICE_AGAIN_MS);
      })
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  /** Ends once nothing is on its way: an object that is destroyed meanwhile must not be written to. */
  async settled(): Promise<void> {
    await this.looking;
  }

  private async sendAll(record: BotRecord, status: BotStatus): Promise<void> {
    const { store, now, send, wakeBy } = this.parts;
    this.seen ??= store.get<number>(NOTICED);
    if (this.seen === undefined) {
      // What happened before it was looked at first is nothing new.
      this.seen = store.readLog(undefined, 1)[0]?.sequence ?? 0;
      store.put(NOTICED, this.seen);
    }
    for (;;) {
      const entries = store.logAfter(this.seen, ENTRIES_A_LOOK);
      const last = entries.at(-1)?.sequence;
      if (last === undefined) return;
      const notices = entries.flatMap((entry) => botNotice(record, entry, { status, now: now() }) ?? []);
      if (notices.length > 0) {
        // Set before the attempt: one that is cut off is made again.
        await wakeBy(now() + NOTICE_AGAIN_MS);
        if ((await within(send(notices), QUEUE_MS_MAX)) === TIME_IS_UP) throw new Error("the queue did not answer");
        store.put(NOTICED, last);
      }
      this.seen = last;
    }
  }
}

/** An entry of a bot's log as a notice; undefined for what nobody is told of. `status` is how the bot stands now. */
export function botNotice(
  { ownerId, botId, name, account }: BotRecord,
  { sequence, at, kind, message }: BotLogEntry,
  { status, now }: { readonly status: BotStatus; readonly now: number },
): RaisedNotice | undefined {
  const [event, verb] = TOLD[kind] ?? [];
  if (event === undefined || verb === undefined) return undefined;
  const hasGivenUp = kind === "error" && status === "error";
  return raised({
    id: `${botId}:log:${sequence}`,
    ownerId,
    event: hasGivenUp ? "bot.failed" : event,
    // The log of a replay keeps to the market's time; people are told now.
    at: account.market.kind === "replay" || kind === "shadow" ? now : at,
    title: `${name} ${hasGivenUp ? "stopped by itself after errors in a row" : verb}`,
    text: REASONS[message] ?? wordsOfReason(message),
    subject: {},
    path: `/bots/${encodeURIComponent(botId)}`,
    accountId: account.id,
    botId,
    about: message,
  });
}
