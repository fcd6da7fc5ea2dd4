import { setTimeout as wait } from "node:timers/promises";
import { LocalRuntime } from "../ops/runtime/local-runtime.ts";
import { localSecrets } from "../ops/start/local-secrets.ts";
import type { Order } from "../schema/wire/trading.ts";
import { ApiClient } from "./api-client.ts";
import { askOrder } from "./ask-order.ts";
import { BrokerProcess } from "./broker-process.ts";
import { type Asked, differencesByAccount } from "./compare.ts";
import { DrillBots } from "./drill-bots.ts";
import type { DrillResult, DrillTerms } from "./drill-result.ts";

/** Programs that place orders over the API, and bots that decide themselves, each on an account of its own. */
const CLIENTS = 7;
const BOTS = { accounts: 3, botsAnAccount: 1, candlesASecond: 4 };
const INSTRUMENT = "SIM:BTC-USD";
/** What the broker trades orders without a limit at: where the replayed market begins, or near. */
const MARKET_PRICE = "60000";
/** Orders of a client in one cycle. */
const ORDERS_A_CYCLE = 6;
/** Orders that a client leaves open; older ones it takes back, so that a long drill asks no more of the desk than a short one. */
const LEFT_OPEN_MAX = 20;
const CANCELLED_SHARE = 0.35;
/** Less than a client needs for its orders: at most kills some are on their way. */
const KILL_AFTER_MS_MAX = 700;
/** So often the Node that hosts workerd is killed as well, as by a machine that goes down; else it starts workerd again at once. */
const HOST_KILLED_EVERY = 4;
/** After such a kill. */
const DOWN_MS_MAX = 200;
/**
 * Share of cycles after which the broker's storm goes on over the recovery and into the next kill, with no look between. What
 * is lost or doubled stays so and the next look finds it; what the next start heals is seen after calm cycles alone.
 */
const STORMY_SHARE = 0.5;
/** A few cycles look at least twice. */
const STORMS_IN_A_ROW_MAX = 2;
/** Share of cycles in which the runtime is killed again while it recovers. */
const KILLED_TWICE_SHARE = 0.15;
/** The desk asks its venue each half minute; after two rounds the books agree, or they never will. */
const SETTLE_MS_MAX = 90_000;
const LOOK_EVERY_MS = 100;
/** Between two looks at the end, when everything is compared. */
const LAST_LOOK_EVERY_MS = 1_000;
/** An order that the broker never got is counted as lost after some 40 s of asking. */
const END_MS_MAX = 180_000;
/** Orders that were placed so long before a cycle are looked at again in it. */
const LOOK_BACK_MS = 20_000;

/**
 * Kills the runtime with -9 under ten clients, again and again, and holds the broker's own books against the desk's
 * after about every other time and at the end: no order that was acknowledged is lost, none is at the broker twice or unknown
 * to the desk, and fills and positions are equal. Ends at the first finding.
 */
export async function runKillDrill(terms: DrillTerms): Promise<DrillResult> {
  const broker = await BrokerProcess.start(MARKET_PRICE);
  const runtime = await LocalRuntime.make({ main: "workers/drill.ts", vars: { DRILL_BROKER: broker.origin } });
  try {
    await runtime.start();
    await broker.tellTo(runtime.origin);
    const api = new ApiClient(runtime.origin, localSecrets(runtime.state).secrets.DEMO_PASSWORD);
    await api.signUp();
    await api.renew();
    const accounts: string[] = [];
    for (let number = 1; number <= CLIENTS; number++) accounts.push(await api.openAccount(`Drill ${number}`));
    const price = await api.lastPrice(INSTRUMENT);
    const bots = await DrillBots.start(api, BOTS, INSTRUMENT);
    const drill = new KillDrill({ broker, runtime, api, bots, accounts, price });
    return await drill.run(terms);
  } finally {
    await runtime.remove();
    await broker.stop();
  }
}

interface DrillParts {
  readonly broker: BrokerProcess;
  readonly runtime: LocalRuntime;
  readonly api: ApiClient;
  readonly bots: DrillBots;
  /** Those of the clients. */
  readonly accounts: readonly string[];
  readonly price: number;
}

