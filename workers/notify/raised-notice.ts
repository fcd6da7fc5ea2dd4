import { z } from "zod";
import { eventSpec } from "../../schema/wire/notice-event.ts";
import { NoticeEvent } from "../../schema/wire/notification.ts";
import { NOTICE_LEVELS } from "./notice.ts";

/** Whose notices are those of the deployment's people. */
export const OPERATORS = "operators";

/** Something that people may be told of, as it leaves where it happened. The id is the same however often it leaves. */
export const RaisedNotice = z.object({
  id: z.string().min(1).max(160),
  ownerId: z.string().min(1),
  event: NoticeEvent,
  level: z.enum(NOTICE_LEVELS),
  /** When it happened, UTC ms. */
  at: z.number().int(),
  title: z.string().max(200),
  text: z.string().max(2_000),
  subject: z.record(z.string(), z.string()),
  path: z.string().max(200),
  accountId: z.string().nullable(),
  botId: z.string().nullable(),
  /** Equal for what says the same of the same; empty for what is told each time. */
  sameAs: z.string().max(400),
});
export type RaisedNotice = z.infer<typeof RaisedNotice>;

export interface NoticeParts extends Pick<RaisedNotice, "id" | "ownerId" | "event" | "at" | "title"> {
  readonly level?: RaisedNotice["level"];
  readonly text?: string;
  readonly subject?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly accountId?: string;
  readonly botId?: string | undefined;
  /** What else, beside event, account and bot, makes two notices say the same: an instrument, a code. */
  readonly about?: string;
}

/** A notice with what its event says of it where the parts do not. */
export function raised(parts: NoticeParts): RaisedNotice {
  const { id, ownerId, event, at, accountId, botId, about = "" } = parts;
  const spec = eventSpec(event);
  const level = parts.level ?? spec.level;
  const title = clipped(parts.title, 200);
  const text = clipped(parts.text ?? "", 2_000);
  // Of two critical ones that differ in a word both are told.
  const says = level === "critical" ? `${title} ${text}` : about;
  const same = [event, level, accountId ?? "", botId ?? "", says].join("|");
  return {
    ...{ id, ownerId, event, level, at, title, text },
    subject: { ...parts.subject },
    path: parts.path ?? "",
    accountId: accountId ?? null,
    botId: botId ?? null,
    sameAs: spec.always === true ? "" : clipped(same, 400),
  };
}

/** A text of at most so many characters; what is cut off shows. */
function clipped(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
}
