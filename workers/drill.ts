import { env as bindings } from "cloudflare:workers";
import { AccountObject as ProductionAccount } from "./account/account-object.ts";
import { AccountRecord } from "./account/account-record.ts";
import type { AccountVenue } from "./account/account-venue.ts";
import { type DeskIntent, MANUAL_BOT } from "./account/desk-calls.ts";
import { createApp } from "./api/app.ts";
import { localRoutes, MAILBOX_PATH } from "./api/local-routes.tsx";
import { BUDGETS } from "./auth/request-budgets.ts";
import { atAnyHour } from "./brokers/testing/stand-in-hours.ts";
import { replayFeed } from "./feed/live/market-feed.ts";
import { localMailbox } from "./mail/local-mailbox.ts";
import { meter } from "./metrics/meter.ts";
import { NoticeObject as ProductionNotices } from "./notify/notice-object.ts";
import { type NoticeWays, openWays } from "./notify/notice-ways.ts";
import { systemClock } from "./platform/clock.ts";
import type { Env } from "./platform/env.ts";
import { startObserving } from "./platform/start-observing.ts";
import { STRATEGY_CATALOGUE } from "./run/strategy-port.ts";
import { accountObject } from "./services/trading/account-object-of.ts";
import { drillBackup } from "./testing/drill-backup.ts";
import { httpBroker } from "./testing/http-broker.ts";
import { ROOMY_BUDGETS } from "./testing/roomy-budgets.ts";
import { workerOf } from "./worker.ts";

export { AuditObject } from "./audit/audit-object.ts";
export { ThrottleObject } from "./auth/throttle-object.ts";
export { BackupCheckObject } from "./backup/backup-check-object.ts";
export { BackupObject } from "./backup/backup-object.ts";
export { BotObject } from "./bot/bot-object.ts";
export { PaperVenueObject } from "./brokers/paper/paper-object.ts";
export { SidecarObject } from "./brokers/sidecar-object.ts";
export { ConnectionObject } from "./connection/connection-object.ts";
export { FeedObject } from "./feed/live/feed-object.ts";
export { ReplayObject } from "./feed/live/replay-object.ts";
export { VenueMarketObject } from "./feed/live/venue-market-object.ts";
export { HubObject } from "./live/hub-object.ts";
export { RelayObject } from "./live/relay-object.ts";
export { MetricsObject } from "./metrics/metrics-object.ts";
export { RunObject } from "./run/run-object.ts";

/** Where the drill's broker listens; empty where accounts trade on paper as they do in production. */
type DrillEnv = Env & {
  readonly DRILL_BROKER: string;
  readonly DRILL_UNOBSERVED?: string;
  /** "true": requests are limited as they are where this is deployed. */
  readonly DRILL_LIMITED?: string;
  /** Origin that notices leave to. */
  readonly DRILL_RECEIVER?: string;
};

/** As many orders as the platform lets through: a drill of minutes places what a person does in weeks. */
const DRILL_CAPS = { openOrders: "1000", ordersPerSecond: "10", ordersPerMinute: "600", executions: "200" };

/** Number of the broker's event that was asked for last. */
const HEARD = "drill-heard";

/** The production desk with a broker that runs in a process of its own. */
export class AccountObject extends ProductionAccount {
  private hearing: Promise<void> | undefined;

  override async begin(given: Parameters<ProductionAccount["begin"]>[0]): Promise<void> {
    const caps = { ...given.limits.caps, ...DRILL_CAPS };
    // Stand-ins of venues trade at any hour: a drill may be run on a Sunday.
    const instruments = atAnyHour(given.instruments);
    await super.begin({ ...given, instruments, limits: { ...given.limits, caps } });
  }

  protected override venueOf(record: AccountRecord): AccountVenue {
    const origin = (this.env as DrillEnv).DRILL_BROKER;
    if (origin === "") return super.venueOf(record);
    const { ownerId, account } = record;
    return {
      broker: httpBroker(origin, account.id),
      async begin() {
        const body = JSON.stringify({ ownerId, currency: account.currency, cash: account.cash });
        const reply = await fetch(`${origin}/accounts/${account.id}`, { method: "PUT", body });
        if (!reply.ok) throw new Error(`the broker answered ${reply.status}`);
      },
      async openBook() {},
      async end() {},
    };
  }

