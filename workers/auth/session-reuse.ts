import type { AuditPlace } from "../../schema/wire/audit-record.ts";
import { auditContext, prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { LETTERS } from "../mail/letter.ts";
import { prepareLetter } from "../mail/mail-outbox.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { endSession, type SignedIn } from "./session.ts";

/** Ends a session of which an old token was shown again, and tells its owner, in the trail and by letter, once. */
export async function endReusedSession(
  env: Env,
  reuse: SignedIn & { readonly place: AuditPlace; readonly nowMs: number },
): Promise<void> {
  const { session, user, place, nowMs } = reuse;
  const { id: ownerId } = user;
  const database = openDatabase(env.DB);
  const actor = { type: "anonymous" as const, userId: "", grantId: "" };
  const trail = auditContext({ database, place, now: () => nowMs }, { ownerId, actor });
  const event = { action: "session.reuse", subject: { kind: "session", id: session.id } };
  const letter = { userId: ownerId, to: user.email, letter: LETTERS.sessionReuse(), ofChange: true };
  await endSession(env, {
    id: session.id,
    reason: "reuse",
    nowMs,
    along: [prepareAuditOfChange(trail, event), ...(await prepareLetter({ env, database, nowMs }, letter))],
  });
}
