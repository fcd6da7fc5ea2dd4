import { AccountObject as ProductionAccount } from "./account/account-object.ts";
import { createApp } from "./api/app.ts";
import { localRoutes, MAILBOX_PATH } from "./api/local-routes.tsx";
import { atAnyHour, isAtOpenStandIn } from "./brokers/testing/stand-in-hours.ts";
import { localMailbox } from "./mail/local-mailbox.ts";
import { NoticeObject as ProductionNotices } from "./notify/notice-object.ts";
import { openWays } from "./notify/notice-ways.ts";
import { systemClock } from "./platform/clock.ts";
import { startObserving } from "./platform/start-observing.ts";
import { STRATEGY_CATALOGUE } from "./run/strategy-port.ts";
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

/** Stand-ins of venues trade at any hour where the server is told so: whoever tries them out may do that on a Sunday. */
export class AccountObject extends ProductionAccount {
  override begin(given: Parameters<ProductionAccount["begin"]>[0]): Promise<void> {
    const isOpen = isAtOpenStandIn(this.env, given);
    return super.begin(isOpen ? { ...given, instruments: atAnyHour(given.instruments) } : given);
  }

  override renewInstruments(call: Parameters<ProductionAccount["renewInstruments"]>[0]): Promise<number> {
    const isOpen = isAtOpenStandIn(this.env, this.open(call.ownerId).record);
    return super.renewInstruments(isOpen ? { ...call, offered: atAnyHour(call.offered) } : call);
  }
}

/** The Worker of a local server: letters stay here, in a mailbox with a page. Never deployed. */
const mail: Parameters<typeof workerOf>[0]["mail"] = (env) => localMailbox(env, systemClock);
/** Notices by mail stay here, too. */
export class NoticeObject extends ProductionNotices {
  protected override ways() {
    return openWays(mail(this.env));
  }
}

const local = { mailboxUrl: MAILBOX_PATH, routes: localRoutes };

startObserving();

export default workerOf({ app: createApp({ now: systemClock, strategies: STRATEGY_CATALOGUE, mail, local }), mail });