  /** What the broker has to tell arrives before a bot asks what became of its orders. */
  override async eventsOf(
    call: Parameters<ProductionAccount["eventsOf"]>[0],
  ): ReturnType<ProductionAccount["eventsOf"]> {
    await this.heard(call);
    return super.eventsOf(call);
  }

  /** The broker said that it has something to tell. */
  async heard(call: { ownerId: string }): Promise<void> {
    if ((this.env as DrillEnv).DRILL_BROKER === "") return;
    this.hearing ??= this.hear(call.ownerId).finally(() => {
      this.hearing = undefined;
    });
    // A broker that does not answer tells nothing: the desk asks for everything in its rounds.
    await this.hearing.catch(() => undefined);
  }

  private async hear(ownerId: string): Promise<void> {
    const { account } = AccountRecord.parse(this.ctx.storage.kv.get("account"));
    const heard = this.ctx.storage.kv.get<number>(HEARD) ?? 0;
    const told = await httpBroker((this.env as DrillEnv).DRILL_BROKER, account.id).heard(heard);
    const last = told.events.at(-1)?.sequence;
    if (last === undefined) return;
    await this.onVenue({ ownerId, told });
    this.ctx.storage.kv.put(HEARD, last);
  }
}

/** The Worker of the drill that kills it: everything is what is deployed but for the broker. Never deployed itself. */
const mail: Parameters<typeof workerOf>[0]["mail"] = (env) => localMailbox(env, systemClock);
const local = { mailboxUrl: MAILBOX_PATH, routes: localRoutes };
const drilled = bindings as unknown as Partial<DrillEnv>;
const budgets = drilled.DRILL_LIMITED === "true" ? BUDGETS : ROOMY_BUDGETS;
const parts = { now: systemClock, strategies: STRATEGY_CATALOGUE, budgets, mail, local };
/** Notices leave to one receiver on this machine, whatever host they are meant for, where the drill has one. */
const ways = (env: Env): NoticeWays => {
  const receiver = (env as DrillEnv).DRILL_RECEIVER ?? "";
  if (receiver === "") return openWays(mail(env));
  const out: NoticeWays["fetch"] = (url, init) => fetch(`${receiver}${new URL(url).pathname}`, init);
  return { fetch: out, resolve: async () => ["93.184.215.14"], mail: mail(env) };
};
/** The production sender, with these ways. */
export class NoticeObject extends ProductionNotices {
  protected override ways(): NoticeWays {
    return ways(this.env);
  }
}

const worker = workerOf({ app: createApp({ ...parts, ways }), mail });

/**
 * `POST /drill/{verb}?owner=…&account=…`. `play` and `pause` let the market of an account's replay run or stand, for
 * comparisons; `told` is what the broker calls when it has something to tell; `state` and `submit` are calls of the account's
 * object and nothing else, for benches. `fill` makes rows, `backup` begins a full backup and `backups` tells of all.
 */
const DRILL_PATH = /^\/drill\/(play|pause|told|state|submit|fill|backup|backups)$/;

// One side of a bench counts nothing: it shows what counting costs.
if (drilled.DRILL_UNOBSERVED === "true") meter.stop();
else startObserving();

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    const verb = DRILL_PATH.exec(pathname)?.[1];
    if (verb === undefined) return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 404 });
    const [ownerId = "", accountId = ""] = [searchParams.get("owner") ?? "", searchParams.get("account") ?? ""];
    if (verb === "play" || verb === "pause") {
      const { object } = await replayFeed(env, { ownerId, accountId });
      await (verb === "play" ? object.play({ ownerId }) : object.pause({ ownerId }));
      return new Response(null, { status: 204 });
    }
    if (verb === "fill" || verb === "backup" || verb === "backups") {
      return Response.json(await drillBackup(env, verb, Number(searchParams.get("rows") ?? "0")));
    }
    const { object } = await accountObject({ env, ownerId }, accountId);
    if (verb === "state") return Response.json(await object.state({ ownerId }));
    if (verb === "submit") {
      const intents = (await request.json()) as DeskIntent[];
      return Response.json(await object.submit({ ownerId, botId: MANUAL_BOT, intents }));
    }
    await (object as unknown as AccountObject).heard({ ownerId });
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Env>;
