import type { AccountObject } from "../account/account-object.ts";
import type { AuditObject } from "../audit/audit-object.ts";
import type { BackupCheckObject } from "../backup/backup-check-object.ts";
import type { BackupObject } from "../backup/backup-object.ts";
import type { BotObject } from "../bot/bot-object.ts";
import type { PaperVenueObject } from "../brokers/paper/paper-object.ts";
import type { SidecarObject } from "../brokers/sidecar-object.ts";
import type { ConnectionObject } from "../connection/connection-object.ts";
import type { FeedObject } from "../feed/live/feed-object.ts";
import type { ReplayObject } from "../feed/live/replay-object.ts";
import type { VenueMarketObject } from "../feed/live/venue-market-object.ts";
import type { BackfillMessage } from "../jobs/backfill-message.ts";
import type { ExportMessage } from "../jobs/export-message.ts";
import type { NoticeMessage } from "../jobs/notice-message.ts";
import type { RunMessage } from "../jobs/run-message.ts";
import type { HubObject } from "../live/hub-object.ts";
import type { RelayObject } from "../live/relay-object.ts";
import type { MetricsObject } from "../metrics/metrics-object.ts";
import type { NoticeObject } from "../notify/notice-object.ts";
import type { RunObject } from "../run/run-object.ts";

