import { setTimeout as wait } from "node:timers/promises";
import type { ApiClient } from "../drill/api-client.ts";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import type { Signal, SignalReceipt } from "../schema/wire/signal.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const INSTRUMENT = "SIM:BTC-USD";
const ALERTS = 1_000;
/** Alerts under way at once. */
const AT_ONCE = 32;
const MINUTE_MS = 60_000;
const P99_MS_MAX = 300;
/** Of the second burst, the runtime is killed when so many have been answered. */
const ALERTS_BEFORE_KILL = 100;
const SETTLED_MS_MAX = 120_000;
/** What becomes of a signal that was taken. */
const ENDS = new Set(["acted", "unneeded", "superseded", "denied", "stale"]);

interface Alert {
  readonly action: string;
  readonly position: string;
  readonly bar: number;
  readonly time: number;
}

interface Answer {
  readonly alert: Alert;
  readonly ms: number;
  /** Undefined where no answer came: the sender knows nothing. */
  readonly receipt: SignalReceipt | undefined;
}

/**
 * A thousand alerts in a burst to one bot, some of them twice, late or long out of date, and then half as many while the
 * runtime is killed with -9. Throws where one that was answered is lost, where one is acted on twice, or where the answer
 * takes too long.
 */
export async function benchSignals(): Promise<void> {
  await withServer("", async (server) => {
    const { api } = server;
    const accountId = await api.openAccount("Bench", undefined, "10000000");
    const botId = await api.startBot("Driven", accountId, {
      ...{ strategy: { kind: "signals" }, instruments: [INSTRUMENT], timeframe: "1m", direction: "both" },
      ...{ capital: "10000", sizing: { kind: "percent", percent: 10 }, limits: { caps: CAPS } },
    });
    for (let tries = 0; (await api.bot(botId)).status !== "running"; tries++) {
      if (tries > 100) throw new Error("the bot must be running");
      await wait(100);
    }
    const path = await api.makeHook(botId);
    const heartbeats = await Promise.all(Array.from({ length: 50 }, () => post(server, path, "heartbeat")));
    if (heartbeats.some((reply) => reply.status !== 202)) throw new Error("a heartbeat must be taken");

    const bare = await nothings(server);
    const first = await burst(server, path, alertsFrom(Date.now() - 900 * MINUTE_MS, ALERTS));
    const seen = await settled(api, botId, first.length);
    check(first, seen, await ordersOf(api));
    print(first, seen, bare);
    const second = await killedBurst(server, path, alertsFrom(Date.now() - 400 * MINUTE_MS, ALERTS / 2));
    const answered = second.filter(({ receipt }) => receipt !== undefined);
    const after = await settled(api, botId, first.length + answered.length);
    check([...first, ...answered], after, await ordersOf(api));
    const extra = after.length - first.length - answered.length;
    console.log(`  killed with -9 in the middle of ${second.length}: ${answered.length} answered, none of them lost,`);
    console.log(`  ${extra} more were written down unanswered, none was acted on twice`);
    const p99 = percentile(
      first.map(({ ms }) => ms),
      0.99,
    );
    // A machine that takes as long to do nothing says nothing about this.
    if (p99 > P99_MS_MAX && percentile(bare, 0.99) < P99_MS_MAX / 3)
      throw new Error(`p99 must be at most ${P99_MS_MAX} ms, was ${p99.toFixed(0)}`);
  });
}

const CAPS = {
  ...{ orderNotional: "100000", positionNotional: "100000", openOrders: "50", dailyLoss: "100000" },
  executions: "200",
};

