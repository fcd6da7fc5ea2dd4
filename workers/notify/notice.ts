import { z } from "zod";

/** How much it matters: `critical` leaves at once and at any hour. */
export const NOTICE_LEVELS = ["info", "warning", "critical"] as const;

/** What a person is told, whichever way it goes. */
export const Notice = z.object({
  /** The same for every attempt: who receives one twice can tell. */
  id: z.string(),
  /** Noun and verb, such as `bot.halted`. */
  event: z.string(),
  level: z.enum(NOTICE_LEVELS),
  /** UTC ms. */
  at: z.number().int(),
  title: z.string().max(200),
  text: z.string().max(2_000),
  /** What it is about, for programs; ids and decimals as text. */
  subject: z.record(z.string(), z.string()),
  /** Page that shows more; undefined where there is none. */
  link: z.string().optional(),
});
export type Notice = z.infer<typeof Notice>;

/** What became of an attempt. One that `may be tried again` failed for a reason that may pass. */
export type Delivery =
  | { readonly outcome: "sent" }
  | { readonly outcome: "refused"; readonly reason: string }
  | { readonly outcome: "again"; readonly reason: string; readonly afterMs?: number };

/** One way to a person. It never throws and never shows what the other side answered. */
export interface NoticeSender {
  send(notice: Notice): Promise<Delivery>;
}
