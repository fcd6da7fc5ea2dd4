import { setTimeout as wait } from "node:timers/promises";
import { localSecrets } from "../ops/start/local-secrets.ts";
import type { Order } from "../schema/wire/trading.ts";
import { ApiClient, ApiRefusal } from "./api-client.ts";
import { BrokerProcess } from "./broker-process.ts";
import { type Asked, differences } from "./compare.ts";
import { Runtime } from "./runtime.ts";

/** As many clients as there are bots in the drill, each on an account of its own. */
const CLIENTS = 10;
const INSTRUMENT = "SIM:BTC-USD";
/** Orders of a client in one cycle: few enough that the API's budget of changes lets them through. */
const ORDERS_A_CYCLE = 6;
const KILL_AFTER_MS_MAX = 2_500;
const DOWN_MS_MAX = 1_000;
/** Share of cycles in which the broker goes on trading while the desk recovers; the others are faster. */
const STORMY_SHARE = 0.15;
/** Share of cycles in which the runtime is killed again while it recovers. */
const KILLED_TWICE_SHARE = 0.15;
/** The desk asks its venue each half minute; after two rounds the books agree, or they never will. */
const SETTLE_MS_MAX = 90_000;
/** An order that the broker never got is counted as lost after some 40 s of asking. */
const END_MS_MAX = 180_000;
/** Orders that were placed so long before a cycle are looked at again in it. */
const LOOK_BACK_MS = 60_000;

export interface DrillResult {
  readonly cycles: number;
  readonly cycleMs: readonly number[];
  readonly asked: number;
  /** Orders that a client was answered for, that were asked for again after a kill, and that ended as lost or denied. */
  readonly answered: number;
  readonly repeated: number;
  readonly lost: number;
  readonly denied: number;
  readonly brokerOrders: number;
  readonly brokerFills: number;
  /** What is wrong; empty when nothing is. */
  readonly findings: readonly string[];
}

/**
 * Kills the whole runtime with -9 under ten clients, again and again, and holds the broker's own books against the desk's
 * after each time: no order that was acknowledged is lost, none is at the broker twice or unknown to the desk, and fills
 * and positions are equal. Ends at the first finding.
 */
export async function runKillDrill(cycles: number, say: (line: string) => void): Promise<DrillResult> {
  const broker = await BrokerProcess.start();
  const runtime = await Runtime.make(broker.origin);
  try {
    await runtime.start();
    const api = new ApiClient(runtime.origin, localSecrets(runtime.state).secrets.DEMO_PASSWORD);
    await api.signUp();
    await api.renew();
    const accounts: string[] = [];
    for (let number = 1; number <= CLIENTS; number++) accounts.push(await api.openAccount(`Drill ${number}`));
    const price = await api.lastPrice(INSTRUMENT);
    const drill = new KillDrill({ broker, runtime, api, accounts, price });
    return await drill.run(cycles, say);
  } finally {
    await runtime.remove();
    await broker.stop();
  }
}

interface DrillParts {
  readonly broker: BrokerProcess;
  readonly runtime: Runtime;
  readonly api: ApiClient;
  readonly accounts: readonly string[];
  readonly price: number;
}

class KillDrill {
  private readonly parts: DrillParts;
  private readonly asked: Asked[] = [];
  private repeated = 0;
  private stopping = false;

  constructor(parts: DrillParts) {
    this.parts = parts;
  }

  async run(cycles: number, say: (line: string) => void): Promise<DrillResult> {
    const cycleMs: number[] = [];
    let findings: string[] = [];
    const beganAt = Date.now();
    while (cycleMs.length < cycles && findings.length === 0) {
      const started = Date.now();
      findings = await this.cycle(started);
      cycleMs.push(Date.now() - started);
      say(
        `cycle ${cycleMs.length}: ${cycleMs.at(-1)} ms, ${this.asked.length} orders asked for; ${findings.length} findings`,
      );
    }
    if (findings.length === 0) findings = await this.settle({ from: beganAt, ms: END_MS_MAX, ended: true });
    const orders = await this.parts.api.orders(beganAt);
    const books = Object.values(await this.parts.broker.books());
    return {
      ...{ cycles: cycleMs.length, cycleMs, findings, asked: this.asked.length, repeated: this.repeated },
      answered: this.asked.filter(({ order }) => order !== undefined).length,
      lost: orders.filter(({ state }) => state === "LOST").length,
      denied: orders.filter(({ state }) => state === "DENIED").length,
      brokerOrders: books.reduce((sum, book) => sum + book.orders.length, 0),
      brokerFills: books.reduce((sum, book) => sum + book.fills.length, 0),
    };
  }

