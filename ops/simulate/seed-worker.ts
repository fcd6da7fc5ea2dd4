import { parentPort } from "node:worker_threads";
import { runTask, type SeedTask } from "./task.ts";

// Refusals are expected here by the thousand, and nobody asks where they were made.
Error.stackTraceLimit = 0;

/** One worker: runs the tasks that it is sent, one at a time, and answers each with its totals. */
parentPort?.on("message", async (task: SeedTask) => parentPort?.postMessage(await runTask(task)));
