import { z } from "zod";
import type { RaisedNotice } from "../notify/raised-notice.ts";

/** Notices that one message may bring: some 128 KB is what the platform lets one hold. */
export const NOTICES_A_MESSAGE_MAX = 20;

/** What the queue of notices carries, as far as it is read at once: notices are read one by one. */
export const NoticeEnvelope = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("raised"), notices: z.array(z.unknown()).min(1).max(NOTICES_A_MESSAGE_MAX) }),
  z.object({ kind: z.literal("again"), deliveryIds: z.array(z.string()).min(1).max(50) }),
]);
export type NoticeEnvelope = z.infer<typeof NoticeEnvelope>;

/** What the queue of notices is given: what happened, or deliveries whose time to be tried again has come. */
export type NoticeMessage =
  | { readonly kind: "raised"; readonly notices: readonly RaisedNotice[] }
  | Extract<NoticeEnvelope, { kind: "again" }>;
