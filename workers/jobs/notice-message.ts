import { z } from "zod";
import { RaisedNotice } from "../notify/raised-notice.ts";

/** Notices that one message may bring: some 128 KB is what the platform lets one hold. */
export const NOTICES_A_MESSAGE_MAX = 20;

/** What the queue of notices carries: what happened, or deliveries whose time to be tried again has come. */
export const NoticeMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("raised"), notices: z.array(RaisedNotice).min(1).max(NOTICES_A_MESSAGE_MAX) }),
  z.object({ kind: z.literal("again"), deliveryIds: z.array(z.string()).min(1).max(50) }),
]);
export type NoticeMessage = z.infer<typeof NoticeMessage>;
