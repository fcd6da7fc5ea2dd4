import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { createTestHarness } from "wrangler";
import { type BenchSocket, WebSocket } from "./web-sockets.ts";

/** Values published in one measurement, and the time between two. */
const ROUNDS = 20;
const EVERY_MS = 1_000;
/** Sockets that are opened at a time. */
const OPENED_AT_ONCE = 50;
const OPEN_ATTEMPTS_MAX = 10;
/** Clients acknowledge within a second, as the protocol asks; so many groups of them, one after the other. */
const ACK_GROUPS = 20;

interface Fleet {
  readonly delays: number[];
  close(): void;
}

/**
 * Times from publishing a value to its arrival, over all sockets of one object with a hub, of one that only sends, and of a
 * bare server of sockets in Node, with a reader that stops reading among them. Clients share the machine, and what goes
 * to the Workers runtime passes the proxy of its tools.
 */
export async function benchFanOut(counts: readonly number[] = [1_000, 5_000]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-fan-out-"));
  const configPath = join(folder, "wrangler.json");
  writeFileSync(configPath, JSON.stringify(config()));
  const harness = createTestHarness({ workers: [{ configPath }] });
  const bare = new Worker(new URL("bare-sockets.ts", import.meta.url));
  const bareReady = new Promise<number>((resolve) => bare.once("message", resolve));
  try {
    const { url } = await harness.listen();
    const port = await bareReady;
    for (const count of counts) {
      console.log(`\nFan-out to ${count.toLocaleString("en")} sockets, a reader that stopped among them`);
      await measure("live hub", `${url.origin}/`, count);
      await measure("plain object", `${url.origin}/plain`, count);
      await measure("bare ws server", `http://127.0.0.1:${port}/`, count);
    }
  } finally {
    await bare.terminate();
    await harness.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, address: string, count: number): Promise<void> {
  const fleet = await openFleet(address, count);
  const stalled = await openSocket(address);
  stalled.pause();
  let open = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const reply = await fetch(`${address}?at=${Date.now()}`, { method: "POST" });
    open = Number(await reply.text());
    await pause(EVERY_MS);
  }
  const sorted = Float64Array.from(fleet.delays).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const missed = count * ROUNDS - sorted.length;
  console.log(
    `  ${name.padEnd(16)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms; not arrived ${missed}; left open ${open}`,
  );
  stalled.terminate();
  fleet.close();
  await pause(EVERY_MS);
}

async function openFleet(address: string, count: number): Promise<Fleet> {
  const sockets: BenchSocket[] = [];
  const delays: number[] = [];
  const heard = new Map<BenchSocket, number>();
  let group = 0;
  const acknowledging = setInterval(() => {
    group = (group + 1) % ACK_GROUPS;
    for (let at = group; at < sockets.length; at += ACK_GROUPS) {
      const sequence = heard.get(sockets[at]);
      if (sequence !== undefined) sockets[at].send(JSON.stringify({ type: "ack", sequence }));
      heard.delete(sockets[at]);
    }
  }, 1_000 / ACK_GROUPS);
  while (sockets.length < count) {
    const opening = Array.from({ length: Math.min(OPENED_AT_ONCE, count - sockets.length) }, async () => {
      const socket = await openPatiently(address, (data, heardAt) => {
        const frame = JSON.parse(data) as { sequence?: number; change?: { at?: number } };
        if (frame.change?.at !== undefined) delays.push(heardAt - frame.change.at);
        if (frame.sequence !== undefined) heard.set(socket, frame.sequence);
      });
      sockets.push(socket);
    });
    await Promise.all(opening);
  }
  const close = () => {
    clearInterval(acknowledging);
    for (const socket of sockets) socket.terminate();
  };
  return { delays, close };
}

/** A burst of openings may be more than a busy machine takes at once. */
async function openPatiently(address: string, onFrame: (data: string, heardAt: number) => void): Promise<BenchSocket> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openSocket(address, onFrame);
    } catch (error) {
      if (attempt === OPEN_ATTEMPTS_MAX) throw error;
      await pause(attempt * 100);
    }
  }
}

function openSocket(
  address: string,
  onFrame: (data: string, heardAt: number) => void = () => undefined,
): Promise<BenchSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address.replace(/^http/, "ws"), ["apextrade.v1"]);
    // The first frame may come with the open event; it is heard once the caller has the socket.
    socket.on("message", (data) => {
      const heardAt = Date.now();
      setImmediate(() => onFrame(String(data), heardAt));
    });
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
}

function config(): object {
  const kept = { type: "durable-object", storage: "sqlite" };
  const bindings = [
    { name: "HUB", class_name: "FanOutObject" },
    { name: "PLAIN", class_name: "PlainObject" },
  ];
  return {
    name: "bench-fan-out",
    main: fileURLToPath(new URL("../workers/testing/fan-out-worker.ts", import.meta.url)),
    compatibility_date: "2026-09-15",
    durable_objects: { bindings },
    exports: { FanOutObject: kept, PlainObject: kept },
  };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((done) => setTimeout(done, delayMs));
}

if (import.meta.main) await benchFanOut();
