import { and, eq, isNotNull } from "drizzle-orm";
import { passkeys, recoveryCodes, totpSecrets } from "../../../schema/tables/identity.ts";
import type { AddPasskey, Passkey, RecoveryCodes, Security, TotpEnrolment } from "../../../schema/wire/account.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { takeFactor } from "../../auth/attempts.ts";
import { issueOneTimeToken, takeOneTimeToken } from "../../auth/one-time-token.ts";
import { passkeysOf, registrationOptions, verifyRegistration } from "../../auth/passkey.ts";
import { makeRecoveryCodes, prepareForgetCodes, recoveryCodesLeft } from "../../auth/recovery-code.ts";
import { enrolTotp, hasTotp, prepareForgetSeeds, takeTotp, totpInUse } from "../../auth/totp.ts";
import { LETTERS } from "../../mail/letter.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { auditOf, originOf, type PersonContext, prepareLetterTo, prepareOwnAudit } from "./identity-context.ts";

// People have a handful of devices; a list without end would make each sign-in's options long.
const PASSKEYS_MAX = 20;

/** The second factors of the person. */
export async function readSecurity(call: { ctx: PersonContext }): Promise<Security> {
  const { env, database, principal } = call.ctx;
  const { id } = principal.user;
  const inUse = and(eq(totpSecrets.userId, id), isNotNull(totpSecrets.confirmedAt));
  const [totp] = await database.select().from(totpSecrets).where(inUse).limit(1);
  const keys = await passkeysOf(env, id);
  return {
    totp: totp === undefined ? null : { since: totp.confirmedAt ?? totp.createdAt },
    recoveryCodesLeft: await recoveryCodesLeft(env, id),
    passkeys: keys.map(passkeyOf),
  };
}

/** Starts setting up an authenticator app. Throws 409 where one is in use. */
export async function startTotp(call: { ctx: PersonContext }): Promise<TotpEnrolment> {
  const { ctx } = call;
  const { user } = ctx.principal;
  if (await hasTotp(ctx.env, user.id)) throw totpInUse();
  return enrolTotp(ctx.env, user, ctx.now());
}

/** Takes the first code of the app, which is then in use; answers new recovery codes. Throws 422 for a wrong code. */
export async function confirmTotp(call: { ctx: PersonContext; input: { code: string } }): Promise<RecoveryCodes> {
  const { ctx, input } = call;
  const { user } = ctx.principal;
  const attempt = await takeFactor(ctx.env, { userId: user.id, device: undefined, nowMs: ctx.now() });
  const shown = { userId: user.id, code: input.code, nowMs: ctx.now(), when: "set-up" as const };
  if (!(await takeTotp(ctx.env, shown))) throw invalid("code", "must be the one that the app shows now");
  await attempt.succeeded();
  const { codes, statements } = await makeRecoveryCodes(ctx.env, { userId: user.id, nowMs: ctx.now() });
  await ctx.database.batch([
    ...statements,
    prepareOwnAudit(ctx, { action: "factor.add", after: { kind: "totp" } }),
    ...(await prepareLetterTo(ctx, user, LETTERS.secondFactorAdded("An authenticator app"))),
  ]);
  return { codes };
}

/** Removes the authenticator app, and the recovery codes where no passkey is left. Throws 404. */
export async function removeTotp(call: { ctx: PersonContext }): Promise<void> {
  const { ctx } = call;
  const { user } = ctx.principal;
  if (!(await hasTotp(ctx.env, user.id))) throw notFound("authenticator app");
  const keys = await passkeysOf(ctx.env, user.id);
  await ctx.database.batch([
    ctx.database.delete(totpSecrets).where(eq(totpSecrets.userId, user.id)),
    prepareForgetSeeds(ctx.database, user.id),
    ...(keys.length === 0 ? [prepareForgetCodes(ctx.database, user.id)] : []),
    prepareOwnAudit(ctx, { action: "factor.remove", before: { kind: "totp" } }),
    ...(await prepareLetterTo(ctx, user, LETTERS.secondFactorRemoved("The authenticator app"))),
  ]);
}