/** Times of as many requests that do nothing, as many at once: what the runtime and the machine take by themselves. */
async function nothings({ runtime }: BenchServer): Promise<number[]> {
  const times: number[] = [];
  const sender = async () => {
    while (times.length < ALERTS) {
      const started = performance.now();
      await (await fetch(`${runtime.origin}/health/live`)).arrayBuffer();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return times;
}

/**
 * Alerts for one bar after another. A fifth of them come again at once, a tenth once more after the next two, and a tenth as
 * what was sent ten minutes ago.
 */
function alertsFrom(from: number, count: number): Alert[] {
  const base = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  const alerts: Alert[] = [];
  for (let bar = 0; alerts.length < count; bar++) {
    const position = ["long", "flat", "short", "flat"][bar % 4] ?? "flat";
    const action = position === "long" || (position === "flat" && bar % 4 === 3) ? "buy" : "sell";
    const alert = { action, position, bar: base + bar * MINUTE_MS, time: Date.now() };
    const before = alerts.at(-2);
    alerts.push(alert);
    if (bar % 3 === 1) alerts.push(alert);
    if (bar % 7 === 3 && before !== undefined) alerts.push(before);
    if (bar % 7 === 5) alerts.push({ ...alert, time: Date.now() - 10 * MINUTE_MS });
  }
  return alerts.slice(0, count);
}

async function burst(server: BenchServer, path: string, alerts: readonly Alert[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const sender = async () => {
    for (let alert = alerts[next++]; alert !== undefined; alert = alerts[next++]) {
      const started = performance.now();
      // The runtime may be gone before the answer, and also in the middle of it.
      const receipt = await post(server, path, JSON.stringify(alert))
        .then(async (reply) => (reply.status === 202 ? ((await reply.json()) as SignalReceipt) : undefined))
        .catch(() => undefined);
      answers.push({ alert, ms: performance.now() - started, receipt });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return answers;
}

async function killedBurst(server: BenchServer, path: string, alerts: readonly Alert[]): Promise<Answer[]> {
  const before = await burst(server, path, alerts.slice(0, ALERTS_BEFORE_KILL));
  const under = burst(server, path, alerts.slice(ALERTS_BEFORE_KILL, 3 * ALERTS_BEFORE_KILL));
  await wait(60);
  await server.runtime.kill();
  const cut = await under;
  await server.runtime.start();
  return [...before, ...cut, ...(await burst(server, path, alerts.slice(3 * ALERTS_BEFORE_KILL)))];
}

function post({ runtime }: BenchServer, path: string, body: string): Promise<Response> {
  return fetch(`${runtime.origin}${path}`, { method: "POST", headers: { "Content-Type": "text/plain" }, body });
}

/** The bot's log once nothing in it waits any more. */
async function settled(api: ApiClient, botId: string, least: number): Promise<Signal[]> {
  const until = Date.now() + SETTLED_MS_MAX;
  for (;;) {
    await api.renew();
    const rows = await api.signals(botId);
    if (rows.length >= least && rows.every(({ state }) => state !== "received")) return rows;
    if (Date.now() > until) throw new Error(`${rows.length} of ${least} signals, some still waiting`);
    await wait(500);
  }
}

async function ordersOf(api: ApiClient): Promise<string[]> {
  // Rows follow the desk within a second.
  await wait(2_000);
  return (await api.orders(0)).map(({ signal, role }) => `${signal} ${role}`);
}

/** Throws where an answered alert is not in the log, or an alert was acted on more than once. */
function check(answers: readonly Answer[], rows: readonly Signal[], orders: readonly string[]): void {
  const known = new Map(rows.map((row) => [row.id, row]));
  const acted = new Map<string, number>();
  for (const { alert, receipt } of answers) {
    if (receipt === undefined) throw new Error("an alert was not answered");
    const row = known.get(receipt.id);
    if (row === undefined) throw new Error(`${receipt.id} was answered and is lost`);
    if (receipt.state === "received" && !ENDS.has(row.state)) throw new Error(`${row.id} ended as ${row.state}`);
    const what = `${alert.position} ${alert.bar}`;
    if (row.orderIds.length > 0) acted.set(what, (acted.get(what) ?? 0) + 1);
  }
  const twice = [...acted].find(([, times]) => times > 1);
  if (twice !== undefined) throw new Error(`${twice[0]} was acted on ${twice[1]} times`);
  const doubled = orders.find((order, index) => orders.indexOf(order) !== index);
  if (doubled !== undefined) throw new Error(`two orders follow from one signal: ${doubled}`);
}

function print(answers: readonly Answer[], rows: readonly Signal[], bare: readonly number[]): void {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].sort(([, a], [, b]) => b - a).map(([state, count]) => `${count} ${state}`);
  const times = answers.map(({ ms }) => ms);
  console.log(
    `\nA burst of ${ALERTS.toLocaleString("en")} alerts to one bot, ${AT_ONCE} at once, in the local runtime`,
  );
  console.log(`  answer                      ${timesText(times)}, at most ${P99_MS_MAX} ms asked for`);
  console.log(`  a request that does nothing ${timesText(bare)}`);
  console.log(`  none lost, none twice       ${states.join(", ")}`);
}