class KillDrill {
  private readonly parts: DrillParts;
  private readonly asked: Asked[] = [];
  private repeated = 0;
  private stopping = false;
  private readonly restartMs: number[] = [];
  private readonly settleMs: number[] = [];
  /** Orders of each account that its client left open, the oldest first. */
  private readonly leftOpen = new Map<string, string[]>();
  /** Stormy cycles since the last calm one. */
  private storms = 0;
  /** What the last look before agreement still found. */
  private waitedFor = "";
  /** Since when nothing was compared, UTC ms. */
  private unlookedSince = Date.now();

  constructor(parts: DrillParts) {
    this.parts = parts;
  }

  async run({ begins, untilCertain, say }: DrillTerms): Promise<DrillResult> {
    const cycleMs: number[] = [];
    let findings: string[] = [];
    const beganAt = Date.now();
    while (findings.length === 0 && begins()) {
      const started = Date.now();
      findings = await this.cycle(started);
      cycleMs.push(Date.now() - started);
      const waited = this.waitedFor === "" ? "" : `; waited longest for: ${this.waitedFor}`;
      say(
        `cycle ${cycleMs.length}: ${cycleMs.at(-1)} ms, ${this.asked.length} orders, ${findings.length} findings${waited}`,
      );
    }
    if (findings.length === 0) {
      const ms = untilCertain ? END_MS_MAX : SETTLE_MS_MAX;
      findings = await this.settle({ from: beganAt, ms, ended: untilCertain });
    }
    const orders = await this.parts.api.orders(beganAt);
    const byAccount = await this.parts.broker.books();
    const books = Object.values(byAccount);
    const { restartMs, settleMs, repeated } = this;
    return {
      ...{ cycles: cycleMs.length, cycleMs, restartMs, settleMs, findings, asked: this.asked.length, repeated },
      answered: this.asked.filter(({ order }) => order !== undefined).length,
      lost: orders.filter(({ state }) => state === "LOST").length,
      denied: countsOf(orders.filter(({ state }) => state === "DENIED").map(({ reason }) => reason ?? "")),
      brokerOrders: books.reduce((sum, book) => sum + book.orders.length, 0),
      botOrders: this.parts.bots.accounts.reduce((sum, id) => sum + (byAccount[id]?.orders.length ?? 0), 0),
      brokerFills: books.reduce((sum, book) => sum + book.fills.length, 0),
    };
  }

  private async cycle(started: number): Promise<string[]> {
    const { broker, api, accounts, bots } = this.parts;
    await api.renew();
    await broker.set("storm");
    await bots.let("play");
    this.stopping = false;
    const clients = accounts.map((accountId) => this.trade(accountId));
    await wait(Math.random() * KILL_AFTER_MS_MAX);
    const stormy = this.storms < STORMS_IN_A_ROW_MAX && Math.random() < STORMY_SHARE;
    this.storms = stormy ? this.storms + 1 : 0;
    const restart = await this.kill();
    this.stopping = true;
    // Before the next one is up.
    if (!stormy) await broker.set("calm");
    await Promise.all(clients);
    await restart();
    if (Math.random() < KILLED_TWICE_SHARE) {
      const repeating = this.repeatUnanswered();
      await wait(Math.random() * 500);
      const restartAgain = await this.kill();
      await repeating;
      await restartAgain();
    }
    const startedAt = Date.now();
    await this.repeatUnanswered();
    if (stormy) return [];
    const found = await this.settle({ from: this.unlookedSince - LOOK_BACK_MS, ms: SETTLE_MS_MAX, ended: false });
    this.unlookedSince = started;
    this.settleMs.push(Date.now() - startedAt);
    return found;
  }

  /** Kills the runtime. What it answers resolves once the next one serves. */
  private async kill(): Promise<() => Promise<void>> {
    const { runtime } = this.parts;
    if (this.restartMs.length % HOST_KILLED_EVERY > 0) {
      await runtime.killWorkerd();
      const killedAt = Date.now();
      const restarted = runtime.answers().then(() => Date.now() - killedAt);
      return async () => void this.restartMs.push(await restarted);
    }
    await runtime.kill();
    return async () => {
      await wait(Math.random() * DOWN_MS_MAX);
      const started = Date.now();
      await runtime.start();
      this.restartMs.push(Date.now() - started);
    };
  }

