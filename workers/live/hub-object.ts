import { DurableObject } from "cloudflare:workers";
import type { DashboardAccount, DashboardBot, DashboardState } from "../../schema/wire/bot.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { LiveHub } from "./live-hub.ts";
import { ACK_DELAY_MS_MAX } from "./socket-credit.ts";
import { OWNER_HEADER } from "./socket-request.ts";

// Tabs and machines of one person, and of those who may look.
const SOCKETS_MAX = 50;
/** Alerts that the dashboard lists; older ones are in the accounts' own lists. */
const ALERTS_MAX = 50;
/** Least time between two values: reports of many bots at the same candle become one. */
const PUBLISH_EVERY_MS = 200;

export type DashboardAlert = DashboardState["alerts"][number];

/**
 * What the dashboard of one person shows: each account and bot reports its part, which is stored on its own, and the whole
 * is told to whoever watches. The truth is with the accounts and bots; a part that is lost comes with the next report.
 */
export class HubObject extends DurableObject<Env> {
  private readonly hub: LiveHub<DashboardState>;
  /** A copy of what is stored, so that a report does not read the parts of all others. */
  private parts: DashboardState | undefined;
  private publishedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.hub = new LiveHub({
      ...{ ctx, prefix: "live", now: systemClock, newEpoch: () => crypto.randomUUID() },
      ...{ socketsMax: SOCKETS_MAX, keep: "memory" },
    });
  }

  async reportAccount({ ownerId, account }: { ownerId: string; account: DashboardAccount }): Promise<void> {
    const state = this.claim(ownerId);
    this.ctx.storage.kv.put(`account/${account.accountId}`, account);
    this.parts = { ...state, accounts: { ...state.accounts, [account.accountId]: account } };
    await this.changed();
  }

  async reportBot({ ownerId, bot }: { ownerId: string; bot: DashboardBot }): Promise<void> {
    const state = this.claim(ownerId);
    this.ctx.storage.kv.put(`bot/${bot.botId}`, bot);
    this.parts = { ...state, bots: { ...state.bots, [bot.botId]: bot } };
    await this.changed();
  }

  /** Takes an account from the dashboard, with its bots and alerts. */
  async forgetAccount({ ownerId, accountId }: { ownerId: string; accountId: string }): Promise<void> {
    const { accounts, bots, alerts } = this.claim(ownerId);
    const { kv } = this.ctx.storage;
    kv.delete(`account/${accountId}`);
    for (const bot of Object.values(bots)) if (bot.accountId === accountId) kv.delete(`bot/${bot.botId}`);
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
    this.ctx.storage.kv.delete(`bot/${botId}`);
    this.parts = { ...state, bots: without(state.bots, (bot) => bot.botId === botId) };
    await this.changed();
  }

  /** Puts an alert before the others. The same one again, by its id, changes nothing. */
  async alert({ ownerId, alert }: { ownerId: string; alert: DashboardAlert }): Promise<void> {
    const state = this.claim(ownerId);
    if (state.alerts.some(({ id }) => id === alert.id)) return;
    const alerts = [alert, ...state.alerts].slice(0, ALERTS_MAX);
    this.ctx.storage.kv.put("alerts", alerts);
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
    this.parts = undefined;
    await this.ctx.storage.deleteAll();
  }

  /** Opens a socket that the Worker has checked. */
  override async fetch(request: Request): Promise<Response> {
    this.hub.publish(this.claim(request.headers.get(OWNER_HEADER) ?? ""));
    const reply = this.hub.open(request);
    await this.wakeBy(systemClock() + ACK_DELAY_MS_MAX);
    return reply;
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string): void {
    this.hub.hangUp(grantId);
  }

  /** Tells what was held back for a moment, and hangs up readers that have stopped reading. */
  override async alarm(): Promise<void> {
    try {
      this.publish();
      const dueAt = this.hub.sweep(systemClock());
      if (dueAt !== undefined) await this.wakeBy(dueAt);
    } catch (error) {
      logEvent("dashboard_not_published", { error });
    }
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    if (this.hub.isEmpty) this.publish();
    const said = this.hub.message(socket, text);
    if (said === undefined) return;
    this.hub.refuse(socket, "bad_message", `The dashboard's channel takes ack and snapshot, was ${said.type}.`);
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

  /** The alarm rings by then, or earlier where it was to. */
  private async wakeBy(atMs: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > atMs) await this.ctx.storage.setAlarm(atMs);
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

function byId<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.map(([key, part]) => [key.slice(key.indexOf("/") + 1), part]));
}

function without<T>(parts: Readonly<Record<string, T>>, isGone: (part: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => !isGone(part)));
}
