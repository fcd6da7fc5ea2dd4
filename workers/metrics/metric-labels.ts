import { BotStatus } from "../../schema/wire/bot.ts";
import { VenueName } from "../../schema/wire/connection.ts";
import { AccountMode } from "../../schema/wire/trading.ts";
import { ACCESS } from "../auth/access-matrix.ts";

/**
 * The closed sets of what labels may say. A value outside its set is counted as `other`: no person, bot, instrument or text
 * that came from outside ever becomes a label, so that the number of series is bounded however many of them there are.
 */

/** What a value is counted as that is not in its label's set. */
export const OTHER = "other";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Patterns of the table of access, and what has none: pages and files, what is only local, what was not found. */
export const ROUTES: readonly string[] = [
  ...new Set(Object.keys(ACCESS).map((name) => name.slice(name.indexOf(" ") + 1))),
  "page",
  "local",
  "none",
];

export const STATUSES = [
  ...["101", "200", "201", "202", "204", "206", "301", "302", "303", "304", "308"],
  ...["400", "401", "403", "404", "405", "406", "409", "410", "413", "415", "416", "422", "429"],
  ...["500", "501", "502", "503", "504"],
];
export const STATUS_CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** Where an account trades: our own two markets, and venues. */
export const VENUES = ["SIM", "REPLAY", ...VenueName.options] as const;
/** What orders come to after the desk let them pass. */
export const ORDER_OUTCOMES = ["accepted", "filled", "canceled", "expired", "rejected", "unknown", "lost"] as const;

export const BOT_STATES = BotStatus.options;
export const ACCOUNT_MODES = AccountMode.options;

export const CHANNELS = ["run", "market", "relay", "replay", "venue", "account", "bot", "dashboard"] as const;
export type Channel = (typeof CHANNELS)[number];

export const OBJECTS = ["account", "bot", "feed", "replay", "venue-market", "hub", "run", "sidecar"] as const;
export type MeteredObject = (typeof OBJECTS)[number];

export const QUEUES = ["runs", "exports", "backfills", "mail", "audit", "notices"] as const;
export const DEAD_LETTER_QUEUES = ["runs", "exports", "notices"] as const;
/** Ways to people that leave the deployment, and what becomes of an attempt. */
export const NOTICE_WAYS = ["email", "slack", "telegram", "webhook"] as const;
export const NOTICE_OUTCOMES = ["sent", "again", "refused"] as const;
export const FEEDS = ["simulated", "venue"] as const;
export const STORES = ["d1", "r2"] as const;
export const STORE_OPERATIONS = ["read", "write", "batch", "delete", "list"] as const;
/** `refused` is the store's answer to what may not be, such as a second row of one name; `error` is the store failing. */
export const STORE_OUTCOMES = ["ok", "refused", "error"] as const;
export const CRON_TASKS = [
  ...["platform-switch", "watch-bots", "watch-runs", "watch-backfills", "refresh-instruments", "watch-exports"],
  ...[
    "sweep-imports",
    "drain-mail",
    "drain-audit",
    "drain-notices",
    "anchor-audit",
    "rotate-vault",
    "nightly",
    "backup",
    "forget-sockets",
  ],
  "measure",
];
export const QUOTAS = ["d1_storage"] as const;
