import type { RiskLimits, RiskView } from "../../schema/wire/risk.ts";
import type {
  AccountState,
  EquityHistory,
  HaltFigures,
  Order,
  OrderDetail,
  OrderPreview,
} from "../../schema/wire/trading.ts";
import type { VenueMark, VenueTold } from "../brokers/broker.ts";
import type { StoredInstrument } from "../brokers/stored-instrument.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import { systemClock } from "../platform/clock.ts";
import { type ObjectFacts, objectFacts } from "../platform/object-facts.ts";
import { inSpan } from "../platform/span.ts";
import { AccountBase, RECORD } from "./account-base.ts";
import { type BotToOpen, beginAccount, botLimits, limitAccount, openBot } from "./account-bots.ts";
import { accountFacts } from "./account-facts.ts";
import type { AccountRecord } from "./account-record.ts";
import { accountView, orderDetail, riskView } from "./account-view.ts";
import type { DeskCalls, DeskIntent, SubmitResult } from "./desk-calls.ts";
import { botEvents, type VerdictPage, type VerdictQuery, verdictPage } from "./desk-lists.ts";
import { releaseOrder } from "./desk-release.ts";
import type { PlatformCall, SwitchCall } from "./desk-switches.ts";
import { wireOrder } from "./desk-view.ts";
import type { StopTold } from "./lift-stop.ts";
import type { LinkConnection } from "./link-machine.ts";
import { type OrderToPreview, previewOrder } from "./preview-order.ts";
import { renewInstruments } from "./renew-instruments.ts";
import { type SettleCall, settleDifference, settlementOf, type Unsettled } from "./settle-difference.ts";
import { botsOfSwitch, toldBots, wakeBots } from "./wake-bots.ts";

/**
 * One account with a venue: the desk that every order of its bots and its owner passes, its books, and what its page
 * shows. Works while the database, the object store and the queues do not: lists catch up afterwards.
 */
export class AccountObject extends AccountBase implements DeskCalls {
  /** Makes the account with its venue and its first money. A second call changes nothing. */
  async begin(given: AccountRecord & { limits: RiskLimits }): Promise<void> {
    const { limits, ...record } = given;
    if (this.ctx.storage.kv.get(RECORD) === undefined) this.ctx.storage.kv.put(RECORD, record);
    await beginAccount(this.open(record.ownerId), limits, systemClock());
    await this.after();
  }

  async submit(call: { ownerId: string; botId: string; intents: readonly DeskIntent[] }): Promise<SubmitResult[]> {
    const { desk, record } = this.open(call.ownerId);
    const results: SubmitResult[] = [];
    for (const intent of call.intents) {
      const mark = await this.market.reach(record, desk.books, intent.instrument);
      await this.bell.beforeSending();
      if (mark !== undefined) await desk.hear(mark);
      const { order, legs } = await inSpan("desk.submit", {}, () => desk.submit(call.botId, intent));
      results.push({ order: wireOrder(order), legs: legs.map(wireOrder) });
    }
    await this.hearJournal();
    await this.after();
    return results;
  }

  /** What would become of a person's order now; nothing of it is kept. */
  async preview(call: { ownerId: string; order: OrderToPreview }): Promise<OrderPreview> {
    const { desk, record } = this.open(call.ownerId);
    const reach = (instrument: string) => this.market.reach(record, desk.books, instrument);
    return previewOrder({ desk, account: record.account, reach }, call.order);
  }

  /** Takes another name; the dashboard is told. */
  async rename(call: { ownerId: string; name: string }): Promise<void> {
    const opened = this.open(call.ownerId);
    Object.assign(opened.record.account, { name: call.name });
    this.ctx.storage.kv.put(RECORD, opened.record);
    this.valuesChanged();
    opened.outbox.tellDashboard(accountView(opened));
  }

  async cancel(call: { ownerId: string; orderIds: readonly string[] }): Promise<Order[]> {
    const { desk } = this.open(call.ownerId);
    const ids = call.orderIds.flatMap((id) => asClientOrderId(id) ?? ([] as ClientOrderId[]));
    await this.bell.beforeSending();
    desk.cancels.request(ids);
    await desk.cancels.drain();
    await this.hearJournal();
    await this.after();
    return ids.flatMap((id) => {
      const stored = desk.books.order(id);
      return stored === undefined ? [] : [wireOrder(stored)];
    });
  }

  async eventsOf(call: { ownerId: string; botId: string; since: number }): ReturnType<DeskCalls["eventsOf"]> {
    const { store, desk } = this.open(call.ownerId);
    // Bots ask with every pass, and the watchdog wakes bots: so an alarm that was lost comes back.
    await this.armAgain();
    const cuts = desk.books.record.cuts.filter(({ bot }) => bot === call.botId);
    return { ...botEvents(store, call), trading: desk.switches.tradingOf(call.botId), cuts };
  }

  /** Looks at everything that is due, now. */
  async wake(call: { ownerId: string }): Promise<void> {
    this.open(call.ownerId);
    await this.bell.ring();
  }

