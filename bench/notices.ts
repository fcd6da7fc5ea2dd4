import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

/** Kill switches with a receiver that takes what comes. */
const KILLS = 60;
/** The same beside receivers that fail once for each notice. */
const FAULTY_KILLS = 10;
/** A person does not throw it more often; receivers that answer late are waited for. */
const EVERY_MS = 400;
const BUDGET_MS = 2_000;
const WAIT_MS_MAX = 60_000;
/** Longer than a receiver is given. */
const SILENT_MS = 8_000;

interface Arrival {
  readonly hook: string;
  readonly id: string;
  /** From the event until the request was here, ms. */
  readonly delayMs: number;
  readonly taken: boolean;
}

/** How each receiver answers the first time that it sees a notice; the second time it takes it. */
const FAULTS: Readonly<Record<string, (reply: ServerResponse) => void>> = {
  ok: (reply) => reply.writeHead(204).end(),
  failing: (reply) => reply.writeHead(500).end(),
  busy: (reply) => reply.writeHead(429, { "Retry-After": "2" }).end(),
  silent: (reply) => void setTimeout(() => reply.destroy(), SILENT_MS),
};

/**
 * Alerts from the kill switch on an account until a receiver in another process has them: through the desk, the queue, the
 * rules in the database and a signed webhook, all in the local runtime; then beside receivers that fail.
 */
export async function benchNotices(): Promise<void> {
  const receiver = new Receiver();
  const origin = await receiver.start();
  try {
    await withServer("", (server) => measure(server, receiver), { DRILL_RECEIVER: origin });
  } finally {
    receiver.stop();
  }
}

async function measure({ api }: BenchServer, receiver: Receiver): Promise<void> {
  const accountId = await api.openAccount("Alerts");
  await api.addHook("ok");
  await throwSwitch(KILLS, () => api.kill(accountId));
  await receiver.until(() => receiver.taken("ok").length >= KILLS);
  const alone = receiver.taken("ok").map(({ delayMs }) => delayMs);
  console.log("\nFrom the event of a kill switch until a webhook's receiver has it, in the local runtime");
  console.log(
    `  a receiver that answers        ${timesText(alone)} (budget ${BUDGET_MS} at p99), ${alone.length} of ${KILLS}`,
  );
  for (const hook of ["failing", "busy", "silent"]) await api.addHook(hook);
  await throwSwitch(FAULTY_KILLS, () => api.kill(accountId));
  await receiver.until(() => Object.keys(FAULTS).every((hook) => receiver.taken(hook).length >= countOf(hook)));
  // Whatever would come twice has had its time.
  await wait(3_000);
  const beside = receiver.taken("ok").slice(KILLS);
  console.log(`  the same beside those below    ${timesText(beside.map(({ delayMs }) => delayMs))}`);
  for (const hook of ["failing", "busy", "silent"]) {
    const taken = receiver.taken(hook);
    const ids = new Set(taken.map(({ id }) => id)).size;
    const words = `${taken.length} taken under ${ids} ids of ${FAULTY_KILLS}`;
    console.log(`  ${hook.padEnd(30)} ${timesText(taken.map(({ delayMs }) => delayMs))}, ${words}`);
  }
}

function countOf(hook: string): number {
  return hook === "ok" ? KILLS + FAULTY_KILLS : FAULTY_KILLS;
}

async function throwSwitch(count: number, act: () => Promise<void>): Promise<void> {
  for (let number = 0; number < count; number++) {
    const from = performance.now();
    await act();
    await wait(Math.max(0, EVERY_MS - (performance.now() - from)));
  }
}

class Receiver {
  private readonly arrivals: Arrival[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, reply) => void this.receive(request, reply));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  taken(hook: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.hook === hook && arrival.taken);
  }

  async until(isThere: () => boolean): Promise<void> {
    const deadline = Date.now() + WAIT_MS_MAX;
    while (!isThere() && Date.now() < deadline) await wait(50);
  }

  private async receive(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const now = Date.now();
    const { id, at } = JSON.parse(await text(request)) as { id: string; at: number };
    const hook = request.url?.slice(1) ?? "";
    const isFirst = !this.arrivals.some((arrival) => arrival.hook === hook && arrival.id === id);
    const fault = isFirst ? FAULTS[hook] : FAULTS.ok;
    this.arrivals.push({ hook, id, delayMs: now - at, taken: fault === FAULTS.ok });
    fault?.(reply);
  }
}
