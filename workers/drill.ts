import { AccountObject as ProductionAccount } from "./account/account-object.ts";
import type { AccountRecord } from "./account/account-record.ts";
import type { AccountVenue } from "./account/account-venue.ts";
import { createApp } from "./api/app.ts";
import { localRoutes, MAILBOX_PATH } from "./api/local-routes.tsx";
import { localMailbox } from "./mail/local-mailbox.ts";
import { systemClock } from "./platform/clock.ts";
import type { Env } from "./platform/env.ts";
import { STRATEGY_CATALOGUE } from "./run/strategy-port.ts";
import { httpBroker } from "./testing/http-broker.ts";
import { workerOf } from "./worker.ts";

export { AuditObject } from "./audit/audit-object.ts";
export { ThrottleObject } from "./auth/throttle-object.ts";
export { BotObject } from "./bot/bot-object.ts";
export { PaperVenueObject } from "./brokers/paper/paper-object.ts";
export { FeedObject } from "./feed/live/feed-object.ts";
export { ReplayObject } from "./feed/live/replay-object.ts";
export { HubObject } from "./live/hub-object.ts";
export { RelayObject } from "./live/relay-object.ts";
export { RunObject } from "./run/run-object.ts";

/** Where the drill's broker listens. */
type DrillEnv = Env & { readonly DRILL_BROKER: string };

/** As many orders as the platform lets through: a drill of minutes places what a person does in weeks. */
const DRILL_CAPS = { openOrders: "1000", ordersPerSecond: "10", ordersPerMinute: "600", executions: "200" };

/** The production desk with a broker that runs in a process of its own. */
export class AccountObject extends ProductionAccount {
  override async begin(given: Parameters<ProductionAccount["begin"]>[0]): Promise<void> {
    const caps = { ...given.limits.caps, ...DRILL_CAPS };
    await super.begin({ ...given, limits: { ...given.limits, caps } });
  }

  protected override venueOf({ account }: AccountRecord): AccountVenue {
    const origin = (this.env as DrillEnv).DRILL_BROKER;
    return {
      broker: httpBroker(origin, account.id),
      async begin() {
        const body = JSON.stringify({ currency: account.currency, cash: account.cash });
        const reply = await fetch(`${origin}/accounts/${account.id}`, { method: "PUT", body });
        if (!reply.ok) throw new Error(`the broker answered ${reply.status}`);
      },
      async openBook() {},
      async end() {},
    };
  }
}

/** The Worker of the drill that kills it: everything is what is deployed but for the broker. Never deployed itself. */
const mail: Parameters<typeof workerOf>[0]["mail"] = (env) => localMailbox(env, systemClock);
const local = { mailboxUrl: MAILBOX_PATH, routes: localRoutes };

export default workerOf({ app: createApp({ now: systemClock, strategies: STRATEGY_CATALOGUE, mail, local }), mail });
