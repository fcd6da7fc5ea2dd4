import { and, count, desc, eq, gt, isNotNull, isNull, like, lt, or, sql } from "drizzle-orm";
import { deploymentFacts, passkeys, sessions, totpSecrets, users } from "../../../schema/tables/identity.ts";
import { erasures } from "../../../schema/tables/privacy.ts";
import type { AdminUser, ChangeUser } from "../../../schema/wire/account.ts";
import { type AuditEvent, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { anotherAdministrator } from "../../auth/another-administrator.ts";
import { takeFactor } from "../../auth/attempts.ts";
import { closeSocketsOf } from "../../auth/open-sockets.ts";
import { endSessionsOf, renewSession } from "../../auth/session.ts";
import { equalTexts, sha256Hex } from "../../platform/digest.ts";
import { conflict, forbidden, notFound } from "../../platform/problem-error.ts";
import { prepareFormerOperator } from "./former-operators.ts";
import { auditFor, type PersonContext } from "./identity-context.ts";
import { cookieOf, requireRankOf, requireSession } from "./session.ts";

const FIRST_ADMINISTRATOR = "first-administrator";
const BOOTSTRAP_CHARACTERS_MIN = 32;

/**
 * Makes the person the deployment's first administrator, by the secret it was deployed with. Works once in the life of
 * a deployment. Throws 403 for a wrong secret, where none was set, and ever after. Returns the session's new cookie.
 */
export async function bootstrapAdministrator(call: {
  ctx: PersonContext;
  input: { secret: string };
}): Promise<{ cookie: string }> {
  const { ctx, input } = call;
  const { env, database, principal } = ctx;
  const { user } = principal;
  const session = requireSession(ctx);
  const nowMs = ctx.now();
  const attempt = await takeFactor(env, { userId: `bootstrap:${user.id}`, device: undefined, nowMs });
  const refused = forbidden(
    "bootstrap",
    "The secret is wrong, none is set, or this deployment has had its first administrator.",
  );
  const secret = env.BOOTSTRAP_SECRET ?? "";
  const right = equalTexts(await sha256Hex(input.secret), await sha256Hex(secret));
  if (secret.length < BOOTSTRAP_CHARACTERS_MIN || !right) throw refused;
  const fact = { name: FIRST_ADMINISTRATOR, value: user.id, createdAt: nowMs };
  // One batch: a secret that was spent without an administrator coming of it would lock the deployment for ever.
  const [stored] = await database.batch([
    database.insert(deploymentFacts).values(fact).onConflictDoNothing(),
    prepareAuditOfChange(auditFor(ctx, user.id), {
      action: "account.bootstrap",
      before: { role: user.role },
      after: { role: "administrator" },
    }),
    database
      .update(users)
      .set({ role: "administrator", updatedAt: nowMs })
      .where(and(eq(users.id, user.id), sql`changes() > 0`)),
  ]);
  if (stored.meta.changes === 0) throw refused;
  await attempt.succeeded();
  return { cookie: cookieOf(ctx, await renewSession(env, session, { nowMs })) };
}

/** Users by the start of their address or their name, the newest first. */
export async function listUsers(call: {
  ctx: PersonContext;
  input: { search: string; cursor: string | undefined; limit: number };
}): Promise<{ rows: AdminUser[]; next: string | null }> {
  const { ctx, input } = call;
  const before = input.cursor === undefined ? undefined : cursorOf(input.cursor);
  const found =
    input.search === ""
      ? undefined
      : or(like(users.email, `${plain(input.search)}%`), like(users.name, `%${plain(input.search)}%`));
  const older =
    before === undefined
      ? undefined
      : or(lt(users.createdAt, before.at), and(eq(users.createdAt, before.at), lt(users.id, before.id)));
  const rows = await ctx.database
    .select()
    .from(users)
    .where(and(found, older))
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(input.limit + 1);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    rows: await Promise.all(shown.map(async (row) => adminUser(ctx, row))),
    next: rows.length > input.limit && last !== undefined ? `${last.createdAt}.${last.id}` : null,
  };
}

/**
 * Changes the role of a user, or closes or opens their account. Both end the user's sessions. Throws 404, and 409 where
 * no administrator would be left or the erasure of the account has begun: half of it is gone, it must stay closed.
 */
