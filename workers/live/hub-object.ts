import type { DashboardAccount, DashboardBot, DashboardState } from "../../schema/wire/bot.ts";
import { DashboardClientMessage } from "../../schema/wire/dashboard-live.ts";
import type { ByeReason } from "../../schema/wire/live.ts";
import { handOf, killAccounts, wakeKilled } from "../account/kill-accounts.ts";
import { BackedUpObject } from "../backup/backed-up-object.ts";
import { measureAlarm } from "../metrics/alarm-lateness.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { BotReport } from "./bot-report.ts";
import { BotReports } from "./bot-reports.ts";
import { BotRows } from "./bot-rows.ts";
import { activeBots, DashboardWatcher, type KillEntry, killTargets } from "./dashboard-kill.ts";
import { DashboardPrices } from "./dashboard-prices.ts";
import { trySend } from "./hang-up.ts";
import { KillTrail } from "./kill-trail.ts";
import { LiveHub } from "./live-hub.ts";
import { platformAfter } from "./patient-work.ts";
import { ACK_DELAY_MS_MAX } from "./socket-credit.ts";
import { OWNER_HEADER } from "./socket-request.ts";

// Tabs and machines of one person, and of those who may look.
const SOCKETS_MAX = 50;
/** Alerts that the dashboard lists; older ones are in the accounts' own lists. */
const ALERTS_MAX = 50;
/** Least time between two values: reports of many bots at the same candle become one. */
export const PUBLISH_EVERY_MS = 200;

export type DashboardAlert = DashboardState["alerts"][number];

/**
 * What the dashboard of one person shows: each account and bot reports its part, which is stored on its own, and the whole
 * is told to whoever watches. The truth is with the accounts and bots; a part that is lost comes with the next report.
 */