  /** How the object itself is, for whoever operates the deployment: nothing of what it trades. */
  async inspect(call: { ownerId: string }): Promise<ObjectFacts> {
    return objectFacts(this.ctx, accountFacts(accountView(this.open(call.ownerId))));
  }

  /** What the account's market has, as the desk knows it. */
  instruments(call: { ownerId: string }): Instrument[] {
    return this.open(call.ownerId).record.instruments;
  }

  /** Goes by the rules that its venue has now for those of its instruments that it still lists. Answers how many changed. */
  async renewInstruments(call: { ownerId: string; offered: readonly StoredInstrument[] }): Promise<number> {
    const changed = renewInstruments(this.open(call.ownerId), { kv: this.ctx.storage.kv, key: RECORD }, call.offered);
    await this.after();
    return changed;
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
    const { desk, record } = this.open(call.ownerId);
    desk.switches.set(call.scope, call.state, call.reason, call.by);
    await desk.books.sync();
    await this.after();
    this.ctx.waitUntil(wakeBots(this.env, record, botsOfSwitch(desk, call.scope)));
  }

  /** Holds the books against the venue's, now. False where it did not answer with everything. */
  async compare(call: { ownerId: string }): Promise<boolean> {
    const { desk } = this.open(call.ownerId);
    const isWhole = await desk.sweepNow();
    await this.after();
    return isWhole;
  }

  /** Both sides of what settling would book now; see `settlementOf`. */
  async lookAtDifference({ ownerId, ...call }: SettleCall & { ownerId: string }): Promise<HaltFigures | Unsettled> {
    const settlement = settlementOf(this.open(ownerId).desk.books, call);
    return typeof settlement === "string" ? settlement : settlement.figures;
  }

  /** Takes the venue's figure over where both sides differ; see `settleDifference`. */
  async settleDifference({ ownerId, ...call }: SettleCall & { ownerId: string }): Promise<Unsettled | "settled"> {
    const { desk, venue, record } = this.open(ownerId);
    await this.bell.beforeSending();
    const { books, cancels } = desk;
    const settled = settleDifference({ books, cancels, changeShares: (all) => venue.live?.changeShares(all) }, call);
    await books.sync();
    if (settled !== "settled") return settled;
    const bots = call.code === "POSITION_DIFFERS" ? botsOfSwitch(desk, { kind: "account" }) : [];
    this.ctx.waitUntil(wakeBots(this.env, record, bots));
    await cancels.drain();
    await this.hearJournal();
    await this.after();
    return settled;
  }

  /** The kill switch: once this returns nothing new is sent; open orders are on their way out. */
  async kill(call: Pick<SwitchCall, "scope" | "by"> & { ownerId: string; flatten: boolean; told?: StopTold }) {
    const { desk, record } = this.open(call.ownerId);
    await this.bell.by(systemClock() + 1_000);
    const { scope, flatten, by, told } = call;
    const open = desk.switches.kill(scope, { flatten, at: systemClock(), by, told });
    await desk.books.sync();
    const bots = botsOfSwitch(desk, call.scope);
    this.ctx.waitUntil(this.followKill(desk).then(() => wakeBots(this.env, record, bots)));
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

  /** Last prices of the account's instruments at a venue. */
  async onPrices(call: { ownerId: string; marks: readonly VenueMark[] }): Promise<void> {
    const { desk } = this.open(call.ownerId);
    const marketAt = Math.max(...call.marks.map(({ at }) => at));
    await desk.hear({ events: [], marks: call.marks, marketAt });
    await this.after();
  }

  /** What the terminal of its connection tells; once this returns it is stored. */
  async onStream(call: { ownerId: string; news: readonly VenueNews[] }): Promise<void> {
    if (this.stored()?.ownerId === call.ownerId) await this.hearStream(call.news);
  }

  /** How the line of its terminal stands. */
  async onLine(call: { ownerId: string; line: LinkConnection }): Promise<void> {
    if (this.stored()?.ownerId !== call.ownerId) return;
    this.sidecar.hearLine(call.line);
    this.open(call.ownerId);
    await this.after();
  }

  /** The keys of its venue were replaced. */
  renewKeys(call: { ownerId: string }): void {
    this.open(call.ownerId).venue.renewKeys?.();
  }

  /** What the venue says unasked. */
  async onVenue(call: { ownerId: string; told: VenueTold }): Promise<void> {
    const { desk, record } = this.open(call.ownerId);
    await desk.hear(call.told);
    await this.after();
    // A replay asks its bots itself, in step with the market.
    if (record.account.market.kind === "sim") this.ctx.waitUntil(wakeBots(this.env, record, toldBots(desk, call.told)));
  }

  /** Forgets the account and hangs up; the venue's side goes with it. */
  async destroy(ownerId: string): Promise<void> {
    if (this.ctx.storage.kv.get(RECORD) === undefined) return;
    const { venue, record } = this.open(ownerId);
    await this.market.leave(record);
    await venue.end();
    await this.sidecar.end(record);
    this.hub.end("deleted");
    this.opened = undefined;
    await this.ctx.storage.deleteAll();
    this.forgetBackup();
  }
}
