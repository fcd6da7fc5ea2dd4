import type { InboxNotice } from "../../schema/wire/notification.ts";

/**
 * Notices in a row that tell the same kind of thing of the same account and bot, as one: the newest, with how many more there
 * were. What was read does not join what was not. Critical ones join only where every word is the same.
 */
export function foldNotices(rows: readonly InboxNotice[]): readonly InboxNotice[] {
  const folded: InboxNotice[] = [];
  for (const row of rows) {
    const last = folded.at(-1);
    if (last === undefined || !isLike(last, row)) folded.push(row);
    else folded[folded.length - 1] = { ...last, repeats: last.repeats + 1 + row.repeats };
  }
  return folded;
}

function isLike(a: InboxNotice, b: InboxNotice): boolean {
  const isSameKind = a.event === b.event && a.level === b.level && a.accountId === b.accountId && a.botId === b.botId;
  if (!isSameKind || a.read !== b.read) return false;
  return a.level !== "critical" || (a.title === b.title && a.text === b.text);
}
