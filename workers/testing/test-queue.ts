import { env } from "cloudflare:workers";
import type { BackfillMessage } from "../jobs/backfill-message.ts";
import type { ExportMessage } from "../jobs/export-message.ts";
import type { NoticeMessage } from "../jobs/notice-message.ts";
import type { RunMessage } from "../jobs/run-message.ts";
import type { Env } from "../platform/env.ts";

/** The Worker's bindings with queues that deliver nothing by themselves and remember what was sent. */
export function withTestQueue() {
  const sent: RunMessage[] = [];
  const exportsSent: ExportMessage[] = [];
  const backfillsSent: BackfillMessage[] = [];
  const noticesSent: NoticeMessage[] = [];
  const queues = {
    ...{ RUNS: testQueue(sent), EXPORTS: testQueue(exportsSent), BACKFILLS: testQueue(backfillsSent) },
    NOTICES: testQueue(noticesSent),
  };
  const bindings: Env = { ...env, ...queues };
  return { bindings, sent, exportsSent, backfillsSent, noticesSent };
}

function testQueue<T>(sent: T[]): Queue<T> {
  const metrics = { backlogCount: 0, backlogBytes: 0 };
  return {
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
}
