import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";

const POLL_MS = 50;
const WAIT_MS_MAX = 120_000;

/** Work A inside a queue consumer of the Workers runtime, beside the same in Node. */
export async function measureInWorkerd(nodeMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-worker-"));
  const configPath = join(folder, "wrangler.json");
  const main = fileURLToPath(new URL("workerd-worker.ts", import.meta.url));
  writeFileSync(configPath, JSON.stringify(config(main)));
  const harness = createTestHarness({ workers: [{ configPath }] });
  try {
    await harness.listen();
    await harness.fetch("/start", { method: "POST" });
    const times = await poll(() => harness.fetch("/times").then((reply) => reply.json() as Promise<number[]>));
    const median = times.sort((a, b) => a - b)[times.length >> 1];
    console.log(`\nA in a queue consumer of workerd: ${median} ms, ${(median / nodeMs).toFixed(2)} x the same in Node`);
  } finally {
    await harness.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function config(main: string): object {
  return {
    name: "bench",
    main,
    compatibility_date: "2026-09-15",
    queues: {
      producers: [{ binding: "WORK", queue: "work" }],
      consumers: [{ queue: "work", max_batch_size: 1, max_batch_timeout: 0, max_retries: 0 }],
    },
    kv_namespaces: [{ binding: "TIMES", id: "times" }],
  };
}

async function poll(read: () => Promise<number[]>): Promise<number[]> {
  const until = performance.now() + WAIT_MS_MAX;
  while (performance.now() < until) {
    const times = await read();
    if (times.length > 0) return times;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("the consumer did not answer within two minutes");
}
