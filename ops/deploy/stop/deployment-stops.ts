import type { StopResult } from "../hard-stops.ts";
import { sumOf } from "../prometheus-samples.ts";
import type { StopContext } from "../stop-context.ts";
import { readAlertNames } from "./alert-names.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** One a day, and two hours for it to be made and checked. */
const BACKUP_AGE_MS_MAX = 26 * HOUR_MS;
/** Certificates are renewed a month before their end; one that has less has failed to be for a fortnight. */
const CERTIFICATE_MS_MIN = 14 * DAY_MS;
const NOTHING_RUNS: StopResult = { passed: true, words: "nothing runs yet: this is the first deployment" };
/** Without these nobody would see a bad deployment. */
const METRICS_NEEDED = ["http_requests_total", "http_request_duration_seconds_count", "backup_age_seconds"];

/** What runs now has to be well: a fault that is there already would be taken for one of the new version, or hide one. */
export async function health({ client }: StopContext): Promise<StopResult> {
  if (client === undefined) return NOTHING_RUNS;
  const ready = await client.ready();
  const todo = "See docs/runbook/alerts.md; a bad version goes back with `npm run rollback`.";
  if (ready === undefined) return { passed: false, words: "/health/ready does not answer", todo };
  if (!ready.isReady) return { passed: false, words: `not ready: ${ready.failing.join(", ")}`, todo };
  const { dependencies } = await client.health();
  const failing = dependencies.filter(({ state }) => state === "failing");
  if (failing.length > 0) {
    return {
      passed: false,
      words: `failing: ${failing.map(({ name, note }) => `${name} (${note})`).join(", ")}`,
      todo,
    };
  }
  return { passed: true, words: `ready; ${dependencies.length} dependencies, none failing` };
}

export async function backupAge({ client, now }: StopContext): Promise<StopResult> {
  if (client === undefined) return NOTHING_RUNS;
  const madeAt = sumOf(await client.metrics(), "backup_age_seconds");
  const todo = "Look at GET /api/v1/admin/backups and docs/runbook/alerts.md#backupold; begin one by POST there.";
  if (madeAt === undefined) return { passed: false, words: "no full backup was ever found good", todo };
  const ageMs = madeAt * 1_000;
  const words = `the newest good one is ${(ageMs / HOUR_MS).toFixed(1)} h old`;
  if (ageMs > BACKUP_AGE_MS_MAX) return { passed: false, words: `${words}, at most 26 h may be`, todo };
  return { passed: true, words: `${words} (asked at ${new Date(now()).toISOString()})` };
}

export async function certificate({ client, settings, now, certificateEnd }: StopContext): Promise<StopResult> {
  if (client === undefined) return NOTHING_RUNS;
  const address = settings.certificate?.address ?? settings.origin;
  const leftMs = (await certificateEnd(address, settings.certificate?.authority)) - now();
  const words = `${address} shows one that is good for ${(leftMs / DAY_MS).toFixed(0)} days`;
  if (leftMs >= CERTIFICATE_MS_MIN) return { passed: true, words };
  const todo = "Renew it: under SSL/TLS, Edge Certificates. See docs/runbook/alerts.md#certificateexpires.";
  return { passed: false, words: `${words}, 14 must be left`, todo };
}

/** Whoever watches has to see this deployment, with our rules, before it is changed. */
export async function monitoring(ctx: StopContext): Promise<StopResult> {
  const { client, settings } = ctx;
  const alerts = readAlertNames(ctx.read("ops/prometheus/rules/apextrade.yml") ?? "");
  const todo = "Set up what docs/runbook/watching.md says, and PROMETHEUS_URL for this command.";
  if (alerts.length === 0) return { passed: false, words: "there are no rules of alerts in the tree", todo };
  if (client === undefined) return { passed: true, words: `${alerts.length} alerts in the tree; nothing runs yet` };
  const samples = await client.metrics();
  const missing = METRICS_NEEDED.filter((name) => sumOf(samples, name) === undefined);
  if (missing.length > 0) return { passed: false, words: `/metrics says nothing of ${missing.join(", ")}`, todo };
  const seen = `/metrics answers with ${samples.length} samples`;
  if (settings.prometheusUrl === undefined) {
    if (settings.environment === "production") return { passed: false, words: "PROMETHEUS_URL is not set", todo };
    return { passed: true, words: `${seen}; no Prometheus is named, which staging may do without` };
  }
  const told = await askPrometheus(ctx, settings.prometheusUrl);
  const unknown = alerts.filter((name) => !told.rules.has(name));
  if (unknown.length > 0) return { passed: false, words: `Prometheus lacks the rules ${unknown.join(", ")}`, todo };
  if (told.firing.length > 0) {
    const ringing = "Mend what rings first, or roll back: docs/runbook/alerts.md.";
    return { passed: false, words: `critical alerts ring: ${told.firing.join(", ")}`, todo: ringing };
  }
  return { passed: true, words: `${seen}; Prometheus has all ${alerts.length} alerts, none critical rings` };
}

interface PrometheusRule {
  readonly name: string;
  readonly state?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

async function askPrometheus(ctx: StopContext, url: string) {
  const reply = await ctx.fetch(new URL("/api/v1/rules?type=alert", url));
  if (!reply.ok) throw new Error(`Prometheus: ${reply.status}`);
  const { data } = (await reply.json()) as { data: { groups: readonly { rules: readonly PrometheusRule[] }[] } };
  const rules = data.groups.flatMap((group) => group.rules);
  const critical = rules.filter(({ state, labels }) => state === "firing" && labels?.severity === "critical");
  return { rules: new Set(rules.map(({ name }) => name)), firing: critical.map(({ name }) => name) };
}
