import { count } from "../metrics/meter.ts";
import type { Clock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { reporterOf, runObject } from "../run/run-live.ts";
import { RunStore } from "../run/run-store.ts";
import type { OpenRunWork } from "../run/run-work.ts";
import { type WorkLimits, workOnRun } from "../run/work-on-run.ts";
import { RunMessage } from "./run-message.ts";
import { giveUp } from "./watch-runs.ts";

// The first retry comes soon, for what was a hiccup; later ones leave a failing store time to recover.
const RETRY_SECONDS = 5;
const RETRY_SECONDS_MAX = 120;

export interface RunConsumer {
  readonly env: Env;
  readonly now: Clock;
  /** Opens the work of a run on the given environment, for one owner. */
  readonly open: (env: Env, ownerId: string) => OpenRunWork;
  readonly limits?: Partial<WorkLimits>;
}

/** Works on the runs that messages name. Each message is settled by itself: done, or to be tried again later. */
export async function consumeRuns(batch: MessageBatch<unknown>, consumer: RunConsumer): Promise<void> {
  for (const message of batch.messages) {
    const parsed = RunMessage.safeParse(message.body);
    if (!parsed.success) {
      logEvent("run_message_refused", { id: message.id });
      message.ack();
      continue;
    }
    try {
      await consumeRun(parsed.data, consumer);
      message.ack();
    } catch (error) {
      const { runId } = parsed.data;
      logEvent("run_attempt_failed", { runId, attempts: message.attempts, error });
      const delaySeconds = Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** (message.attempts - 1));
      message.retry({ delaySeconds });
    }
  }
}

/** Ends the runs whose messages failed every retry. */
export async function consumeDeadRuns(batch: MessageBatch<unknown>, consumer: Pick<RunConsumer, "env" | "now">) {
  for (const message of batch.messages) {
    count("dead_letters_total", { queue: "runs" });
    const parsed = RunMessage.safeParse(message.body);
    if (parsed.success) await giveUp(consumer.env, { ...parsed.data, nowMs: consumer.now() });
    message.ack();
  }
}

async function consumeRun(message: RunMessage, consumer: RunConsumer): Promise<void> {
  const { env, now } = consumer;
  const { runId, ownerId } = message;
  const outcome = await workOnRun(runId, {
    store: new RunStore({ owned: ownedDatabase(openDatabase(env.DB), ownerId), bucket: env.BUCKET }),
    open: consumer.open(env, ownerId),
    begin: async (state) => {
      const { object } = await runObject(env, { ownerId, runId });
      await object.begin({ ownerId, state });
    },
    report: reporterOf(env, ownerId),
    newToken: () => newId("lse"),
    now,
    ...(consumer.limits === undefined ? {} : { limits: consumer.limits }),
  });
  if (outcome === "continue") await env.RUNS.send(message);
}
