import { VERSION } from "../platform/env.ts";
import { LANES } from "./lane-of.ts";
import {
  ACCOUNT_MODES,
  BOT_STATES,
  CHANNELS,
  CRON_TASKS,
  DEAD_LETTER_QUEUES,
  FEEDS,
  METHODS,
  OBJECTS,
  ORDER_OUTCOMES,
  QUEUES,
  QUOTAS,
  ROUTES,
  STATUS_CLASSES,
  STATUSES,
  STORE_OPERATIONS,
  STORE_OUTCOMES,
  STORES,
  VENUES,
} from "./metric-labels.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { NOTICE_METRICS } from "./notice-metrics.ts";

const MINUTE_MS = 60_000;
/** Told each minute by cron: five missed minutes, and the figure is not known any more. */
const BY_CRON_MS = 5 * MINUTE_MS;
/** Told again every ten minutes by whoever is awake. */
const BY_OBJECT_MS = 25 * MINUTE_MS;
/** No socket lives longer: see `SOCKET_MS_MAX`. */
const BY_SOCKET_MS = 24 * 60 * MINUTE_MS;
/** A feed that stopped must be seen to have stopped, for as long as somebody may have to hear of it. */
const BY_FEED_MS = 24 * 60 * MINUTE_MS;
const KEPT_FOR_EVER_MS = Number.MAX_SAFE_INTEGER;

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STORE_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];
const LATE_SECONDS = [0.05, 0.25, 1, 2, 5, 15, 60, 300];

