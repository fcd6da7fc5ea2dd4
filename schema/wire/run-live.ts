import { z } from "zod";
import { RunState } from "./backtest.ts";
import { liveServerMessage } from "./live.ts";

/** What the channel of a run says, `/api/v1/backtests/{id}/live`: see the live protocol. */
export const RunServerMessage = liveServerMessage(RunState);
export type RunServerMessage = z.infer<typeof RunServerMessage>;

/** What a watcher of a run may say besides what every channel understands. */
export const RunClientMessage = z.strictObject({ type: z.literal("cancel") });
export type RunClientMessage = z.infer<typeof RunClientMessage>;
