import { Hono } from "hono";
import { RestoreCalls } from "./backup/restore-calls.ts";
import { equalTexts } from "./platform/digest.ts";
import type { Env } from "./platform/env.ts";

export { AccountObject } from "./account/account-object.ts";
export { AuditObject } from "./audit/audit-object.ts";
export { ThrottleObject } from "./auth/throttle-object.ts";
export { BackupCheckObject } from "./backup/backup-check-object.ts";
export { BackupObject } from "./backup/backup-object.ts";
export { BotObject } from "./bot/bot-object.ts";
export { PaperVenueObject } from "./brokers/paper/paper-object.ts";
export { SidecarObject } from "./brokers/sidecar-object.ts";
export { ConnectionObject } from "./connection/connection-object.ts";
export { FeedObject } from "./feed/live/feed-object.ts";
export { ReplayObject } from "./feed/live/replay-object.ts";
export { VenueMarketObject } from "./feed/live/venue-market-object.ts";
export { HubObject } from "./live/hub-object.ts";
export { RelayObject } from "./live/relay-object.ts";
export { MetricsObject } from "./metrics/metrics-object.ts";
export { NoticeObject } from "./notify/notice-object.ts";
export { RunObject } from "./run/run-object.ts";

/** The token that `npm run restore` shows, at least 32 characters. */
type RestoreEnv = Env & { readonly RESTORE_TOKEN?: string };

const TOKEN_CHARACTERS_MIN = 32;

/**
 * The Worker of a restore: it fills a new, empty deployment from backups and serves nothing else. It has neither cron nor
 * queues, so that nothing begins before all of it was looked at; afterwards the Worker proper is deployed in its place.
 */
const app = new Hono<{ Bindings: RestoreEnv }>()
  .get("/health/live", (c) => c.text("ok"))
  .use("/restore/*", async (c, next) => {
    const token = c.env.RESTORE_TOKEN ?? "";
    const shown = c.req.header("Authorization") ?? "";
    if (token.length < TOKEN_CHARACTERS_MIN || !equalTexts(shown, `Bearer ${token}`)) return c.text("no", 401);
    return next();
  })
  .post("/restore/unit", async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    await new RestoreCalls(c.env).unit({ bytes, first: c.req.query("first") === "true" });
    return c.body(null, 204);
  })
  .post("/restore/owner-key", async (c) => {
    await new RestoreCalls(c.env).ownerKey(new Uint8Array(await c.req.arrayBuffer()));
    return c.body(null, 204);
  })
  .post("/restore/:verb", async (c) =>
    c.json((await new RestoreCalls(c.env).verb(c.req.param("verb"), await c.req.json())) ?? null),
  )
  .onError((error, c) => c.text(error.message, 500));

export default { fetch: app.fetch } satisfies ExportedHandler<RestoreEnv>;
