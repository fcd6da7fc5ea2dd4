import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SeedTask, SeedTotals } from "./task.ts";

interface RunOptions<T> {
  readonly workers: number;
  readonly onDone: (task: T, totals: SeedTotals) => void;
  readonly goesOn?: () => boolean;
}

/**
 * Runs tasks in as many threads as asked for; each takes the next one as soon as it is free, while `goesOn` says so.
 * `onDone` is told of each. A seed's result is its own, so that the number of threads changes nothing but the time. Throws
 * what a thread failed with.
 */
export async function runTasks<T extends SeedTask>(
  tasks: readonly T[],
  { workers, onDone, goesOn = () => true }: RunOptions<T>,
): Promise<void> {
  const waiting = [...tasks];
  const work = async () => {
    const worker = new Worker(new URL("./seed-worker.ts", import.meta.url));
    try {
      for (let task = waiting.shift(); task !== undefined && goesOn(); task = waiting.shift()) {
        worker.postMessage(task);
        const [totals] = (await once(worker, "message")) as [SeedTotals];
        onDone(task, totals);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work));
}
