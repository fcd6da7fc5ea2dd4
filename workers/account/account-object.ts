import { DurableObject } from "cloudflare:workers";
import type { ByeReason } from "../../schema/wire/live.ts";
import type { RiskLimits, RiskView } from "../../schema/wire/risk.ts";
import type { AccountState, EquityHistory, Order, OrderDetail, OrderPreview } from "../../schema/wire/trading.ts";
import type { VenueTold } from "../brokers/broker.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { AccountAlarm } from "./account-alarm.ts";
import { type BotToOpen, beginAccount, botLimits, limitAccount, openBot } from "./account-bots.ts";
import { AccountMarketLink } from "./account-market.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { AccountRecord } from "./account-record.ts";
import { type AccountVenue, openVenue } from "./account-venue.ts";
import { accountView, orderDetail, riskView } from "./account-view.ts";
import type { DeskCalls, DeskIntent, SubmitResult } from "./desk-calls.ts";
import { botEvents, type VerdictPage, type VerdictQuery, verdictPage } from "./desk-lists.ts";
import { releaseOrder } from "./desk-release.ts";
import type { PlatformCall, SwitchCall } from "./desk-switches.ts";
import { wireOrder } from "./desk-view.ts";
import { openAccount } from "./open-account.ts";
import { type OrderToPreview, previewOrder } from "./preview-order.ts";
import { toldBots, wakeBots } from "./wake-bots.ts";

/** Tabs and machines of one person. */
const SOCKETS_MAX = 20;
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
    await beginAccount(this.open(record.ownerId), limits, systemClock());
    await this.after();
  }

  private open(ownerId: string): OpenAccount {
    if (this.opened === undefined) {
      const text = this.ctx.storage.kv.get(RECORD);
      if (text === undefined) throw new Error("the account is not there");
      const record = AccountRecord.parse(text);
      this.opened = openAccount({ ctx: this.ctx, env: this.env }, { record, venue: this.venueOf(record) });
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
    const results: SubmitResult[] = [];
    for (const intent of call.intents) {
      const mark = await this.market.reach(record, desk.books, intent.instrument);
      await this.bell.beforeSending();
      if (mark !== undefined) await desk.hear(mark);
      const { order, legs } = await desk.submit(call.botId, intent);
      results.push({ order: wireOrder(order), legs: legs.map(wireOrder) });
    }
    await this.after();
    return results;
  }

  /** What would become of a person's order now; nothing of it is kept. */
  async preview(call: { ownerId: string; order: OrderToPreview }): Promise<OrderPreview> {
    return previewOrder(this.open(call.ownerId), this.market, call.order);
  }

  /** Takes another name; the dashboard is told. */
  async rename(call: { ownerId: string; name: string }): Promise<void> {
    const opened = this.open(call.ownerId);
    Object.assign(opened.record.account, { name: call.name });
    this.ctx.storage.kv.put(RECORD, opened.record);
    opened.outbox.tellDashboard(accountView(opened));
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
    // Bots ask with every pass, and the watchdog wakes bots: so an alarm that was lost comes back.
    await this.arm();
    return { ...botEvents(store, call), trading: desk.switches.tradingOf(call.botId) };
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
    desk.books.write(() => desk.switches.setLimits(call.botId, botLimits(call)));
    await this.after();
  }

  async setLimits(call: { ownerId: string; limits: RiskLimits }): Promise<RiskView> {
    const { desk, record } = this.open(call.ownerId);
    limitAccount(desk, record, call.limits);
    await this.after();
    return riskView(desk);
  }

  /** Throws a switch by hand, or arms again what was halted. */
  async setSwitch(call: SwitchCall & { ownerId: string }): Promise<void> {
    const { desk } = this.open(call.ownerId);
    desk.switches.set(call.scope, call.state, call.reason, call.by);
    await desk.books.sync();
    await this.after();
  }

  /** The kill switch: once this returns nothing new is sent; open orders are on their way out. */
  async kill(call: Pick<SwitchCall, "scope" | "by"> & { ownerId: string; flatten: boolean }) {
    const { desk } = this.open(call.ownerId);
    await this.bell.by(systemClock() + 1_000);
    const open = desk.switches.kill(call.scope, { flatten: call.flatten, at: systemClock(), by: call.by });
    await desk.books.sync();
    const after = desk.followKill().then(() => this.after());
    this.ctx.waitUntil(after.catch((error: unknown) => logEvent("kill_follow_up_failed", { error })));
    this.publish();
    return { cancelling: open.length };
  }

  /** The switch of the whole deployment. One that was overtaken by a later one changes nothing. */
  async obeyPlatform(call: PlatformCall): Promise<void> {
    const { kv } = this.ctx.storage;
    if ((kv.get<number>("platformVersion") ?? 0) >= call.version) return;
    const scope = { kind: "platform" } as const;
    if (call.state === "HALTED") await this.kill({ ...call, scope });
    else await this.setSwitch({ ...call, scope, reason: "platform" });
    kv.put("platformVersion", call.version);
  }

  /** Counts an order as gone that was never found at the venue. Answers whether it was lost. */
  async release(call: { ownerId: string; orderId: string }): Promise<boolean> {
    const { desk } = this.open(call.ownerId);
    const released = releaseOrder(desk, call.orderId);
    await this.after();
    return released;
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

  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
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
    // It may have been deleted meanwhile.
    if (this.opened === undefined) return;
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