/** Every metric there is. What is not here cannot be counted, and no label can say what is not in its set. */
export const METRICS = {
  http_requests_total: {
    type: "counter",
    help: "Requests answered, by route pattern and status.",
    labels: { method: METHODS, route: ROUTES, status: STATUSES },
  },
  http_request_duration_seconds: {
    type: "histogram",
    help: "Time from a request to the head of its reply.",
    labels: { method: METHODS, route: ROUTES, status: STATUS_CLASSES },
    buckets: REQUEST_SECONDS,
  },
  http_version_duration_seconds: {
    type: "histogram",
    help: "The same by the lane of the version that answered; `fault` is what is ours, 503 apart.",
    labels: { lane: LANES, outcome: ["ok", "fault"] },
    buckets: REQUEST_SECONDS,
  },
  orders_total: {
    type: "counter",
    help: "Orders judged by the desk, by verdict.",
    labels: { verdict: ["passed", "denied"], venue: VENUES },
  },
  order_outcomes_total: {
    type: "counter",
    help: "Orders that passed the desk, by what they came to; one that is accepted and then filled counts in both.",
    labels: { venue: VENUES, outcome: ORDER_OUTCOMES },
  },
  trades_executed_total: {
    type: "counter",
    help: "Fills of our orders that were booked.",
    labels: { venue: VENUES },
  },
  trades_failed_total: {
    type: "counter",
    help: "Orders that passed the desk and that the venue refused, or that were lost on the way.",
    labels: { venue: VENUES, reason: ["rejected", "lost"] },
  },
  bots: {
    type: "gauge",
    help: "Bots by state. Told each minute.",
    labels: { state: BOT_STATES },
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  active_bots: {
    type: "gauge",
    help: "Bots that decide: starting, running or paused. Told each minute.",
    labels: {},
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  active_strategies: {
    type: "gauge",
    help: "Different strategies that active bots run. Told each minute.",
    labels: {},
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  trading_accounts: {
    type: "gauge",
    help: "Accounts by where their prices and money are from. Told each minute.",
    labels: { mode: ACCOUNT_MODES },
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  late_bots: {
    type: "gauge",
    help: "Active bots that did not wake at their time, and that the watchdog wakes. Told each minute.",
    labels: {},
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  websocket_connections: {
    type: "gauge",
    help: "Open sockets by what they follow.",
    labels: { channel: CHANNELS },
    merge: "sum",
    keptMs: BY_SOCKET_MS,
  },
  queue_depth: {
    type: "gauge",
    help: "Work that waits: runs, archives and backfills not begun, letters and entries of the trail not sent. Told each minute.",
    labels: { queue: QUEUES },
    merge: "sum",
    keptMs: BY_CRON_MS,
  },
  queue_oldest_age_seconds: {
    type: "gauge",
    help: "How long the oldest of the work that waits has waited; absent where none does. Told each minute.",
    labels: { queue: QUEUES },
    merge: "max",
    keptMs: BY_CRON_MS,
  },
  dead_letters_total: {
    type: "counter",
    help: "Messages that failed every retry.",
    labels: { queue: DEAD_LETTER_QUEUES },
  },
  ...NOTICE_METRICS,
  alarm_lateness_seconds: {
    type: "histogram",
    help: "How long after its time an object's alarm rang.",
    labels: { object: OBJECTS },
    buckets: LATE_SECONDS,
  },
  feed_staleness_seconds: {
    type: "gauge",
    help: "How long ago the slowest market of a kind last had a price, of those that somebody listens to.",
    labels: { feed: FEEDS },
    merge: "age",
    keptMs: BY_FEED_MS,
  },
  reconcile_differences: {
    type: "gauge",
    help: "Differences between our books and a venue's that stand, of all accounts.",
    labels: { venue: VENUES },
    merge: "sum",
    keptMs: BY_OBJECT_MS,
  },
  reconcile_differences_found_total: {
    type: "counter",
    help: "Differences between our books and a venue's that were found.",
    labels: { venue: VENUES },
  },
  accounts_halted: {
    type: "gauge",
    help: "Accounts that send nothing, by what halted them.",
    labels: { by: ["person", "platform", "desk"] },
    merge: "sum",
    keptMs: BY_OBJECT_MS,
  },
  kill_switch_on: {
    type: "gauge",
    help: "1 while all trading of the deployment is stopped, by the administrators' switch or by TRADING_HALTED. Told each minute.",
    labels: {},
    merge: "max",
    keptMs: BY_CRON_MS,
  },
  backup_age_seconds: {
    type: "gauge",
    help: "How long ago the last full backup was made that was restored and found good. Absent until the first one was.",
    labels: {},
    merge: "age",
    keptMs: KEPT_FOR_EVER_MS,
  },
  backup_behind_seconds: {
    type: "gauge",
    help: "How long the oldest change has waited that could not be stored in a backup. Absent where none waits.",
    labels: {},
    merge: "age",
    keptMs: BY_OBJECT_MS,
  },
  storage_operations_total: {
    type: "counter",
    help: "Calls of the database and the object store.",
    labels: { store: STORES, operation: STORE_OPERATIONS, outcome: STORE_OUTCOMES },
  },
  storage_duration_seconds: {
    type: "histogram",
    help: "Time that the database and the object store took to answer.",
    labels: { store: STORES, operation: STORE_OPERATIONS },
    buckets: STORE_SECONDS,
  },
  quota_used_ratio: {
    type: "gauge",
    help: "Share that is used of what the platform allows. Told each minute.",
    labels: { quota: QUOTAS },
    merge: "max",
    keptMs: BY_CRON_MS,
  },
  cron_tasks_total: {
    type: "counter",
    help: "Jobs of the minute's clock, by what became of them.",
    labels: { task: CRON_TASKS, outcome: ["done", "failed"] },
  },
  cron_staleness_seconds: {
    type: "gauge",
    help: "How long ago the minute's clock last ran.",
    labels: {},
    merge: "age",
    keptMs: KEPT_FOR_EVER_MS,
  },
  errors_total: {
    type: "counter",
    help: "Lines of the log, by level from warnings on.",
    labels: { level: ["warning", "error"] },
  },
  error_reports_total: {
    type: "counter",
    help: "Errors reported to the error sink, by what became of the report.",
    labels: { outcome: ["sent", "failed", "dropped"] },
  },
  build_info: {
    type: "gauge",
    help: "1, with the version that runs.",
    labels: { version: [VERSION] },
    merge: "max",
    keptMs: BY_CRON_MS,
  },
  metric_flushes_total: {
    type: "counter",
    help: "Flushes of isolates and objects that were taken in; `repeated` were told before, and counted once.",
    labels: { outcome: ["taken", "repeated"] },
  },
  metric_flushes_lost_total: {
    type: "counter",
    help: "Flushes that never came, found by the gaps in the numbers of those that did.",
    labels: {},
  },
  metric_points_refused_total: {
    type: "counter",
    help: "Points of a metric or label that is not known here, or beyond what is kept.",
    labels: {},
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;
type NameOf<T extends MetricSpec["type"]> = {
  [N in MetricName]: (typeof METRICS)[N]["type"] extends T ? N : never;
}[MetricName];
export type CounterName = NameOf<"counter">;
export type HistogramName = NameOf<"histogram">;
export type GaugeName = NameOf<"gauge">;

/** The labels of a metric: each by its name, with one of the values of its set. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in keyof (typeof METRICS)[N]["labels"]]: (typeof METRICS)[N]["labels"][L] extends readonly (infer V)[]
    ? V
    : never;
};

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** The metric of a name, as it is counted; undefined for a name that is none. */
export function specOf(name: string): MetricSpec | undefined {
  return Object.hasOwn(METRICS, name) ? METRICS[name as MetricName] : undefined;
}
