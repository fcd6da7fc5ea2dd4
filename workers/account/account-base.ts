import type { ByeReason } from "../../schema/wire/live.ts";
import type { AccountState } from "../../schema/wire/trading.ts";
import { BackedUpObject, type RestoredMark } from "../backup/backed-up-object.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { measureAlarm } from "../metrics/alarm-lateness.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { AccountAlarm } from "./account-alarm.ts";
import { AccountGauges, accountGauges } from "./account-gauges.ts";
import { AccountMarketLink } from "./account-market.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { AccountRecord } from "./account-record.ts";
import { AccountSidecar } from "./account-sidecar.ts";
import { type AccountVenue, openVenue } from "./account-venue.ts";
import { accountView } from "./account-view.ts";
import type { Desk } from "./desk.ts";
import { liveVenue } from "./live-venue.ts";
import { openAccount } from "./open-account.ts";
import { haltRestored, reconcileRestored, skipLostNumbers } from "./restore-account.ts";
import { SIDECAR_HEADER } from "./sidecar-hold.ts";
import { toldBots, wakeBots } from "./wake-bots.ts";

/** Tabs and machines of one person. */
const SOCKETS_MAX = 20;
/** An alarm that was set a moment ago is there: fifty bots of one candle ask at once. */
const ARM_AGAIN_MS = 10_000;
/** Where an account's object keeps what it is. */
export const RECORD = "account";

/**
 * What the object of an account is below its verbs: its desk, opened when it is first needed, its sockets and its alarm.
 */