  /** Places orders that never meet each other, and takes some back, until the runtime is gone. */
  private async trade(accountId: string): Promise<void> {
    const { api, price } = this.parts;
    for (let count = 0; count < ORDERS_A_CYCLE && !this.stopping; count++) {
      const side = Math.random() < 0.5 ? "buy" : "sell";
      const limit = (price * (side === "buy" ? 0.98 : 1.02)).toFixed(2);
      const quantity = (0.001 + Math.random() * 0.009).toFixed(5);
      const body = { accountId, instrument: INSTRUMENT, side, kind: "limit", quantity, limit };
      const asked: Asked = {
        key: `kill-drill-${this.asked.length}`,
        accountId,
        body,
        at: Date.now(),
        order: undefined,
      };
      this.asked.push(asked);
      await askOrder(this.parts.api, asked);
      const cancelled = this.toCancel(accountId, asked.order?.id);
      // A cancel that was not answered is asked for again by the desk, or never was written down.
      if (cancelled !== undefined) await api.cancel(cancelled).catch(() => undefined);
    }
  }

  private toCancel(accountId: string, placed: string | undefined): string | undefined {
    if (placed === undefined || Math.random() < CANCELLED_SHARE) return placed;
    const open = this.leftOpen.get(accountId) ?? [];
    this.leftOpen.set(accountId, open);
    open.push(placed);
    return open.length > LEFT_OPEN_MAX ? open.shift() : undefined;
  }

  /** What was not answered is asked for again with its key, as a client does that does not know. */
  private async repeatUnanswered(): Promise<void> {
    const unanswered = this.asked.filter(({ order }) => order === undefined);
    this.repeated += unanswered.length;
    await Promise.all(unanswered.map((asked) => askOrder(this.parts.api, asked)));
  }

  /**
   * Waits until every bot has gone on, lets their markets stand, and compares until nothing differs any more. Returns what
   * still does at the deadline.
   */
  private async settle(how: { from: number; ms: number; ended: boolean }): Promise<string[]> {
    const { bots, broker } = this.parts;
    const deadline = Date.now() + how.ms;
    await broker.set("calm");
    await bots.let("play");
    this.waitedFor = "";
    let going = false;
    for (;;) {
      const look = going ? this.look(how) : bots.standing();
      const found = await look.catch((error: unknown) => [`no comparison: ${String(error)}`]);
      if (found.length === 0 && going) return found;
      if (found.length === 0) {
        going = true;
        await bots.let("pause");
        continue;
      }
      const final = found.some((line) => line.startsWith("DOUBLED") || line.startsWith("HALTED"));
      if (final || Date.now() > deadline)
        return [...found, ...(await this.histories(found)), ...this.parts.runtime.said()];
      this.waitedFor = found.join("; ");
      await wait(how.ended ? LAST_LOOK_EVERY_MS : LOOK_EVERY_MS);
    }
  }

  /** What happened at the desk to the orders that findings name. */
  private async histories(found: readonly string[]): Promise<string[]> {
    const ids = new Set(found.flatMap((line) => /^(?:order|DOUBLED) (\S+)/.exec(line)?.[1] ?? []));
    const lines = [...ids].map(async (id) => {
      const { history } = await this.parts.api.order(id);
      return `${id}: ${history.map(({ at, event, state }) => `${at} ${event} -> ${state}`).join("; ")}`;
    });
    return (await Promise.allSettled(lines)).flatMap((line) => (line.status === "fulfilled" ? line.value : []));
  }

  private async look({ from, ended }: { from: number; ended: boolean }): Promise<string[]> {
    const { api, bots, broker } = this.parts;
    await api.renew();
    await this.repeatUnanswered();
    const accounts = [...this.parts.accounts, ...bots.accounts];
    const [orders, fills] = [await api.orders(from), await api.fills(from)];
    const states = await Promise.all(accounts.map((accountId) => api.state(accountId)));
    const books = await broker.books();
    const since = from + LOOK_BACK_MS / 2;
    const found = differencesByAccount({ books, states, desk: { orders, fills }, asked: this.asked, since });
    if (ended) found.push(...orders.filter(isUncertain).map(({ id, state }) => `order ${id} is still ${state}`));
    return found;
  }
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function isUncertain({ state }: Order): boolean {
  return state === "UNKNOWN" || state === "SUBMITTING";
}
