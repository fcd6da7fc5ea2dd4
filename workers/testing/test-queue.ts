import { env } from "cloudflare:workers";
import type { RunMessage } from "../jobs/run-message.ts";
import type { Env } from "../platform/env.ts";

/** The Worker's bindings with a queue that delivers nothing by itself and remembers what was sent. */
export function withTestQueue(): { readonly bindings: Env; readonly sent: RunMessage[] } {
  const sent: RunMessage[] = [];
  const metrics = { backlogCount: 0, backlogBytes: 0 };
  const queue: Queue<RunMessage> = {
    metrics: async () => metrics,
    async send(message) {
      sent.push(message);
      return { metadata: { metrics } };
    },
    async sendBatch(messages) {
      for (const { body } of messages) sent.push(body);
      return { metadata: { metrics } };
    },
  };
  return { bindings: { ...env, RUNS: queue }, sent };
}
