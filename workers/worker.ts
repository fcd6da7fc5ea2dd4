import type { App } from "./api/app.ts";
import { anchorAudit } from "./audit/audit-anchor.ts";
import { drainAudit } from "./audit/drain-audit.ts";
import { forgetOldSockets } from "./auth/open-sockets.ts";
import type { BackfillWorker } from "./backfill/work-on-backfill.ts";
import { consumeBackfills } from "./jobs/consume-backfills.ts";
import { consumeDeadExports, consumeExports } from "./jobs/consume-exports.ts";
import { consumeDeadRuns, consumeRuns } from "./jobs/consume-runs.ts";
import { refreshInstruments } from "./jobs/refresh-instruments.ts";
import { runNightly } from "./jobs/run-nightly.ts";
import { sweepImports } from "./jobs/sweep-imports.ts";
import { watchBackfills } from "./jobs/watch-backfills.ts";
import { watchBots } from "./jobs/watch-bots.ts";
import { watchExports } from "./jobs/watch-exports.ts";
import { watchRuns } from "./jobs/watch-runs.ts";
import { drainMail } from "./mail/mail-outbox.ts";
import type { MailSender } from "./mail/mail-sender.ts";
import { systemClock } from "./platform/clock.ts";
import type { Env } from "./platform/env.ts";
import { newId } from "./platform/ids.ts";
import { logEvent } from "./platform/log-event.ts";
import { rotateVault } from "./platform/rotate-vault.ts";
import { openEngineWork } from "./run/engine-port.ts";
import { openBackfillSource } from "./services/backfill/backfill-source.ts";
import { spreadPlatformSwitch } from "./services/trading/platform-switch.ts";

export interface WorkerParts {
  readonly app: App;
  readonly mail: (env: Env) => MailSender;
}

/** What the platform calls: requests, queue messages, the clock of each minute. */
export function workerOf({ app, mail }: WorkerParts): ExportedHandler<Env> {
  return {
    fetch: app.fetch,
    async queue(batch, env) {
      const now = systemClock;
      if (batch.queue === "runs-dead") await consumeDeadRuns(batch, { env, now });
      else if (batch.queue === "exports-dead") await consumeDeadExports(batch, { env, now });
      else if (batch.queue === "backfills") await consumeBackfills(batch, backfillWorker(env));
      else if (batch.queue === "exports") await consumeExports(batch, { env, now, newToken: () => newId("lse") });
      else await consumeRuns(batch, { env, now, open: openEngineWork });
    },
    async scheduled(controller, env) {
      const nowMs = controller.scheduledTime;
      await eachOnItsOwn([
        ["platform-switch", () => spreadPlatformSwitch(env, systemClock)],
        ["watch-bots", () => watchBots(env, nowMs)],
        ["watch-runs", () => watchRuns(env, nowMs)],
        ["watch-backfills", () => watchBackfills(env, nowMs)],
        ["refresh-instruments", () => refreshInstruments({ env, now: systemClock })],
        ["watch-exports", () => watchExports(env, nowMs)],
        ["sweep-imports", () => sweepImports(env, nowMs)],
        ["drain-mail", () => drainMail(env, { sender: mail(env), nowMs: systemClock() })],
        ["drain-audit", () => drainAudit(env)],
        ["anchor-audit", () => anchorAudit(env, nowMs)],
        ["rotate-vault", () => rotateVault(env, nowMs)],
        ["nightly", () => runNightly(env, nowMs)],
        ["forget-sockets", () => forgetOldSockets(env, nowMs)],
      ]);
    },
  };
}

function backfillWorker(env: Env): BackfillWorker {
  const now = systemClock;
  return { env, now, newToken: () => newId("lse"), open: (owned, row) => openBackfillSource({ env, now, owned }, row) };
}

/** One job's failure must not keep the others from their minute; it fails the tick once all have had theirs. */
async function eachOnItsOwn(jobs: readonly (readonly [string, () => Promise<unknown>])[]): Promise<void> {
  const failed: string[] = [];
  for (const [name, job] of jobs) {
    try {
      await job();
    } catch (error) {
      failed.push(name);
      logEvent("cron_job_failed", { job: name, error });
    }
  }
  if (failed.length > 0) throw new Error(`cron jobs failed: ${failed.join(", ")}`);
}