export class HubObject extends BackedUpObject {
  private readonly hub: LiveHub<DashboardState>;
  private readonly rows: BotRows;
  private readonly reports = new BotReports({
    ...{ now: systemClock, after: platformAfter, store: (reports) => this.storeReports(reports) },
  });
  /** A copy of what is stored, so that a report does not read the parts of all others. */
  private parts: DashboardState | undefined;
  private publishedAt = 0;
  private readonly prices = new DashboardPrices();
  private readonly trail: KillTrail;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "HubObject");
    this.hub = new LiveHub({
      ...{ ctx, prefix: "live", channel: "dashboard", now: systemClock, newEpoch: () => crypto.randomUUID() },
      ...{ socketsMax: SOCKETS_MAX, keep: "memory" },
    });
    const kept = { env: () => this.env, kv: ctx.storage.kv, now: systemClock };
    this.rows = new BotRows(kept);
    this.trail = new KillTrail({ ...kept, wakeBy: (atMs) => this.alarms.by(atMs) });
  }

  async reportAccount({ ownerId, account }: { ownerId: string; account: DashboardAccount }): Promise<void> {
    const state = this.claim(ownerId);
    const isNews = this.prices.isToStore(account, state.accounts[account.accountId], systemClock());
    if (isNews) this.ctx.storage.kv.put(`account/${account.accountId}`, account);
    this.parts = { ...state, accounts: { ...state.accounts, [account.accountId]: account } };
    await this.changed();
  }

  /** Takes how a bot stands: for those who watch, and for the list of bots in the database. */
  async reportBot({ ownerId, bot, row }: BotReport & { ownerId: string }): Promise<void> {
    this.claim(ownerId);
    await this.reports.take({ bot, row });
  }

  private async storeReports(reports: readonly BotReport[]): Promise<void> {
    const { kv } = this.ctx.storage;
    const ownerId = kv.get<string>("owner");
    // Emptied meanwhile.
    if (ownerId === undefined) return;
    for (const { bot, row } of reports) {
      kv.put(`bot/${bot.botId}`, bot);
      this.rows.put(bot.botId, row);
    }
    const state = this.read();
    this.parts = { ...state, bots: { ...state.bots, ...byBot(reports) } };
    await this.changed();
    // Set before the attempt: one that is cut off is made again.
    await this.wakeForRows();
    this.ctx.waitUntil(this.rows.write(ownerId));
  }

  /** Takes an account from the dashboard, with its bots and alerts. */
  async forgetAccount({ ownerId, accountId }: { ownerId: string; accountId: string }): Promise<void> {
    const { accounts, bots, alerts } = this.claim(ownerId);
    const { kv } = this.ctx.storage;
    kv.delete(`account/${accountId}`);
    this.reports.forget((bot) => bot.accountId === accountId);
    for (const bot of Object.values(bots)) if (bot.accountId === accountId) this.dropBot(bot.botId);
    const kept = alerts.filter((alert) => alert.accountId !== accountId);
    kv.put("alerts", kept);
    this.parts = {
      accounts: without(accounts, (account) => account.accountId === accountId),
      bots: without(bots, (bot) => bot.accountId === accountId),
      alerts: kept,
    };
    await this.changed();
  }

  async forgetBot({ ownerId, botId }: { ownerId: string; botId: string }): Promise<void> {
    const state = this.claim(ownerId);
    this.reports.forget((bot) => bot.botId === botId);
    this.dropBot(botId);
    this.parts = { ...state, bots: without(state.bots, (bot) => bot.botId === botId) };
    await this.changed();
  }

  private dropBot(botId: string): void {
    this.ctx.storage.kv.delete(`bot/${botId}`);
    this.rows.forget(botId);
  }

  /** Puts an alert before the others. The same one again, by its id, changes nothing. */
  async alert({ ownerId, alert }: { ownerId: string; alert: DashboardAlert }): Promise<void> {
    const state = this.claim(ownerId);
    if (state.alerts.some(({ id }) => id === alert.id)) return;
    await this.putAlerts(state, [alert, ...state.alerts].slice(0, ALERTS_MAX));
  }

  /** Marks alerts as over since UTC ms, by their ids; those that it has no more are passed over. */
  async settleAlerts(call: { ownerId: string; settled: Readonly<Record<string, { readonly settledAt: number }>> }) {
    const state = this.claim(call.ownerId);
    const marked = state.alerts.map((alert) => ({ ...alert, ...call.settled[alert.id] }));
    await this.putAlerts(state, marked);
  }

  private async putAlerts(state: DashboardState, alerts: DashboardAlert[]): Promise<void> {
    this.ctx.storage.kv.put("alerts", alerts);
    this.valuesChanged();
    this.parts = { ...state, alerts };
    await this.changed();
  }

  state({ ownerId }: { ownerId: string }): DashboardState {
    return this.claim(ownerId);
  }

  /** Forgets everything and hangs up. */
  async destroy(ownerId: string): Promise<void> {
    this.claim(ownerId);
    this.hub.end("deleted");
    this.reports.forget(() => true);
    this.parts = undefined;
    await this.ctx.storage.deleteAll();
    this.forgetBackup();
  }

  /** Opens a socket that the Worker has checked. */
  override async fetch(request: Request): Promise<Response> {
    this.hub.publish(this.claim(request.headers.get(OWNER_HEADER) ?? ""));
    const reply = this.hub.open(request);
    await this.wakeBy(systemClock() + ACK_DELAY_MS_MAX);
    return reply;
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** Tells what was held back for a moment, and hangs up readers that have stopped reading. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("hub", alarm, systemClock());
    try {
      this.publish();
      const dueAt = this.hub.sweep(systemClock());
      if (dueAt !== undefined) await this.wakeBy(dueAt);
      const ownerId = this.ctx.storage.kv.get<string>("owner");
      if (ownerId === undefined) return;
      await this.trail.tell(ownerId);
      await this.rows.write(ownerId);
      await this.wakeForRows();
    } catch (error) {
      logEvent("dashboard_not_published", { error });
    }
    this.turnBackup();
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void | Promise<void> {
    if (this.hub.isEmpty) this.publish();
    const said = this.hub.message(socket, text);
    if (said === undefined) return;
    const kill = DashboardClientMessage.safeParse(said).data;
    if (kill !== undefined) return this.kill(socket, kill);
    this.hub.refuse(socket, "bad_message", `The dashboard's channel takes ack, snapshot and kill, was ${said.type}.`);
  }

  /**
   * The kill switch where the database does not answer: the desks that report here are told directly, and the trail learns
   * of it as soon as it can.
   */
  private async kill(socket: WebSocket, { id, scope, flatten }: DashboardClientMessage): Promise<void> {
    const watcher = DashboardWatcher.safeParse(this.hub.watcherOf(socket)).data;
    const ownerId = this.ctx.storage.kv.get<string>("owner");
    if (watcher?.mayTrade !== true || ownerId === undefined) {
      this.hub.refuse(socket, "read_only", "You may look; stopping trading needs the role and scope to trade.");
      return;
    }
    const parts = this.read();
    const targets = killTargets(parts, scope);
    if (scope.kind === "user") this.setUserTrading({ ownerId, state: "HALTED" });
    if (targets.length === 0) {
      this.hub.refuse(socket, "not_found", "None of the accounts that report here is meant.");
      return;
    }
    const { actor, place } = watcher;
    const result = await killAccounts(this.env, { ownerId, targets, flatten, by: handOf(actor) });
    trySend(socket, JSON.stringify({ type: "killed", id, ...result }));
    await this.noteKill({ ownerId, entry: { actor, place, at: systemClock(), scope, flatten } });
    const bots = activeBots(parts, new Set(targets.map(({ accountId }) => accountId)));
    await wakeKilled(this.env, ownerId, bots);
  }

  /** Keeps what the trail shall learn of a kill switch until the database takes it. */
  async noteKill({ ownerId, entry }: { ownerId: string; entry: KillEntry }): Promise<void> {
    this.claim(ownerId);
    this.trail.put(entry);
    this.valuesChanged();
    await this.trail.tell(ownerId);
  }

  /** Whether the person has stopped everything: accounts that are made while it holds begin stopped. */
  setUserTrading({ ownerId, state }: { ownerId: string; state: "ACTIVE" | "HALTED" }): void {
    this.claim(ownerId);
    this.ctx.storage.kv.put("userTrading", state);
    this.valuesChanged();
  }

  userTrading({ ownerId }: { ownerId: string }): "ACTIVE" | "HALTED" {
    this.claim(ownerId);
    return this.ctx.storage.kv.get<"ACTIVE" | "HALTED">("userTrading") ?? "ACTIVE";
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  /** Tells watchers now, or with others in a moment. */
  private async changed(): Promise<void> {
    if (this.hub.size === 0) return;
    const waitMs = this.publishedAt + PUBLISH_EVERY_MS - systemClock();
    if (waitMs <= 0) this.publish();
    await this.wakeBy(systemClock() + (waitMs <= 0 ? ACK_DELAY_MS_MAX : waitMs));
  }

  private async wakeForRows(): Promise<void> {
    const dueAt = this.rows.dueAt();
    if (dueAt !== undefined) await this.wakeBy(dueAt);
  }

  /** The alarm rings by then, or earlier where it was to. */
  private wakeBy(atMs: number): Promise<void> {
    return this.alarms.by(atMs);
  }

  private publish(): void {
    if (this.hub.size === 0) return;
    this.publishedAt = systemClock();
    this.hub.publish(this.read());
  }

  /** The state, for its owner only: who comes first is the owner, since nobody else finds the object's name. */
  private claim(ownerId: string): DashboardState {
    const { kv } = this.ctx.storage;
    const stored = kv.get<string>("owner");
    if (ownerId === "" || (stored !== undefined && stored !== ownerId)) {
      throw new Error("the dashboard belongs to another owner");
    }
    if (stored === undefined) kv.put("owner", ownerId);
    return this.read();
  }

  private read(): DashboardState {
    const { kv } = this.ctx.storage;
    this.parts ??= {
      accounts: byId([...kv.list<DashboardAccount>({ prefix: "account/" })]),
      bots: byId([...kv.list<DashboardBot>({ prefix: "bot/" })]),
      alerts: kv.get<DashboardAlert[]>("alerts") ?? [],
    };
    return this.parts;
  }
}

function byBot(reports: readonly BotReport[]): Record<string, DashboardBot> {
  return Object.fromEntries(reports.map(({ bot }) => [bot.botId, bot]));
}

function byId<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.map(([key, part]) => [key.slice(key.indexOf("/") + 1), part]));
}

function without<T>(parts: Readonly<Record<string, T>>, isGone: (part: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => !isGone(part)));
}
