import { env, waitUntil } from "cloudflare:workers";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";
import { FLUSH_TIMEOUT_MS, Flusher } from "./flusher.ts";
import { meter } from "./meter.ts";
import { metricsObject } from "./metrics-object-of.ts";

/** From now on what this isolate counts is brought to the aggregator. */
export function startMetrics(): void {
  const flusher = new Flusher({
    meter,
    now: systemClock,
    newId: () => crypto.randomUUID(),
    later: (work) => waitUntil(work()),
    wait: (delayMs) => scheduler.wait(delayMs),
    send: async (batch) => {
      const answer = await within(metricsObject(env as unknown as Env).take(batch), FLUSH_TIMEOUT_MS);
      if (answer === TIME_IS_UP) throw new Error("the metrics did not answer in time");
    },
  });
  meter.listen(() => flusher.arm());
}
