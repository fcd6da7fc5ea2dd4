import type { MiddlewareHandler } from "hono";
import { drainAudit } from "../audit/drain-audit.ts";
import { drainMail } from "../mail/mail-outbox.ts";
import type { MailSender } from "../mail/mail-sender.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { ApiEnv } from "./api-types.ts";
import { isHookPath } from "./trusted-change.ts";

/** Replies to requests that were not understood or found nothing: they leave nothing to send. */
const NOTHING_LEFT: ReadonlySet<number> = new Set([400, 404, 405, 413, 415, 422]);

/**
 * Starts what a change left in the outboxes once it was answered. Cron does the same each minute, so that nothing waits
 * for ever where this was cut short.
 */
export function drainOutboxes(mail: (env: Env) => MailSender): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next();
    if (c.req.method === "GET" || c.req.method === "HEAD" || c.req.method === "OPTIONS") return;
    if (NOTHING_LEFT.has(c.res.status)) return;
    // A signal is written down in its bot alone, and comes in bursts.
    if (isHookPath(c.req.path)) return;
    c.executionCtx.waitUntil(
      drainAudit(c.env).catch((error: unknown) => {
        logEvent("audit_drain_failed", { error });
      }),
    );
    c.executionCtx.waitUntil(
      drainMail(c.env, { sender: mail(c.env), nowMs: c.get("now")() }).catch((error: unknown) => {
        logEvent("mail_drain_failed", { error });
      }),
    );
  };
}