/** New recovery codes in place of all earlier ones. */
export async function renewRecoveryCodes(call: { ctx: PersonContext }): Promise<RecoveryCodes> {
  const { ctx } = call;
  const { user } = ctx.principal;
  const { codes, statements } = await makeRecoveryCodes(ctx.env, { userId: user.id, nowMs: ctx.now() });
  await ctx.database.batch([...statements, prepareOwnAudit(ctx, { action: "factor.renew-recovery-codes" })]);
  return { codes };
}

export async function passkeyRegistrationOptions(call: { ctx: PersonContext }) {
  const { ctx } = call;
  const { user } = ctx.principal;
  const options = await registrationOptions(ctx.env, { origin: originOf(ctx) }, user);
  const payload = { challenge: options.challenge };
  const token = await issueOneTimeToken(ctx.database, {
    kind: "passkey-registration",
    userId: user.id,
    payload,
    nowMs: ctx.now(),
  });
  return { token, options: { ...options } };
}

/** Stores a passkey. Answers recovery codes with the first factor. Throws 422 where the browser's answer does not hold. */
export async function addPasskey(call: {
  ctx: PersonContext;
  input: AddPasskey;
}): Promise<{ passkey: Passkey; codes: string[] | null }> {
  const { ctx, input } = call;
  const { user } = ctx.principal;
  const nowMs = ctx.now();
  const known = await passkeysOf(ctx.env, user.id);
  if (known.length >= PASSKEYS_MAX) throw conflict("too_many", `An account has at most ${PASSKEYS_MAX} passkeys.`);
  const taken = await takeOneTimeToken(ctx.database, { kind: "passkey-registration", token: input.token, nowMs });
  const challenge = taken?.userId === user.id ? (JSON.parse(taken.payload) as { challenge: string }).challenge : "";
  const row =
    challenge === ""
      ? undefined
      : await verifyRegistration({ origin: originOf(ctx) }, { userId: user.id, challenge, nowMs, ...input });
  if (row === undefined) throw invalid("response", "must answer the options of this page within five minutes");
  const first = (await recoveryCodesLeft(ctx.env, user.id)) === 0;
  const made = first ? await makeRecoveryCodes(ctx.env, { userId: user.id, nowMs }) : undefined;
  await ctx.database.batch([
    ctx.database.insert(passkeys).values(row),
    ...(made?.statements ?? []),
    prepareOwnAudit(ctx, { action: "factor.add", after: { kind: "passkey", name: row.name } }),
    ...(await prepareLetterTo(ctx, user, LETTERS.secondFactorAdded(`The passkey “${row.name}”`))),
  ]);
  return { passkey: passkeyOf(row), codes: made?.codes ?? null };
}

/** Removes a passkey, and the recovery codes where no factor is left. Throws 404. */
export async function removePasskey(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const { user, grantId } = ctx.principal;
  const known = await passkeysOf(ctx.env, user.id);
  const row = known.find((entry) => entry.id === input.id);
  if (row === undefined) throw notFound("passkey");
  const last = known.length === 1 && !(await hasTotp(ctx.env, user.id));
  const before = { kind: "passkey", name: row.name };
  await ctx.database.batch([
    ctx.database.delete(passkeys).where(and(eq(passkeys.id, row.id), eq(passkeys.userId, user.id))),
    prepareAuditOfChange(auditOf(ctx, user.id, grantId), { action: "factor.remove", before }),
    ...(last ? [ctx.database.delete(recoveryCodes).where(eq(recoveryCodes.userId, user.id))] : []),
    ...(await prepareLetterTo(ctx, user, LETTERS.secondFactorRemoved(`The passkey “${row.name}”`))),
  ]);
}

function passkeyOf({ id, name, createdAt, lastUsedAt }: Passkey): Passkey {
  return { id, name, createdAt, lastUsedAt };
}
