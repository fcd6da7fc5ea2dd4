import { createApp } from "./api/app.ts";
import { consumeDeadRuns, consumeRuns } from "./jobs/consume-runs.ts";
import { sweepImports } from "./jobs/sweep-imports.ts";
import { watchRuns } from "./jobs/watch-runs.ts";
import { systemClock } from "./platform/clock.ts";
import type { Env } from "./platform/env.ts";
import { openEngineWork } from "./run/engine-port.ts";
import { STRATEGY_CATALOGUE } from "./run/strategy-port.ts";

export { ThrottleObject } from "./auth/throttle-object.ts";
export { RunObject } from "./run/run-object.ts";

const app = createApp({ now: systemClock, strategies: STRATEGY_CATALOGUE });

export default {
  fetch: app.fetch,
  async queue(batch, env) {
    if (batch.queue === "runs-dead") await consumeDeadRuns(batch, { env, now: systemClock });
    else await consumeRuns(batch, { env, now: systemClock, open: openEngineWork });
  },
  async scheduled(controller, env) {
    await watchRuns(env, controller.scheduledTime);
    await sweepImports(env, controller.scheduledTime);
  },
} satisfies ExportedHandler<Env>;
