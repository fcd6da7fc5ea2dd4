import { and, eq } from "drizzle-orm";
import { noticeRules } from "../../schema/tables/notification.ts";
import type { AccountState } from "../../schema/wire/trading.ts";
import { NOTICES_A_MESSAGE_MAX } from "../jobs/notice-message.ts";
import { queueNotices } from "../notify/queue-notices.ts";
import { type RaisedNotice, raised } from "../notify/raised-notice.ts";
import type { Clock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";
import { alertNotice, orderNotice, pathOf, TOLD_EVENTS } from "./account-notice.ts";
import type { AccountRecord } from "./account-record.ts";
import { accountUses } from "./account-view.ts";
import { type CapsTold, watchCaps } from "./cap-watch.ts";
import type { Desk } from "./desk.ts";
import { eventOfBot } from "./desk-lists.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";

const PENDING = "notice/";
const PLACES = "noticed";
/** Until a queue that did not take notices is asked again. */
const AGAIN_MS = 10_000;
/** A queue answers within milliseconds; one that hangs is as good as gone. */
const QUEUE_MS_MAX = 5_000;
/** Notices that wait for the queue: beyond that what happens to orders waits in the desk's own list of events. */
const PENDING_MAX = 500;
const EVENTS_A_LOOK = 200;
/** Uses of caps are summed up for each bot: at most a fiftieth of the time goes into that. */
const CAPS_EVERY_MS = 1_000;
const CAPS_EVERY_MS_A_BOT = 10;
/** Events that nobody is told of, after which their number is stored all the same. */
const EVENTS_UNSTORED_MAX = 1_000;
/** A stream that comes back by then is nothing to tell of. */
export const STREAM_AWAY_MS = 15_000;
/** How long it is believed that nobody wants to hear of fills. */
const FILLS_KNOWN_MS = 60_000;

/** Up to where what happened was noticed, in the account's own storage. */
interface Places {
  readonly alerts: number;
  readonly events: number;
  readonly caps: CapsTold;
  /** Since when the venue or its stream is away, and whether people were told. */
  readonly away: { readonly since: number; readonly told: boolean } | null;
}

interface NoticeParts {
  readonly env: Pick<Env, "NOTICES" | "DB">;
  readonly storage: DurableObjectStorage;
  readonly record: AccountRecord;
  readonly store: SqlDeskStore;
  readonly desk: Desk;
  readonly now: Clock;
  /** Goes on with something that nobody waits for. */
  readonly later: (work: Promise<unknown>) => void;
}

/**
 * What of an account people may be told of, on its way to the queue. It follows from what the desk has stored, and waits in
 * the account's own storage until the queue has it: nothing here is on the way of an order, and nothing is lost with a queue,
 * a database or a process. The queue may get the same twice, under the same id.
 */
export class AccountNotices {
  private readonly parts: NoticeParts;
  private sending = false;
  private sendAfter = 0;
  private capsAt = 0;
  private places: Places | undefined;
  private number: number | undefined;
  private fillsUnwantedUntil = 0;
  private pending: number | undefined;
  private eventsStored = 0;
  private hasMore = false;

  constructor(parts: NoticeParts) {
    this.parts = parts;
  }

  /** Takes note of what is new, and sends it. Never throws, and holds up nothing. */
  look(state: AccountState): void {
    try {
      this.collect(state);
      this.send();
    } catch (error) {
      logEvent("account_not_noticed", { id: this.parts.record.account.id, error });
    }
  }

  /** When it has to be looked at again, UTC ms; undefined where nothing waits. */
  nextLookAt(): number | undefined {
    const { away } = this.places ?? {};
    const streamAt = away && !away.told ? away.since + STREAM_AWAY_MS : undefined;
    const sendAt = this.waiting() === 0 ? undefined : Math.max(this.sendAfter, this.parts.now() + AGAIN_MS);
    const moreAt = this.hasMore ? this.parts.now() + CAPS_EVERY_MS : undefined;
    const times = [streamAt, sendAt, moreAt].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private collect(state: AccountState): void {
    const before = this.read();
    const fresh: RaisedNotice[] = [];
    const alerts = this.newAlerts(state, before.alerts, fresh);
    const events = this.newEvents(before.events, fresh);
    const caps = this.newCaps(before.caps, fresh);
    const away = this.newAway(state, before.away, fresh);
    const moved = alerts !== before.alerts || caps !== before.caps || away !== before.away;
    // Where only events came that nobody is told of, it is enough to know that in memory.
    this.places = { alerts, events, caps, away };
    if (!moved && fresh.length === 0 && events < this.eventsStored + EVENTS_UNSTORED_MAX) return;
    const { storage } = this.parts;
    const waiting = this.waiting();
    storage.transactionSync(() => {
      for (const notice of fresh) storage.kv.put(`${PENDING}${this.nextNumber()}`, notice);
      storage.kv.put(PLACES, this.places);
    });
    this.eventsStored = events;
    this.pending = waiting + fresh.length;
  }

  /** Where it stands; at the first look what happened before is nothing new. */
  private read(): Places {
    const { storage, store, desk } = this.parts;
    this.places ??= storage.kv.get<Places>(PLACES);
    if (this.places === undefined) {
      const { alertCount } = desk.books.record;
      this.places = { alerts: alertCount, events: store.lastEventSequence(), caps: {}, away: null };
      storage.kv.put(PLACES, this.places);
    }
    this.eventsStored ||= this.places.events;
    return this.places;
  }

  private newAlerts({ alerts }: AccountState, seen: number, fresh: RaisedNotice[]): number {
    const unseen = alerts.filter(({ id }) => Number(id) > seen).toReversed();
    fresh.push(...unseen.flatMap((alert) => alertNotice(this.ids(), alert) ?? []));
    return Number(unseen.at(-1)?.id ?? seen);
  }

  private newEvents(seen: number, fresh: RaisedNotice[]): number {
    const { store, now } = this.parts;
    if (this.waiting() >= PENDING_MAX) return seen;
    const events = store.eventsAfter(seen, EVENTS_A_LOOK);
    this.hasMore = events.length === EVENTS_A_LOOK;
    const skipsFills = now() < this.fillsUnwantedUntil;
    for (const event of events) {
      if (!TOLD_EVENTS.includes(event.event) || (skipsFills && event.event === "fill")) continue;
      fresh.push(...eventOfBot(store, event).flatMap((told) => orderNotice(this.ids(), told) ?? []));
    }
    return events.at(-1)?.sequence ?? seen;
  }

  private newCaps(before: CapsTold, fresh: RaisedNotice[]): CapsTold {
    const { desk, now } = this.parts;
    const at = now();
    if (at < this.capsAt + Math.max(CAPS_EVERY_MS, desk.books.scopeNames().length * CAPS_EVERY_MS_A_BOT)) return before;
    this.capsAt = at;
    const { told, notices } = watchCaps(this.ids(), { uses: accountUses(desk), before, at });
    fresh.push(...notices);
    return JSON.stringify(told) === JSON.stringify(before) ? before : told;
  }

  private newAway(state: AccountState, before: Places["away"], fresh: RaisedNotice[]): Places["away"] {
    const { now } = this.parts;
    const { accountId, ownerId } = this.ids();
    const reason = awayReason(state);
    const about = { ownerId, accountId, at: now(), path: pathOf(accountId, null) };
    if (reason === undefined) {
      if (before?.told === true) {
        fresh.push(
          raised({ ...about, id: `${accountId}:back:${before.since}`, event: "stream.back", title: "A venue is back" }),
        );
      }
      return null;
    }
    const away = before ?? { since: now(), told: false };
    if (away.told || now() < away.since + STREAM_AWAY_MS) return away;
    const title = "A venue is away: what happens there is heard late or not at all";
    fresh.push(raised({ ...about, id: `${accountId}:away:${away.since}`, event: "stream.down", title, text: reason }));
    return { ...away, told: true };
  }

  private send(): void {
    const { later, now } = this.parts;
    if (this.sending || now() < this.sendAfter || this.waiting() === 0) return;
    this.sending = true;
    later(
      this.sendAll().finally(() => {
        this.sending = false;
      }),
    );
  }

  /** Never throws. */
  private async sendAll(): Promise<void> {
    const { env, storage, now, record } = this.parts;
    try {
      for (let some = this.first(NOTICES_A_MESSAGE_MAX); some.length > 0; some = this.first(NOTICES_A_MESSAGE_MAX)) {
        const skipsFills = some.some(([, { event }]) => event === "order.filled") && !(await this.wantsFills());
        const told = some.flatMap(([, notice]) => (skipsFills && notice.event === "order.filled" ? [] : [notice]));
        if (told.length > 0 && (await within(queueNotices(env, told), QUEUE_MS_MAX)) === TIME_IS_UP) {
          throw new Error("the queue did not answer");
        }
        for (const [key] of some) storage.kv.delete(key);
        this.pending = this.waiting() - some.length;
      }
    } catch (error) {
      this.sendAfter = now() + AGAIN_MS;
      logEvent("notices_not_queued", { id: record.account.id, error });
    }
  }

  /** Whether any rule asks for fills. Where that is not known they are sent, and dropped by whoever knows. */
  private async wantsFills(): Promise<boolean> {
    const { env, now } = this.parts;
    if (now() < this.fillsUnwantedUntil) return false;
    try {
      const asks = and(
        ...[eq(noticeRules.ownerId, this.ids().ownerId), eq(noticeRules.topic, "fill"), eq(noticeRules.level, "info")],
      );
      const rows = openDatabase(env.DB).select({ id: noticeRules.id }).from(noticeRules).where(asks).limit(1);
      const found = await within(
        rows.then((all) => all.length > 0),
        QUEUE_MS_MAX,
      );
      if (found === false) this.fillsUnwantedUntil = now() + FILLS_KNOWN_MS;
      return found !== false;
    } catch {
      return true;
    }
  }

  /** How many notices wait for the queue. */
  private waiting(): number {
    this.pending ??= this.first(PENDING_MAX + NOTICES_A_MESSAGE_MAX).length;
    return this.pending;
  }

  private first(limit: number): [string, RaisedNotice][] {
    return [...this.parts.storage.kv.list<RaisedNotice>({ prefix: PENDING, limit })];
  }

  /** Keys go by the alphabet. */
  private nextNumber(): string {
    const { kv } = this.parts.storage;
    if (this.number === undefined) {
      const last = [...kv.list({ prefix: PENDING, reverse: true, limit: 1 })][0]?.[0];
      this.number = last === undefined ? 0 : Number(last.slice(PENDING.length));
    }
    this.number++;
    return String(this.number).padStart(12, "0");
  }

  private ids() {
    const { ownerId, account } = this.parts.record;
    return { ownerId, accountId: account.id };
  }
}

/** Why what happens at a venue is not heard now; undefined while it is. */
function awayReason({ connection, stream }: AccountState): string | undefined {
  if (connection.state === "disconnected") return "The venue does not answer.";
  if (stream === null || (stream.state !== "reconnecting" && stream.state !== "refused")) return undefined;
  return stream.reason === "" ? "Its stream is down." : `Its stream is down: ${stream.reason}`;
}