export async function changeUser(call: {
  ctx: PersonContext;
  input: { id: string; change: ChangeUser };
}): Promise<AdminUser> {
  const { ctx, input } = call;
  const { database } = ctx;
  const nowMs = ctx.now();
  const [user] = await database.select().from(users).where(eq(users.id, input.id)).limit(1);
  if (user === undefined) throw notFound("user");
  const { role = user.role, disabled = user.disabledAt !== null, reason } = input.change;
  const losesOne = user.role === "administrator" && user.disabledAt === null && (role !== "administrator" || disabled);
  // In one statement with the change: two administrators who close each other's account must not both succeed.
  const another = anotherAdministrator(user.id);
  const begun = sql`exists (select 1 from ${erasures} where ${erasures.ownerId} = ${user.id})`;
  const change = { role, disabledAt: disabled ? (user.disabledAt ?? nowMs) : null, updatedAt: nowMs };
  const event = {
    action: "user.change",
    subject: { kind: "user", id: user.id },
    before: { role: user.role, disabled: user.disabledAt !== null },
    after: { role, disabled, reason },
  };
  const [changed] = await database.batch([
    database
      .update(users)
      .set(change)
      .where(and(eq(users.id, user.id), sql`not ${begun}`, losesOne ? another : undefined)),
    ...inBothTrails(ctx, user.id, event),
    // Last, since entries stand right behind the change; of a change that is refused it notes somebody who is read anyhow.
    ...(user.role !== "trader" && role === "trader"
      ? [prepareFormerOperator(database, { userId: user.id, nowMs })]
      : []),
  ]);
  if (changed.meta.changes === 0) {
    const begins = await database
      .select({ hash: erasures.ownerHash })
      .from(erasures)
      .where(eq(erasures.ownerId, user.id));
    throw begins.length > 0
      ? conflict("erasure_begun", "The erasure of this account has begun; nothing in it can be changed any more.")
      : conflict("last_administrator", "A deployment needs an administrator: make another first.");
  }
  await endSessionsOf(ctx.env, { userId: user.id, reason: "changed by an administrator", nowMs });
  // Keys of a closed account work no more, and neither shall what they opened.
  if (disabled) await closeSocketsOf(ctx.env, user.id);
  return adminUser(ctx, { ...user, ...change });
}

/** Ends all sessions of a user. Throws 404, and 403 where the user ranks above who asks. */
export async function endUserSessions(call: { ctx: PersonContext; input: { id: string } }): Promise<{ ended: number }> {
  const { ctx, input } = call;
  const [user] = await ctx.database.select().from(users).where(eq(users.id, input.id)).limit(1);
  if (user === undefined) throw notFound("user");
  requireRankOf(ctx, user);
  const event = { action: "user.end-sessions", subject: { kind: "user", id: user.id } };
  const end = { userId: user.id, reason: "ended by an operator", nowMs: ctx.now() };
  return { ended: await endSessionsOf(ctx.env, end, inBothTrails(ctx, user.id, event)) };
}

/** Statements right behind a change to somebody's account: entries in that person's trail and in the actor's own. */
function inBothTrails(ctx: PersonContext, userId: string, event: AuditEvent) {
  const ids = new Set([userId, ctx.principal.user.id]);
  return Array.from(ids, (id) => prepareAuditOfChange(auditFor(ctx, id), event));
}

async function adminUser(ctx: PersonContext, row: typeof users.$inferSelect): Promise<AdminUser> {
  const { database } = ctx;
  const open = and(
    eq(sessions.userId, row.id),
    isNull(sessions.endedAt),
    gt(sessions.usedAt, ctx.now() - 7 * 86_400_000),
  );
  const inUse = and(eq(totpSecrets.userId, row.id), isNotNull(totpSecrets.confirmedAt));
  const [[opened], totp, keys] = await Promise.all([
    database.select({ count: count() }).from(sessions).where(open),
    database.select({ id: totpSecrets.userId }).from(totpSecrets).where(inUse).limit(1),
    database.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.userId, row.id)).limit(1),
  ]);
  const { id, email, name, role, emailVerified, disabledAt, deletionDueAt, createdAt } = row;
  const secondFactor = totp.length + keys.length > 0;
  return {
    id,
    email,
    name,
    role,
    emailVerified,
    secondFactor,
    disabledAt,
    deletionDueAt,
    sessions: opened?.count ?? 0,
    createdAt,
  };
}

function cursorOf(text: string): { at: number; id: string } | undefined {
  const match = /^(\d{1,15})\.(usr_\w{1,40})$/.exec(text);
  return match === null ? undefined : { at: Number(match[1]), id: match[2] ?? "" };
}

/** Signs that mean something to LIKE are not searched for; D1 bounds a pattern at 50 bytes. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[%_\\]/g, "")
    .slice(0, 40);
}
