import drill, * as classes from "./drill.ts";
import type { Env } from "./platform/env.ts";
import { counted, countedEnv, takeCounts } from "./testing/count-work.ts";

/** The Worker of the drill that counts what its work would cost where it is deployed. Never deployed itself. */
export const AccountObject = counted("AccountObject", classes.AccountObject);
export const AuditObject = counted("AuditObject", classes.AuditObject);
export const BackupCheckObject = counted("BackupCheckObject", classes.BackupCheckObject);
export const BackupObject = counted("BackupObject", classes.BackupObject);
export const BotObject = counted("BotObject", classes.BotObject);
export const ConnectionObject = counted("ConnectionObject", classes.ConnectionObject);
export const FeedObject = counted("FeedObject", classes.FeedObject);
export const HubObject = counted("HubObject", classes.HubObject);
export const MetricsObject = counted("MetricsObject", classes.MetricsObject);
export const NoticeObject = counted("NoticeObject", classes.NoticeObject);
export const PaperVenueObject = counted("PaperVenueObject", classes.PaperVenueObject);
export const RelayObject = counted("RelayObject", classes.RelayObject);
export const ReplayObject = counted("ReplayObject", classes.ReplayObject);
export const RunObject = counted("RunObject", classes.RunObject);
export const SidecarObject = counted("SidecarObject", classes.SidecarObject);
export const VenueMarketObject = counted("VenueMarketObject", classes.VenueMarketObject);
// Of itty-durable, which makes its own way around the constructor.
export { ThrottleObject } from "./drill.ts";

/** `POST /drill/counts` answers what was counted since it was asked last; `POST /drill/minute` is the clock of each minute. */
export default {
  ...drill,
  async fetch(request, given, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/drill/counts") return Response.json(takeCounts());
    const env = countedEnv(given);
    if (pathname !== "/drill/minute") return drill.fetch?.(request, env, ctx) ?? new Response(null, { status: 404 });
    const minute = {
      scheduledTime: Date.now(),
      cron: "* * * * *",
      type: "scheduled",
      noRetry: () => undefined,
    } as const;
    await drill.scheduled?.(minute, env, ctx);
    return new Response(null, { status: 204 });
  },
  queue: (batch, env, ctx) => drill.queue?.(batch, countedEnv(env), ctx),
} satisfies ExportedHandler<Env>;
