import type { Context } from "hono";
import { z } from "zod";
import { showsProgramToken } from "../auth/program-token.ts";
import { meter } from "../metrics/meter.ts";
import { type CounterName, type GaugeName, METRICS, specOf } from "../metrics/metric-catalogue.ts";
import { unauthorized } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";

/** Where a local server takes faults, for the rehearsal of alerts; a deployment has no such route. */
export const FAULTS_PATH = "/dev/faults";
const DELAY_MS_MAX = 20_000;

/**
 * `fail` is an error that nobody caught and `slow` a request that takes long, both as real as any; `count` and `gauge` only
 * say that something happened, where making it happen takes days or somebody else's failure.
 */
const Fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fail") }),
  z.strictObject({ kind: z.literal("slow"), delayMs: z.number().int().min(0).max(DELAY_MS_MAX) }),
  z.strictObject({
    ...{ kind: z.literal("count"), name: z.string(), labels: z.record(z.string(), z.string()) },
    by: z.number().int().min(1).max(1_000),
  }),
  z.strictObject({
    ...{ kind: z.literal("gauge"), name: z.string(), labels: z.record(z.string(), z.string()) },
    /** Null takes the value back. */
    value: z.number().nullable(),
  }),
]);

/** Takes one fault, from whoever knows the token of this machine's metrics. */
export async function takeLocalFault(c: Context<ApiEnv>): Promise<Response> {
  if (!(await showsProgramToken(c.env, "METRICS_TOKEN", c.req.raw)))
    throw unauthorized("Show the token of the metrics.");
  const fault = Fault.parse(await c.req.json());
  const at = c.get("now")();
  switch (fault.kind) {
    case "fail":
      throw new Error("a rehearsed failure");
    case "slow":
      await scheduler.wait(fault.delayMs);
      break;
    case "count":
      if (specOf(fault.name)?.type !== "counter") return c.json({ known: Object.keys(METRICS) }, 422);
      meter.count(fault.name as CounterName, fault.labels as never, fault.by);
      break;
    case "gauge": {
      if (specOf(fault.name)?.type !== "gauge") return c.json({ known: Object.keys(METRICS) }, 422);
      const told = { value: fault.value ?? undefined, source: "rehearsal", at };
      meter.gauge(fault.name as GaugeName, fault.labels as never, told);
      break;
    }
  }
  return c.json({ done: true });
}
