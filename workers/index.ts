import { env } from "cloudflare:workers";
import { createApp } from "./api/app.ts";
import { originsOf } from "./api/cross-origin.ts";
import { mailSenderOf } from "./mail/mail-sender.ts";
import { systemClock } from "./platform/clock.ts";
import { publicOriginOf } from "./platform/public-origin.ts";
import { startObserving } from "./platform/start-observing.ts";
import { STRATEGY_CATALOGUE } from "./run/strategy-port.ts";
import { workerOf } from "./worker.ts";

export { AccountObject } from "./account/account-object.ts";
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
export { NoticeObject } from "./notify/notice-object.ts";
export { RunObject } from "./run/run-object.ts";

// An origin that is not well written must stop a deployment, not a request.
originsOf(env.CORS_ORIGINS);
publicOriginOf(env.PUBLIC_ORIGIN);

startObserving();

const app = createApp({ now: systemClock, strategies: STRATEGY_CATALOGUE, mail: mailSenderOf });

export default workerOf({ app, mail: mailSenderOf });
