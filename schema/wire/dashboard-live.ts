import { z } from "zod";
import { DashboardState } from "./bot.ts";
import { liveServerMessage } from "./live.ts";
import { KillResult, KillSwitch } from "./trading.ts";

/** What the channel of a dashboard says, `/api/v1/dashboard/live`, besides `killed`: see the live protocol. */
export const DashboardServerMessage = liveServerMessage(DashboardState);
export type DashboardServerMessage = z.infer<typeof DashboardServerMessage>;

/** What a watcher of a dashboard may say besides what every channel understands: the kill switch. */
export const DashboardClientMessage = KillSwitch.extend({
  type: z.literal("kill"),
  /** Stands again in the answer, so that a late one is not taken for that to a later question. */
  id: z.string().max(60).optional(),
});
export type DashboardClientMessage = z.infer<typeof DashboardClientMessage>;

/** The answer to `kill`. It has no number and is not acknowledged. */
export const KilledMessage = KillResult.extend({
  type: z.literal("killed"),
  id: z.string().optional(),
});
export type KilledMessage = z.infer<typeof KilledMessage>;