  private async cycle(started: number): Promise<string[]> {
    const { broker, runtime, api, accounts } = this.parts;
    await api.renew();
    await broker.set("storm");
    this.stopping = false;
    const clients = accounts.map((accountId) => this.trade(accountId));
    await wait(Math.random() * KILL_AFTER_MS_MAX);
    await runtime.kill();
    this.stopping = true;
    await Promise.all(clients);
    await wait(Math.random() * DOWN_MS_MAX);
    const stormy = Math.random() < STORMY_SHARE;
    if (!stormy) await broker.set("calm");
    await runtime.start();
    if (Math.random() < KILLED_TWICE_SHARE) {
      const repeating = this.repeatUnanswered();
      await wait(Math.random() * 500);
      await runtime.kill();
      await repeating;
      await runtime.start();
    }
    await this.repeatUnanswered();
    await broker.set("calm");
    return this.settle({ from: started - LOOK_BACK_MS, ms: SETTLE_MS_MAX, ended: false });
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
      await this.ask(asked);
      const id = asked.order?.id;
      if (id !== undefined && Math.random() < 0.35) await api.cancel(id).catch(() => undefined);
    }
  }

  private async ask(asked: Asked): Promise<void> {
    try {
      const { order } = await this.parts.api.place(asked.body, asked.key);
      asked.order = { id: order.id, state: order.state };
    } catch (error) {
      // Without an answer the runtime is gone, and with 429 or 5xx it did not get to it; all else is the drill's own fault.
      if (!(error instanceof ApiRefusal)) return;
      if (error.status !== 429 && error.status < 500) throw error;
      await wait(500);
    }
  }

  /** What was not answered is asked for again with its key, as a client does that does not know. */
  private async repeatUnanswered(): Promise<void> {
    const unanswered = this.asked.filter(({ order }) => order === undefined);
    this.repeated += unanswered.length;
    await Promise.all(unanswered.map((asked) => this.ask(asked)));
  }

  /** Compares until nothing differs any more. Returns what still does at the deadline. */
  private async settle(how: { from: number; ms: number; ended: boolean }): Promise<string[]> {
    const deadline = Date.now() + how.ms;
    for (;;) {
      const found = await this.look(how).catch((error: unknown) => [`no comparison: ${String(error)}`]);
      const final = found.some((line) => line.startsWith("DOUBLED") || line.startsWith("HALTED"));
      if (found.length === 0) return found;
      if (final || Date.now() > deadline)
        return [...found, ...(await this.histories(found)), ...this.parts.runtime.said()];
      await wait(1_000);
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
    const { api, broker, accounts } = this.parts;
    await api.renew();
    await this.repeatUnanswered();
    const [orders, fills] = [await api.orders(from), await api.fills(from)];
    const states = await Promise.all(accounts.map((accountId) => api.state(accountId)));
    const books = await broker.books();
    const found = states.flatMap((state) => {
      const { accountId } = state;
      const isMine = (row: { accountId: string }) => row.accountId === accountId;
      const desk = { orders: orders.filter(isMine), fills: fills.filter(isMine), state };
      const asked = this.asked.filter(isMine);
      return differences({ book: books[accountId], desk, asked, since: from + LOOK_BACK_MS / 2 });
    });
    if (ended) found.push(...orders.filter(isUncertain).map(({ id, state }) => `order ${id} is still ${state}`));
    return found;
  }
}

function isUncertain({ state }: Order): boolean {
  return state === "UNKNOWN" || state === "SUBMITTING";
}

if (import.meta.main) {
  const cycles = Number(process.argv[2] ?? "30");
  const result = await runKillDrill(cycles, console.log);
  const sorted = result.cycleMs.toSorted((left, right) => left - right);
  console.log(result, `median of a cycle ${sorted[sorted.length >> 1]} ms`);
  if (result.findings.length > 0) process.exitCode = 1;
}
