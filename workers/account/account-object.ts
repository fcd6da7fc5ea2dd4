import { DurableObject } from "cloudflare:workers";
import type { RiskLimits, RiskView } from "../../schema/wire/risk.ts";
import type { AccountState, EquityHistory, Order, OrderDetail, TradingStateName } from "../../schema/wire/trading.ts";
import type { VenueTold } from "../brokers/broker.ts";
import { parseMoney } from "../core/ledger/decimal-text.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { AccountAlarm } from "./account-alarm.ts";
import { type BotToOpen, botLimits, openBot } from "./account-bots.ts";
import { AccountMarketLink } from "./account-market.ts";
import { AccountOutbox, type OpenAccount } from "./account-outbox.ts";
import { AccountRecord, deskAccountOf } from "./account-record.ts";
import { type AccountVenue, openVenue } from "./account-venue.ts";
import { accountView, coreLimits, manualLimits, orderDetail, riskView } from "./account-view.ts";
import { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import { type DeskCalls, type DeskIntent, MANUAL_BOT, type SubmitResult } from "./desk-calls.ts";
import { eventOfBot, type VerdictPage, type VerdictQuery, verdictPage } from "./desk-lists.ts";
import type { SwitchScope } from "./desk-switches.ts";
import { wireOrder } from "./desk-view.ts";
import { SqlDeskStore } from "./sql-desk-store.ts";
import { toldBots, wakeBots } from "./wake-bots.ts";

/** Tabs and machines of one person. */
const SOCKETS_MAX = 20;
/** Events that a bot is given at once. */
const EVENTS_A_CALL = 1_000;
const RECORD = "account";

/**
 * One account with a venue: the desk that every order of its bots and its owner passes, its books, and what its page
 * shows. Works while the database, the object store and the queues do not: lists catch up afterwards.
 */
export class AccountObject extends DurableObject<Env> implements DeskCalls {
  private opened: OpenAccount | undefined;
  private readonly hub: LiveHub<AccountState>;
  private readonly market: AccountMarketLink;
  private readonly bell: AccountAlarm;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const told = { ctx, prefix: "state", now: systemClock, newEpoch: () => newId("epo") };
    this.hub = new LiveHub({ ...told, socketsMax: SOCKETS_MAX, keep: "memory" });
    this.market = new AccountMarketLink({ env, storage: ctx.storage, now: systemClock });
    this.bell = new AccountAlarm(ctx.storage, systemClock);
  }

  /** Makes the account with its venue and its first money. A second call changes nothing. */
  async begin(given: AccountRecord & { limits: RiskLimits }): Promise<void> {
    const { limits, ...record } = given;
    if (this.ctx.storage.kv.get(RECORD) === undefined) this.ctx.storage.kv.put(RECORD, record);
    const { desk, venue } = this.open(record.ownerId);
    await venue.begin(record);
    desk.books.write(() => {
      if (desk.books.scope(ACCOUNT_SCOPE).limits.length === 0) {
        desk.switches.setLimits(ACCOUNT_SCOPE, coreLimits(limits));
        desk.switches.setLimits(MANUAL_BOT, manualLimits(record, limits));
      }
    });
    await desk.sweepNow();
    desk.books.write(() => {
      const capital = parseMoney(record.account.cash, "cash");
      desk.switches.allot(MANUAL_BOT, { id: `capital:${MANUAL_BOT}`, at: systemClock(), capital });
    });
    await this.after();
  }

  private open(ownerId: string): OpenAccount {
    if (this.opened === undefined) {
      const text = this.ctx.storage.kv.get(RECORD);
      if (text === undefined) throw new Error("the account is not there");
      const record = AccountRecord.parse(text);
      const store = new SqlDeskStore(this.ctx.storage);
      const venue = this.venueOf(record);
      const desk = new Desk({ store, broker: venue.broker, account: deskAccountOf(record), now: systemClock });
      const outbox = new AccountOutbox({ env: this.env, ctx: this.ctx, record, store, desk, now: systemClock });
      this.opened = { record, store, desk, venue, outbox };
      // Whatever opens it first after a crash: the venue is asked at once, not in its next round.
      this.ctx.waitUntil(this.bell.ring());
    }
    if (this.opened.record.ownerId !== ownerId) throw new Error("the account belongs to another owner");
    return this.opened;
  }

  /** The venue that this account trades at. A Worker of tests may have another. */
  protected venueOf(record: AccountRecord): AccountVenue {
    return openVenue(this.env, record);
  }

  private stored(): AccountRecord | undefined {
    return AccountRecord.safeParse(this.ctx.storage.kv.get(RECORD)).data;
  }

  async submit(call: { ownerId: string; botId: string; intents: readonly DeskIntent[] }): Promise<SubmitResult[]> {
    const { desk, record } = this.open(call.ownerId);
    await this.bell.beforeSending();
    const results: SubmitResult[] = [];
    for (const intent of call.intents) {
      const mark = await this.market.reach(record, desk.books, intent.instrument);
      if (mark !== undefined) await desk.hear(mark);
      const { order, legs } = await desk.submit(call.botId, intent);
      results.push({ order: wireOrder(order), legs: legs.map(wireOrder) });
    }
    await this.after();
    return results;
  }

  async cancel(call: { ownerId: string; orderIds: readonly string[] }): Promise<Order[]> {
    const { desk } = this.open(call.ownerId);
    const ids = call.orderIds.flatMap((id) => asClientOrderId(id) ?? ([] as ClientOrderId[]));
    await this.bell.beforeSending();
    desk.cancels.request(ids);
    await desk.cancels.drain();
    await this.after();
    return ids.flatMap((id) => {
      const stored = desk.books.order(id);
      return stored === undefined ? [] : [wireOrder(stored)];
    });
  }

  async eventsOf(call: { ownerId: string; botId: string; since: number }): ReturnType<DeskCalls["eventsOf"]> {
    const { store, desk } = this.open(call.ownerId);
    const events = store.eventsAfter(call.since, EVENTS_A_CALL, call.botId);
    const cursor = events.at(-1)?.sequence ?? call.since;
    const trading = desk.switches.tradingOf(call.botId);
    return { events: events.flatMap((event) => eventOfBot(store, event)), cursor, trading };
  }

  async state(call: { ownerId: string }): Promise<AccountState> {
    return accountView(this.open(call.ownerId));
  }

  async order(call: { ownerId: string; orderId: string }): Promise<OrderDetail | undefined> {
    return orderDetail(this.open(call.ownerId).store, call.orderId);
  }

  risk(call: { ownerId: string }): RiskView {
    return riskView(this.open(call.ownerId).desk);
  }

  verdicts(call: VerdictQuery & { ownerId: string }): VerdictPage {
    return verdictPage(this.open(call.ownerId).store, call);
  }

  equity(call: { ownerId: string; from: number; limit: number }): EquityHistory["points"] {
    return this.open(call.ownerId).store.equitySince(call.from, call.limit);
  }

  /** Gives a bot its share of the money, its limits, and a book at the venue; or changes them. */
  async openBot(call: BotToOpen & { ownerId: string }): Promise<void> {
    const opened = this.open(call.ownerId);
    await openBot({ ...opened, kv: this.ctx.storage.kv, at: systemClock() }, call);
    for (const instrument of call.instruments) {
      const mark = await this.market.reach(opened.record, opened.desk.books, instrument);
      if (mark !== undefined) await opened.desk.hear(mark);
    }
    await this.after();
  }

  /** Limits of a bot's next version hold at once where they are lower, before the version itself applies. */
  async limitBot(call: { ownerId: string; botId: string; limits: RiskLimits; instruments: readonly string[] }) {
    const { desk } = this.open(call.ownerId);
    const { botId, limits, instruments } = call;
    desk.books.write(() => desk.switches.setLimits(botId, botLimits({ limits, instruments })));
    await this.after();
  }

  async setLimits(call: { ownerId: string; limits: RiskLimits }): Promise<RiskView> {
    const { desk, record } = this.open(call.ownerId);
    desk.books.write(() => {
      desk.switches.setLimits(ACCOUNT_SCOPE, coreLimits(call.limits));
      desk.switches.setLimits(MANUAL_BOT, manualLimits(record, call.limits));
    });
    await this.after();
    return riskView(desk);
  }

  /** Throws a switch by hand, or arms again what was halted. */
  async setSwitch(call: {
    ownerId: string;
    scope: SwitchScope;
    state: TradingStateName;
    reason: string;
  }): Promise<void> {
    const { desk } = this.open(call.ownerId);
    desk.switches.set(call.scope, call.state, call.reason);
    await desk.books.sync();
    await this.after();
  }

  /** The kill switch: once this returns nothing new is sent; open orders are on their way out. */
  async kill(call: { ownerId: string; scope: SwitchScope; flatten: boolean }): Promise<{ cancelling: number }> {
    const { desk } = this.open(call.ownerId);
    const open = desk.switches.kill(call.scope, { flatten: call.flatten, at: systemClock() });
    await desk.books.sync();
    this.ctx.waitUntil(
      desk.cancels
        .drain()
        .then(() => desk.drainFlatten())
        .then(() => this.after())
        .catch((error: unknown) => logEvent("kill_follow_up_failed", { error })),
    );
    await this.bell.by(systemClock() + 1_000);
    this.publish();
    return { cancelling: open.length };
  }

  /** What the venue says unasked. */
  async onVenue(call: { ownerId: string; told: VenueTold }): Promise<void> {
    const { desk, record } = this.open(call.ownerId);
    await desk.hear(call.told);
    await this.after();
    // A replay asks its bots itself, in step with the market.
    if (record.account.market.kind === "sim") this.ctx.waitUntil(wakeBots(this.env, record, toldBots(desk, call.told)));
  }

  /** Opens a socket that the Worker has checked. */
  override async fetch(request: Request): Promise<Response> {
    const record = this.stored();
    if (record === undefined || record.ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    this.open(record.ownerId);
    this.publish();
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    const record = this.hub.isEmpty ? this.stored() : undefined;
    if (record !== undefined) {
      this.open(record.ownerId);
      this.publish();
    }
    if (this.hub.message(socket, text) === undefined) return;
    this.hub.refuse(socket, "bad_message", "An account's channel takes acknowledgements only.");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  hangUp(grantId: string): void {
    this.hub.hangUp(grantId);
  }

  /** Never throws and always sets the next alarm first: a desk that stops ticking would leave orders in doubt. */
  override async alarm(): Promise<void> {
    const record = this.stored();
    if (record === undefined) return;
    await this.bell.begin();
    try {
      const { desk } = this.open(record.ownerId);
      await desk.tick();
      await this.market.letGo(record, desk.books);
      await this.market.renew(record, desk.books);
    } catch (error) {
      logEvent("account_tick_failed", { id: record.account.id, error });
    }
    this.hub.sweep(systemClock());
    await this.bell.end();
    await this.after();
  }

  /** Forgets the account and hangs up; the venue's side goes with it. */
  async destroy(ownerId: string): Promise<void> {
    if (this.ctx.storage.kv.get(RECORD) === undefined) return;
    const { venue, record } = this.open(ownerId);
    await this.market.leave(record);
    await venue.end();
    this.hub.end("deleted");
    this.opened = undefined;
    await this.ctx.storage.deleteAll();
  }

  /** What follows every change: watchers, the minute's equity, lists, the next alarm. */
  private async after(): Promise<void> {
    this.publish();
    await this.arm();
    this.opened?.outbox.project();
  }

  private publish(): void {
    if (this.opened === undefined) throw new Error("the account is not open");
    const state = accountView(this.opened);
    this.opened.outbox.keepEquity();
    if (this.hub.publish(state)) this.opened.outbox.tellDashboard(state);
  }

  private async arm(): Promise<void> {
    if (this.opened === undefined) return;
    const { desk, record, outbox } = this.opened;
    await this.bell.byFirst([desk.nextTickAt(), outbox.nextTryAt(), this.market.nextLookAt(record, desk.books)]);
  }
}
