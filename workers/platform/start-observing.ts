import { env as bindings, tracing, waitUntil } from "cloudflare:workers";
import { type ErrorSink, NO_SINK } from "../errors/error-sink.ts";
import { readSentryDsn } from "../errors/sentry-dsn.ts";
import { SentrySink } from "../errors/sentry-sink.ts";
import { count } from "../metrics/meter.ts";
import { startMetrics } from "../metrics/start-metrics.ts";
import { systemClock } from "./clock.ts";
import { type Env, VERSION } from "./env.ts";
import { setLog } from "./log-event.ts";
import { setTracer } from "./span.ts";

/**
 * Begins to count, to write the log at the level that is set, to report errors and to trace. Called once, when the Worker is
 * loaded: a setting that is not well written stops the deployment and not a request.
 */
export function startObserving(): void {
  const env = bindings as unknown as Env;
  const sink = errorSinkOf(env);
  startMetrics();
  setLog({
    level: env.LOG_LEVEL,
    listener: (level, line) => {
      if (level !== "warning" && level !== "error") return;
      count("errors_total", { level });
      if (level === "error") sink.report(line);
    },
  });
  setTracer({
    span: (name, attributes, work) =>
      tracing.startActiveSpan(name, (span) => {
        span.setAttributes(attributes);
        return work();
      }),
  });
}

function errorSinkOf({ SENTRY_DSN = "", DEPLOYMENT = "" }: Env): ErrorSink {
  if (SENTRY_DSN === "") return NO_SINK;
  return new SentrySink({
    ...{ dsn: readSentryDsn(SENTRY_DSN), release: VERSION, deployment: DEPLOYMENT === "" ? "unnamed" : DEPLOYMENT },
    ...{ now: systemClock, newId: () => crypto.randomUUID().replaceAll("-", "") },
    fetch: (url, init) => fetch(url, init),
    later: (work) => waitUntil(work()),
    onOutcome: (outcome) => count("error_reports_total", { outcome }),
  });
}