export class AccountBase extends BackedUpObject {
  protected opened: OpenAccount | undefined;
  protected readonly hub: LiveHub<AccountState>;
  protected readonly market: AccountMarketLink;
  protected readonly bell: AccountAlarm;
  protected readonly sidecar: AccountSidecar;
  private readonly gauges: AccountGauges;
  /** When its alarm was set last, UTC ms. */
  private armedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "AccountObject");
    const told = { ctx, prefix: "state", now: systemClock, newEpoch: () => newId("epo") };
    this.hub = new LiveHub({ ...told, socketsMax: SOCKETS_MAX, keep: "memory", channel: "account" });
    this.market = new AccountMarketLink({ env, storage: ctx.storage, now: systemClock });
    this.bell = new AccountAlarm(ctx.storage, systemClock);
    this.gauges = new AccountGauges(ctx.id.toString());
    const hear = (news: readonly VenueNews[]) => this.hearStream(news);
    // Whatever changed is looked at in the account's next round, which comes at once.
    const changed = () => ctx.waitUntil(this.bell.ring());
    this.sidecar = new AccountSidecar({ ctx, env, now: systemClock, hear, changed });
  }

  /** `rings`: whether its round is still to come, as it is but for the alarm itself. */
  protected open(ownerId: string, { rings = true } = {}): OpenAccount {
    if (this.opened === undefined) {
      const text = this.ctx.storage.kv.get(RECORD);
      if (text === undefined) throw new Error("the account is not there");
      const record = AccountRecord.parse(text);
      const line = () => this.sidecar.connection(record);
      this.opened = openAccount({ ctx: this.ctx, env: this.env }, { record, venue: this.venueOf(record), line });
      // Whatever opens it first after a crash: the venue is asked at once, not in its next round.
      if (rings) this.ctx.waitUntil(this.bell.ring());
    }
    if (this.opened.record.ownerId !== ownerId) throw new Error("the account belongs to another owner");
    return this.opened;
  }

  /** The venue that this account trades at. A Worker of tests may have another. */
  protected venueOf(record: AccountRecord): AccountVenue {
    const { market } = record.account;
    if (market.kind !== "venue") return openVenue(this.env, record);
    return liveVenue(
      {
        ...{ env: this.env, storage: this.ctx.storage, now: systemClock },
        deps: this.sidecar.deps(record.ownerId, market),
      },
      record,
      market,
    );
  }

  protected stored(): AccountRecord | undefined {
    return AccountRecord.safeParse(this.ctx.storage.kv.get(RECORD)).data;
  }

  /** Opens a socket that the Worker has checked. */
  override async fetch(request: Request): Promise<Response> {
    const record = this.stored();
    if (request.headers.has(SIDECAR_HEADER)) return this.sidecar.open(request, record);
    if (record === undefined || record.ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    this.open(record.ownerId);
    this.publish();
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void | Promise<void> {
    if (this.sidecar.serves(socket)) return this.sidecar.message(socket, text);
    const record = this.hub.isEmpty ? this.stored() : undefined;
    if (record !== undefined) {
      this.open(record.ownerId);
      this.publish();
    }
    if (this.hub.message(socket, text) === undefined) return;
    this.hub.refuse(socket, "bad_message", "An account's channel takes acknowledgements only.");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    if (this.sidecar.serves(socket)) this.sidecar.closed(socket);
    else this.hub.close(socket, code);
  }

  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** Never throws and always sets the next alarm first: a desk that stops ticking would leave orders in doubt. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("account", alarm, systemClock());
    const record = this.stored();
    if (record === undefined) return;
    await this.bell.begin();
    try {
      const { desk } = this.open(record.ownerId, { rings: false });
      await desk.tick();
      await this.hearJournal();
      await this.market.letGo(record, desk.books);
      await this.market.renew(record, desk.books);
      this.sidecar.keep(record);
    } catch (error) {
      logEvent("account_tick_failed", { id: record.account.id, error });
    }
    // It may have been deleted meanwhile.
    if (this.opened === undefined) return;
    this.hub.sweep(systemClock());
    this.turnBackup();
    await this.bell.end();
    await this.after();
  }

  /** Keeps what a venue's stream says, and then lets the desk hear of it; where something may be missing, all is asked for. */
  protected async hearStream(news: readonly VenueNews[]): Promise<void> {
    const record = this.stored();
    if (record === undefined) return;
    const { venue, desk } = this.open(record.ownerId);
    const isMissing = venue.live?.hear(news) === true;
    await this.ctx.storage.sync();
    const follow = async () => {
      if (isMissing) await desk.sweepNow();
      await this.hearJournal();
      await this.after();
    };
    // It is stored by now: the sidecar need not wait until the venue was asked.
    this.ctx.waitUntil(follow().catch((error: unknown) => logEvent("stream_not_followed", { error })));
  }

  /** Takes in what replies and streams of a real venue left in the account's journal, and lets its bots hear of it. */
  protected async hearJournal(): Promise<void> {
    if (this.opened?.venue.live === undefined) return;
    const { desk, venue, record } = this.opened;
    const told = await venue.broker.events(desk.books.record.venueSequence);
    if (told.events.length === 0) return;
    await desk.hear(told);
    this.ctx.waitUntil(wakeBots(this.env, record, toldBots(desk, told)));
  }

  /** What follows every change: watchers, the minute's equity, lists, the next alarm. */
  protected async after(): Promise<void> {
    this.publish();
    await this.arm();
    this.opened?.outbox.project();
  }

  /** What a kill switch asked for, once its acknowledgement has left: a thousand cancels must not hold that up. */
  protected async followKill(desk: Desk): Promise<void> {
    try {
      await scheduler.wait(0);
      this.publish();
      await desk.followKill();
      await this.after();
    } catch (error) {
      logEvent("kill_follow_up_failed", { error });
    }
  }

  protected publish(): void {
    if (this.opened === undefined) throw new Error("the account is not open");
    const state = accountView(this.opened);
    this.opened.outbox.keepEquity();
    this.gauges.tell(accountGauges(this.opened), systemClock());
    this.opened.notices.look(state);
    if (this.hub.publish(state)) this.opened.outbox.tellDashboard(state);
  }

  /** Sets the alarm where that was not done a moment ago, so that one that the platform lost comes back. Nothing may have changed. */
  protected async armAgain(): Promise<void> {
    const since = systemClock() - this.armedAt;
    if (since < 0 || since >= ARM_AGAIN_MS) await this.arm();
  }

  protected async arm(): Promise<void> {
    if (this.opened === undefined) return;
    this.armedAt = systemClock();
    const { desk, record, outbox, notices } = this.opened;
    await this.bell.byFirst([
      desk.nextTickAt(),
      outbox.nextTryAt(),
      notices.nextLookAt(),
      this.market.nextLookAt(record, desk.books),
      this.sidecar.nextLookAt(record),
      await this.noticeChanges(),
    ]);
  }

  /** The venue of a simulation is stored right behind the account: a broker knows everything that its clients do. */
  protected override async storeDue(): Promise<void> {
    if (await this.backup.turn()) await this.opened?.venue.sealBackup?.();
  }

  protected override async afterRestore(mark: RestoredMark): Promise<void> {
    const record = this.stored();
    if (record === undefined) return;
    skipLostNumbers(this.ctx.storage.sql);
    const account = this.open(record.ownerId);
    haltRestored(account, mark);
    this.market.followAgain(account.desk.books);
    await this.ctx.storage.sync();
  }

  /** Holds a restored account's books against its venue's, before anybody may arm it. Answers what differs. */
  async reconcileRestored(): Promise<string[]> {
    const record = this.stored();
    return record === undefined ? [] : reconcileRestored(this.open(record.ownerId));
  }

  protected override async ringForBackup(): Promise<void> {
    await this.bell.byFirst([await this.noticeChanges()]);
  }
}
