import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ACTS, type Act, AFTERMATH, type Fault, tellFreshBackup } from "./faults.ts";
import { missingPrograms, Stage } from "./stage.ts";

/**
 * `npm run rehearse -- --minutes 5`: starts the local server and a real Prometheus, watches for so long, asks every query of
 * the dashboards, then makes every alert fire and clear. Exits 1 where anything of that did not happen.
 */
const { values } = parseArgs({
  options: { minutes: { type: "string", default: "5" }, port: { type: "string", default: "8930" } },
});
const FIRES_WITHIN_MS = 60_000;
const CLEARS_WITHIN_MS = 120_000;
const findings: string[] = [];
const RULES = readFileSync("ops/prometheus/rules/apextrade.yml", "utf8");
const alerts = [...RULES.matchAll(/^\s*- alert: (\w+)$/gm)].map(([, name = ""]) => name);

async function watchQuietly(stage: Stage, minutes: number): Promise<void> {
  const until = Date.now() + minutes * 60_000;
  const rang = new Set<string>();
  let requests = 0;
  while (Date.now() < until) {
    const path = ["/health/live", "/", "/api/v1/bots", "/api/v1/nothing"][requests++ % 4] ?? "/";
    await (await fetch(`${stage.origin}${path}`)).arrayBuffer();
    if (requests % 10 === 0) for (const alert of await stage.prometheus.firing()) rang.add(alert);
    await wait(200);
  }
  const [scrapes = 0] = await stage.prometheus.query('count_over_time(up{job="apextrade"}[1d])');
  const [good = 0] = await stage.prometheus.query('sum_over_time(up{job="apextrade"}[1d])');
  const [bytes = 0] = await stage.prometheus.query('scrape_samples_scraped{job="apextrade"}');
  console.log(
    `quiet for ${minutes} min: ${good} of ${scrapes} scrapes good, ${bytes} samples in the last, ${requests} requests`,
  );
  if (good !== scrapes || scrapes < minutes * 25) findings.push(`${scrapes - good} of ${scrapes} scrapes failed`);
  for (const alert of rang) findings.push(`${alert} fired with nothing wrong`);
}

async function askDashboards(stage: Stage): Promise<void> {
  let asked = 0;
  for (const file of readdirSync("ops/grafana/dashboards")) {
    const text = readFileSync(`ops/grafana/dashboards/${file}`, "utf8");
    const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        asked++;
        const found = await stage.prometheus.query(expr);
        if (found.length === 0) findings.push(`${file}, "${title}": nothing for ${expr}`);
      }
    }
  }
  console.log(`dashboards: ${asked} queries asked`);
}

async function perform(stage: Stage, { faults, also }: Act): Promise<void> {
  await stage.waitFor("silence", async () => (await stage.prometheus.firing()).size === 0, CLEARS_WITHIN_MS);
  const took = new Map<Fault, string>();
  const from = Date.now();
  for (const fault of faults) await fault.inject(stage);
  await Promise.all(
    faults.map(async (fault) => {
      const rings = async () => (await stage.prometheus.firing()).has(fault.alert);
      const ms = await stage.waitFor(`${fault.alert} fires`, rings, FIRES_WITHIN_MS).catch(() => undefined);
      took.set(fault, ms === undefined ? "never" : `${(ms / 1_000).toFixed(1)} s`);
      if (ms === undefined) findings.push(`${fault.alert} did not fire: ${fault.what}`);
    }),
  );
  const others = [...(await stage.prometheus.firing())].filter((name) => !faults.some(({ alert }) => alert === name));
  for (const name of others) if (!also.includes(name)) findings.push(`${name} fired besides ${faults[0]?.alert ?? ""}`);
  const injectedMs = Date.now() - from;
  for (const fault of faults) await fault.clear(stage);
  await clearing(stage, faults, took);
  console.log(
    `  (an act of ${(injectedMs / 1_000).toFixed(0)} s, silent again ${((Date.now() - from) / 1_000).toFixed(0)} s after its begin)`,
  );
}

async function clearing(stage: Stage, faults: readonly Fault[], took: ReadonlyMap<Fault, string>): Promise<void> {
  await Promise.all(
    faults.map(async (fault) => {
      const isSilent = async () => !(await stage.prometheus.firing()).has(fault.alert);
      const ms = await stage.waitFor(`${fault.alert} clears`, isSilent, CLEARS_WITHIN_MS).catch(() => undefined);
      const cleared = ms === undefined ? "never" : `${(ms / 1_000).toFixed(1)} s`;
      if (ms === undefined) findings.push(`${fault.alert} did not clear`);
      console.log(
        `${fault.alert.padEnd(20)} ${fault.how}  fired after ${took.get(fault)}, cleared after ${cleared}: ${fault.what}`,
      );
    }),
  );
}

async function rehearse(): Promise<void> {
  const stage = new Stage(Number(values.port));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void stage.end().then(() => process.exit(1)));
  try {
    await stage.begin();
    await tellFreshBackup(stage);
    // What the dashboards tell of notices needs one.
    await stage.admin.killUnused();
    await watchQuietly(stage, Number(values.minutes));
    await askDashboards(stage);
    for (const act of ACTS) await perform(stage, act);
    const took = new Map<Fault, string>();
    for (const fault of AFTERMATH) {
      const rings = async () => (await stage.prometheus.firing()).has(fault.alert);
      const ms = await stage.waitFor(fault.alert, rings, FIRES_WITHIN_MS).catch(() => undefined);
      took.set(fault, ms === undefined ? "never" : `${(ms / 1_000).toFixed(1)} s`);
      if (ms === undefined) findings.push(`${fault.alert} did not fire: ${fault.what}`);
    }
    await clearing(stage, AFTERMATH, took);
  } finally {
    await stage.end();
  }
}

const missing = missingPrograms();
if (missing.length > 0) throw new Error(`this needs ${missing.join(", ")}: Debian has packages of these names`);
const rehearsed = new Set([...ACTS.flatMap(({ faults }) => faults), ...AFTERMATH].map(({ alert }) => alert));
for (const alert of alerts) if (!rehearsed.has(alert)) findings.push(`${alert} has no fault`);
await rehearse();
console.log(`${alerts.length} alerts, ${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;