/** Bindings, variables and secrets of the Worker, as `wrangler.toml` and the secret store define them. */
export interface Env {
  readonly DB: D1Database;
  readonly BUCKET: R2Bucket;
  /** Backups, in a bucket of their own; absent where none are kept. */
  readonly BACKUPS?: R2Bucket;
  /** Where a local server's backups are served instead, such as `http://127.0.0.1:9300`. */
  readonly BACKUP_FOLDER?: string;
  readonly ASSETS: Fetcher;
  readonly RUNS: Queue<RunMessage>;
  readonly EXPORTS: Queue<ExportMessage>;
  readonly BACKFILLS: Queue<BackfillMessage>;
  /** Send one owner's notices each: reached over `postTo`. */
  readonly NOTICE: DurableObjectNamespace<NoticeObject>;
  /** What people may be told of, on its way to who tells them. */
  readonly NOTICES: Queue<NoticeMessage>;
  readonly RUN: DurableObjectNamespace<RunObject>;
  /** Simulated markets, by the instrument's id: reached over `market-feed.ts`. */
  readonly FEED: DurableObjectNamespace<FeedObject>;
  /** Replayed markets, one an account: reached over `market-feed.ts`. */
  readonly REPLAY: DurableObjectNamespace<ReplayObject>;
  /** Markets of venues, one an instrument of an account: reached over `market-feed.ts`. */
  readonly MARKET: DurableObjectNamespace<VenueMarketObject>;
  /** Accounts with their desks, reached over `account-object-of.ts`. */
  readonly ACCOUNT: DurableObjectNamespace<AccountObject>;
  /** Bots, reached over `account-object-of.ts`. */
  readonly BOT: DurableObjectNamespace<BotObject>;
  /** Dashboards, one a person: reached over `dashboard.ts`. */
  readonly HUB: DurableObjectNamespace<HubObject>;
  /** Tell simulated markets on to more watchers than one object serves. */
  readonly RELAY: DurableObjectNamespace<RelayObject>;
  /** Paper venues, one an account. */
  readonly PAPER: DurableObjectNamespace<PaperVenueObject>;
  /** What of a connection there may be only one: reached over `connection-port.ts`. */
  readonly CONNECTION: DurableObjectNamespace<ConnectionObject>;
  /** Sidecars in production, by shard: reached over `sidecar-port.ts`. */
  readonly SIDECAR: DurableObjectNamespace<SidecarObject>;
  /** Makes the deployment's backups: reached over `backup-object-of.ts`. */
  readonly BACKUP: DurableObjectNamespace<BackupObject>;
  /** Where backups are restored into to be checked. */
  readonly BACKUP_CHECK: DurableObjectNamespace<BackupCheckObject>;
  readonly AUDIT: DurableObjectNamespace<AuditObject>;
  /** Sums up what all isolates count: reached over `metrics-object-of.ts`. */
  readonly METRICS: DurableObjectNamespace<MetricsObject>;
  /** The platform's own store of points, where it is bound. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
  /** What a program that reads `/metrics` shows, at least 32 characters; without it only administrators may read them. */
  readonly METRICS_TOKEN?: string;
  /** What a program of ours shows that deploys: it may begin backups and read health, and nothing else. At least 32 characters. */
  readonly DEPLOY_TOKEN?: string;
  /** Which version this is, and in its tag the lane that it was deployed in; absent in some tests. */
  readonly DEPLOYED?: WorkerVersionMetadata;
  /** Lowest level that the log writes: debug, info, warning or error. */
  readonly LOG_LEVEL?: string;
  /** Where errors are reported to, as a DSN of Sentry or of what speaks its protocol; empty for nowhere. */
  readonly SENTRY_DSN?: string;
  /** Name of the deployment, such as `production`. */
  readonly DEPLOYMENT?: string;
  /** Reached over `throttle.ts` only. */
  readonly THROTTLE: DurableObjectNamespace;
  /** The platform's own limit: approximate, per location, by address. */
  readonly EDGE_LIMIT: RateLimit;
  /** "true" on the local server only. */
  readonly DEMO: string;
  /** Root secret of sessions and access tokens, at least 32 characters. */
  readonly AUTH_SECRET: string;
  /** Key of the HMAC that passwords pass before they are hashed, at least 32 characters. */
  readonly PASSWORD_PEPPER: string;
  /** Keys of the vault: see `master-keys.ts`. */
  readonly MASTER_KEYS: string;
  /** Makes the first administrator, once; may be absent afterwards. */
  readonly BOOTSTRAP_SECRET?: string;
  /** Origins besides our own whose pages may use the API by a key, comma between; empty for none. */
  readonly CORS_ORIGINS?: string;
  /** Origin that links in letters lead to, such as `https://trade.example.org`; empty for that of the request. */
  readonly PUBLIC_ORIGIN?: string;
  /** "true" stops all trading of the deployment, also where no database can be asked: see `deployment-halt.ts`. */
  readonly TRADING_HALTED?: string;
  /** "false" closes the reference page and the API's document. */
  readonly DOCS?: string;
  /** Sender of letters, such as `ApexTrade <no-reply@example.org>`. */
  readonly MAIL_FROM?: string;
  /** Key of SendGrid, where letters leave through it. */
  readonly SENDGRID_API_KEY?: string;
  /** The platform's own way to send mail, where it is bound. */
  readonly MAIL?: SendEmail;
  /**
   * Other addresses of venues, as JSON from `VENUE.environment` to an origin: for stand-ins on a developer's machine. A
   * deployment sets none.
   */
  readonly VENUE_ORIGINS?: string;
  /** Address of a sidecar that runs as a plain process, such as `http://127.0.0.1:8080`; empty for containers. */
  readonly SIDECAR_URL?: string;
  /** Key of the tokens between accounts and sidecars, at least 32 bytes; absent where no venue needs one. */
  readonly SIDECAR_SECRET?: string;
  /** Origins at which sidecars may reach accounts, such as `wss://trade.example.org`, comma between. */
  readonly SIDECAR_CALLBACKS?: string;
  /** Where MetaTrader terminals dial the sidecar, such as `bridge.example.org:8443`; empty where there is no such port. */
  readonly BRIDGE_ADDRESS?: string;
  /** Password of the demo user; absent outside the local server. */
  readonly DEMO_PASSWORD?: string;
}

export const VERSION = "0.1.0";

// A secret shorter than 32 characters can be guessed faster than an AES-256 key can.
const SECRET_CHARACTERS_MIN = 32;

/** A secret of the environment. Throws where it is missing or short: nothing may run with a guessable key. */
export function secretOf(env: Env, name: "AUTH_SECRET" | "PASSWORD_PEPPER" | "MASTER_KEYS"): string {
  const secret = env[name];
  if (typeof secret !== "string" || secret.length < SECRET_CHARACTERS_MIN) {
    throw new Error(`${name} must be set to at least ${SECRET_CHARACTERS_MIN} characters`);
  }
  return secret;
}
