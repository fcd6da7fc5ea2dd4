import type { App } from "./api/app.ts";
import { anchorAudit } from "./audit/audit-anchor.ts";
import { drainAudit } from "./audit/drain-audit.ts";
import { forgetOldSockets } from "./auth/open-sockets.ts";
import type { BackfillWorker } from "./backfill/work-on-backfill.ts";
import { backupObject } from "./backup/backup-object-of.ts";
import { consumeBackfills } from "./jobs/consume-backfills.ts";
import { consumeDeadExports, consumeExports } from "./jobs/consume-exports.ts";
import { consumeDeadNotices, consumeNotices } from "./jobs/consume-notices.ts";
import { consumeDeadRuns, consumeRuns } from "./jobs/consume-runs.ts";
import { measureDeployment } from "./jobs/measure-deployment.ts";
import { refreshInstruments } from "./jobs/refresh-instruments.ts";
import { runNightly } from "./jobs/run-nightly.ts";
import { sweepImports } from "./jobs/sweep-imports.ts";
import { watchBackfills } from "./jobs/watch-backfills.ts";
import { watchBots } from "./jobs/watch-bots.ts";
import { watchExports } from "./jobs/watch-exports.ts";
import { watchRuns } from "./jobs/watch-runs.ts";
import { drainMail } from "./mail/mail-outbox.ts";
import type { MailSender } from "./mail/mail-sender.ts";
import { count } from "./metrics/meter.ts";
import { postTo, type RouteContext } from "./notify/deliver-notices.ts";
import { drainNotices } from "./notify/drain-notices.ts";
import { tellDatabaseDown, tellDeadLetters, tellFailedJobs } from "./notify/operator-notices.ts";
import { systemClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/database.ts";
import type { Env } from "./platform/env.ts";
import { newId } from "./platform/ids.ts";
import { logEvent } from "./platform/log-event.ts";
import { measuredEnv } from "./platform/measured-store.ts";
import { rotateVault } from "./platform/rotate-vault.ts";
import { inSpan } from "./platform/span.ts";
import { openEngineWork } from "./run/engine-port.ts";
import { openBackfillSource } from "./services/backfill/backfill-source.ts";
import { spreadPlatformSwitch } from "./services/trading/platform-switch.ts";

export interface WorkerParts {
  readonly app: App;
  readonly mail: (env: Env) => MailSender;
}

/** Queues are the platform account's: in a deployment each carries the name of its environment, as `wrangler.toml` has it. */
const OF_ENVIRONMENT = /^apextrade-[a-z]+-/;

/** What the platform calls: requests, queue messages, the clock of each minute. */
export function workerOf({ app, mail }: WorkerParts): ExportedHandler<Env> {
  return {
    fetch: (request, env, ctx) => app.fetch(request, measuredEnv(env), ctx),
    async queue(batch, given) {
      const env = measuredEnv(given);
      const now = systemClock;
      const queue = batch.queue.replace(OF_ENVIRONMENT, "");
      const dead = /^(.+)-dead$/.exec(queue)?.[1];
      if (dead !== undefined) await tellDeadLetters(env, dead, batch);
      const notices = noticesOf(env);
      if (queue === "runs-dead") await consumeDeadRuns(batch, { env, now });
      else if (queue === "exports-dead") await consumeDeadExports(batch, { env, now });
      else if (queue === "notices") await consumeNotices(batch, notices);
      else if (queue === "notices-dead") await consumeDeadNotices(batch, notices);
      else if (queue === "backfills") await consumeBackfills(batch, backfillWorker(env));
      else if (queue === "exports") await consumeExports(batch, { env, now, newToken: () => newId("lse") });
      else await consumeRuns(batch, { env, now, open: openEngineWork });
    },
    async scheduled(controller, given) {
      const env = measuredEnv(given);
      const nowMs = controller.scheduledTime;
      const failed = await eachOnItsOwn([
        ["platform-switch", () => spreadPlatformSwitch(env, systemClock)],
        ["watch-bots", () => watchBots(env, nowMs)],
        ["watch-runs", () => watchRuns(env, nowMs)],
        ["watch-backfills", () => watchBackfills(env, nowMs)],
        ["refresh-instruments", () => refreshInstruments({ env, now: systemClock })],
        ["watch-exports", () => watchExports(env, nowMs)],
        ["sweep-imports", () => sweepImports(env, nowMs)],
        ["drain-mail", () => drainMail(env, { sender: mail(env), nowMs: systemClock() })],
        ["drain-audit", () => drainAudit(env)],
        ["drain-notices", () => drainNotices(noticesOf(env))],
        ["anchor-audit", () => anchorAudit(env, nowMs)],
        ["rotate-vault", () => rotateVault(env, nowMs)],
        ["nightly", () => runNightly(env, nowMs)],
        ["backup", () => backupObject(env).keepGoing()],
        ["forget-sockets", () => forgetOldSockets(env, nowMs)],
        ["measure", () => measureDeployment(env, systemClock())],
      ]);
      await tellFailedJobs(env, failed, nowMs);
      // It asks nothing but the database.
      if (failed.includes("measure")) await tellDatabaseDown(env, nowMs);
      if (failed.length > 0) throw new Error(`cron jobs failed: ${failed.join(", ")}`);
    },
  };
}

function noticesOf(env: Env): RouteContext {
  return { env, database: openDatabase(env.DB), now: systemClock, post: postTo(env) };
}

function backfillWorker(env: Env): BackfillWorker {
  const now = systemClock;
  return { env, now, newToken: () => newId("lse"), open: (owned, row) => openBackfillSource({ env, now, owned }, row) };
}

/** One job's failure must not keep the others from their minute. Answers which failed. */
async function eachOnItsOwn(jobs: readonly (readonly [string, () => Promise<unknown>])[]): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, job] of jobs) {
    try {
      await inSpan(name, {}, job);
      count("cron_tasks_total", { task: name, outcome: "done" });
    } catch (error) {
      failed.push(name);
      count("cron_tasks_total", { task: name, outcome: "failed" });
      logEvent("cron_job_failed", { job: name, error });
    }
  }
  return failed;
}
