import { z } from "zod";
import type { AuditRecord } from "../../schema/wire/audit-record.ts";
import type { NoticeEventName } from "../../schema/wire/notice-event.ts";
import { OPERATORS, type RaisedNotice, raised } from "./raised-notice.ts";

/** Entries of a trail that its owner is told of, and in which words. */
const TOLD: Readonly<Record<string, readonly [event: NoticeEventName, title: string]>> = {
  "session.start": ["security.sign-in", "Somebody signed in to your account"],
  "session.reuse": ["security.reuse", "A session was ended for your safety"],
  "account.change-password": ["security.changed", "Your password was changed"],
  "account.reset-password": ["security.changed", "Your password was reset"],
  "account.change-email": ["security.changed", "Your e-mail address was changed"],
  "account.plan-deletion": ["security.changed", "Your account will be erased"],
  "account.keep": ["security.changed", "Your account stays"],
  "factor.add": ["security.changed", "A second factor was added"],
  "factor.remove": ["security.changed", "A second factor was removed"],
  "factor.renew-recovery-codes": ["security.changed", "New recovery codes were made"],
  "api-key.create": ["security.changed", "An API key was made"],
  "connection.create": ["security.changed", "A key of a venue was connected"],
  "connection.rotate": ["security.changed", "A key of a venue was replaced"],
  "connection.remove": ["security.changed", "A key of a venue was removed"],
  "sharing.invite": ["security.changed", "Somebody was invited to look at your account"],
  "sharing.accepted": ["security.changed", "Somebody may look at your account now"],
  "export.request": ["security.changed", "An archive of your data was asked for"],
  "user.change": ["security.changed", "An administrator changed your account"],
  "notice-channel.create": ["security.changed", "A channel for notices was added"],
  "notice-channel.remove": ["security.changed", "A channel for notices was removed"],
};

/** Entries of an administrator's trail that all operators are told of. */
const OF_PLATFORM: Readonly<Record<string, readonly [event: NoticeEventName, title: string]>> = {
  "platform.closing.ask": ["platform.closing", "All positions shall be closed: another administrator has to agree"],
  "platform.closing.confirm": ["platform.closing", "All positions are being closed"],
  "platform.closing.withdraw": ["platform.closing", "The closing of all positions was taken back"],
  "platform.maintenance": ["platform.maintenance", "A maintenance began or ended"],
};

/** What an entry of an owner's trail tells people; undefined for most. Both have the entry's own id. */
export function noticeOfAudit(ownerId: string, record: AuditRecord): RaisedNotice | undefined {
  const { id, at, action, place, after } = record;
  if (action === "platform.trading") {
    const isHalted = typeof after === "object" && after !== null && "state" in after && after.state === "HALTED";
    const title = isHalted ? "All trading of the deployment was stopped" : "Trading of the deployment goes on";
    const level = isHalted ? "critical" : "warning";
    const subject = { administrator: record.actor.userId };
    const text = reasonOf(after);
    return raised({
      id,
      ownerId: OPERATORS,
      event: "platform.trading",
      level,
      at,
      title,
      text,
      subject,
      path: "/admin",
    });
  }
  const platform = OF_PLATFORM[action];
  if (platform !== undefined) {
    const [event, title] = platform;
    const subject = { administrator: record.actor.userId };
    return raised({ id, ownerId: OPERATORS, event, at, title, text: reasonOf(after), subject, path: "/admin" });
  }
  if (action === "backfill.finish") return backfillDone(ownerId, record);
  const told = TOLD[action];
  if (told === undefined) return undefined;
  const [event, title] = told;
  const address = place.address === "unknown" ? "" : place.address;
  const from = address === "" ? "" : ` It came from ${address}.`;
  const why = action === "user.change" ? reasonOf(after) : "";
  return raised({
    ...{ id, ownerId, event, at, title },
    text: `${why === "" ? "" : `“${why}” `}If this was not you, change your password at once and end all other sessions.${from}`,
    subject: { action, ...(address === "" ? {} : { address }) },
    path: "/audit",
  });
}

const Reasoned = z.object({ reason: z.string() });

/** Why an operator did it; empty where nobody said. */
function reasonOf(after: unknown): string {
  return Reasoned.safeParse(after).data?.reason ?? "";
}

const Brought = z.object({ symbol: z.string(), timeframe: z.string(), candles: z.number() });

function backfillDone(ownerId: string, { id, at, after, subject }: AuditRecord): RaisedNotice | undefined {
  const brought = Brought.safeParse(after).data;
  if (brought === undefined) return undefined;
  const { symbol, timeframe, candles } = brought;
  return raised({
    ...{ id, ownerId, event: "backfill.done", at },
    title: `Candles of ${symbol} were brought`,
    text: `${candles.toLocaleString("en-US")} candles of ${timeframe} are a dataset now.`,
    subject: { symbol, timeframe, ...(subject === null ? {} : { datasetId: subject.id }) },
    path: "/data",
    about: subject?.id ?? "",
  });
}
