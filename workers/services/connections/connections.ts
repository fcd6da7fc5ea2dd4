import { desc, eq } from "drizzle-orm";
import { venueConnections } from "../../../schema/tables/connection.ts";
import { vaultSecrets } from "../../../schema/tables/vault.ts";
import {
  CONNECTIONS_MAX,
  type Connection,
  type ConnectionList,
  type CreateConnection,
  type RenameConnection,
  type RotateConnection,
  type VenueCredentials,
} from "../../../schema/wire/connection.ts";
import { prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { secretId } from "../../brokers/venue-keys.ts";
import { connectionObject } from "../../connection/connection-port.ts";
import { newId } from "../../platform/ids.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { prepareSecret } from "../../platform/vault.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject } from "../trading/account-object-of.ts";
import { askVenue, NOTHING_KNOWN, type VenueAnswer } from "./ask-venue.ts";
import { depsOf, openCredentials } from "./connection-client.ts";
import { bridgeOf, type ConnectionRow, connectionOf } from "./connection-view.ts";
import { terminalAnswer } from "./terminal-answer.ts";
import { requireNoWithdrawal } from "./withdrawal-gate.ts";

/** The person's keys of venues, the newest first, and where terminals would dial in. */
export async function listConnections({ ctx }: { ctx: ServiceContext }): Promise<ConnectionList> {
  const rows = await ctx.owned.list(venueConnections, {
    orderBy: [desc(venueConnections.createdAt)],
    limit: CONNECTIONS_MAX,
  });
  return { rows: await Promise.all(rows.map((row) => connectionOf(ctx, row))), bridge: bridgeOf(ctx.env) };
}

export async function getConnection(call: { ctx: ServiceContext; input: { id: string } }): Promise<Connection> {
  return connectionOf(call.ctx, await findConnection(call.ctx, call.input.id));
}

/**
 * Keeps a key that its venue has answered for; that of a terminal, which has to dial first, is kept before. Throws 422 where
 * the venue refuses it, where it could move money out, or where the venue does not say and its owner has not made sure; 503
 * where the venue does not answer; 409 beyond the most, and for an account that is connected already.
 */
export async function createConnection(call: { ctx: ServiceContext; input: CreateConnection }): Promise<Connection> {
  const { ctx, input } = call;
  if ((await ctx.owned.count(venueConnections)) >= CONNECTIONS_MAX) {
    throw conflict("too_many", `A person may keep at most ${CONNECTIONS_MAX} keys of venues. Remove one first.`);
  }
  const { credentials, label } = input;
  const answer = await firstAnswer(ctx, credentials);
  requireNoWithdrawal(answer.facts, input);
  await requireOnlyOne(ctx, credentials, answer.facts.accountNumber);
  const now = ctx.now();
  const row: Omit<ConnectionRow, "ownerId"> = {
    id: newId("con"),
    label,
    venue: credentials.venue,
    environment: credentials.environment,
    ...answer,
    keyEnd: keyEndOf(credentials),
    checkedAt: now,
    createdAt: now,
    rotatedAt: now,
    // Whoever makes an account with it asks then.
    instrumentsAt: now,
  };
  await ctx.owned.batch([
    ...(await secretOf(ctx, row.id, credentials)),
    ctx.owned.prepareInsert(venueConnections, row),
    prepareAudit(trailOf(ctx), { action: "connection.create", subject: subjectOf(row.id), after: trailEntry(row) }),
  ]);
  return connectionOf(ctx, { ...row, ownerId: ctx.ownerId });
}

/** Asks the venue again what it says of a key, and keeps the answer. */
export async function testConnection(call: { ctx: ServiceContext; input: { id: string } }): Promise<Connection> {
  const { ctx, input } = call;
  const row = await findConnection(ctx, input.id);
  const told = await askVenue(depsOf(ctx, row.id), await openCredentials(ctx, row.id));
  const answer = row.venue === "MT5" ? terminalAnswer(row, told) : told;
  // What was known of the account stays where the venue did not answer for it now.
  const next = {
    ...row,
    ...answer,
    facts: answer.state === "working" ? answer.facts : row.facts,
    checkedAt: ctx.now(),
  };
  const { state, problem, facts, checkedAt } = next;
  await ctx.owned.update(venueConnections, { state, problem, facts, checkedAt }, eq(venueConnections.id, row.id));
  return connectionOf(ctx, next);
}

export async function renameConnection(call: {
  ctx: ServiceContext;
  input: RenameConnection & { readonly id: string };
}): Promise<Connection> {
  const { ctx, input } = call;
  const row = await findConnection(ctx, input.id);
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(venueConnections, { label: input.label }, eq(venueConnections.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "connection.rename",
      subject: subjectOf(row.id),
      before: { label: row.label },
      after: { label: input.label },
    }),
  ]);
  return connectionOf(ctx, { ...row, label: input.label });
}

/**
 * Puts new keys of the same account in place of the old ones. Throws as `createConnection`, and 422 for keys of another
 * venue, environment or account: orders would go where nobody expects them.
 */
export async function rotateConnection(call: {
  ctx: ServiceContext;
  input: RotateConnection & { readonly id: string };
}): Promise<Connection> {
  const { ctx, input } = call;
  const row = await findConnection(ctx, input.id);
  const { credentials } = input;
  for (const field of ["venue", "environment"] as const) {
    if (credentials[field] !== row[field]) {
      throw invalid(`credentials.${field}`, `must be that of the connection, ${row[field]}`, credentials[field]);
    }
  }
  const answer = await firstAnswer(ctx, credentials);
  requireNoWithdrawal(answer.facts, input);
  const { accountNumber } = answer.facts;
  if (accountNumber !== row.facts.accountNumber) {
    const rule = `must be of the same account at the venue, ${row.facts.accountNumber}`;
    throw invalid("credentials", rule, accountNumber);
  }
  const now = ctx.now();
  const change = { ...answer, keyEnd: keyEndOf(credentials), checkedAt: now, rotatedAt: now };
  await ctx.owned.batch([
    ...(await secretOf(ctx, row.id, credentials)),
    ctx.owned.prepareUpdate(venueConnections, change, eq(venueConnections.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "connection.rotate",
      subject: subjectOf(row.id),
      before: { keyEnd: row.keyEnd },
      after: { keyEnd: change.keyEnd },
    }),
  ]);
  await renewKeys(row.id, async () => {
    const of = { ownerId: ctx.ownerId, connectionId: row.id };
    if (hasObject(row)) await (await connectionObject(ctx.env, of)).renewKeys(of);
  });
  const after = await connectionOf(ctx, { ...row, ...change });
  for (const { id } of after.accounts) {
    await renewKeys(id, async () => (await accountObject(ctx, id)).object.renewKeys({ ownerId: ctx.ownerId }));
  }
  return after;
}

/** Whoever does not hear of it now finds out when the venue refuses the old keys. */
async function renewKeys(id: string, tell: () => Promise<unknown>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    logEvent("keys_not_renewed", { id, error });
  }
}

/** Forgets a key. Throws 409 while accounts trade with it. */
export async function removeConnection(call: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findConnection(ctx, input.id);
  const { accounts } = await connectionOf(ctx, row);
  if (accounts.length > 0) {
    const names = accounts.map(({ name }) => name).join(", ");
    throw conflict("connection_in_use", `Delete the accounts that trade with this key first: ${names}.`);
  }
  await ctx.owned.batch([
    ctx.owned.prepareRemove(vaultSecrets, eq(vaultSecrets.id, secretId(row.id))),
    ctx.owned.prepareRemove(venueConnections, eq(venueConnections.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "connection.remove",
      subject: subjectOf(row.id),
      before: trailEntry(row),
    }),
  ]);
  if (!hasObject(row)) return;
  try {
    await (await connectionObject(ctx.env, { ownerId: ctx.ownerId, connectionId: row.id })).destroy(ctx.ownerId);
  } catch (error) {
    // It ends itself when it finds that its key is gone.
    logEvent("connection_not_ended", { id: row.id, error });
  }
}

/** Whether there is something of the connection that only one may hold: a session, or the line of a terminal. */
function hasObject({ venue }: Pick<ConnectionRow, "venue">): boolean {
  return venue === "XTS" || venue === "MT5";
}

/** Throws 404. */
export async function findConnection(ctx: Pick<ServiceContext, "owned">, id: string): Promise<ConnectionRow> {
  const row = await ctx.owned.find(venueConnections, eq(venueConnections.id, id));
  if (row === undefined) throw notFound("connection");
  return row;
}

async function secretOf(ctx: ServiceContext, id: string, credentials: VenueCredentials) {
  const { env, owned } = ctx;
  const secret = JSON.stringify(credentials);
  const kept = { id: secretId(id), field: "credentials", secret, show: "nothing" } as const;
  return (await prepareSecret({ env, owned, nowMs: ctx.now() }, kept)).statements;
}

/** What is known of keys before they are kept. Throws as `createConnection`. */
async function firstAnswer({ env, now }: ServiceContext, credentials: VenueCredentials): Promise<VenueAnswer> {
  if (credentials.venue !== "MT5") {
    const answer = await askVenue({ env, now }, credentials);
    if ("refusal" in answer) throw answer.refusal;
    return answer;
  }
  if (bridgeOf(env) === null) {
    throw conflict("no_bridge", "This deployment has no port that MetaTrader terminals could dial.");
  }
  const { login, server } = credentials;
  // A terminal has no call that moves money.
  const facts = { ...NOTHING_KNOWN, accountNumber: `${login} at ${server}`, canWithdraw: false };
  return { state: "waiting", problem: null, facts };
}

/** Two connections of one session or one terminal would throw each other out. */
async function requireOnlyOne(
  ctx: ServiceContext,
  credentials: VenueCredentials,
  accountNumber: string,
): Promise<void> {
  if (!hasObject(credentials)) return;
  const rows = await ctx.owned.list(venueConnections, {
    where: eq(venueConnections.venue, credentials.venue),
    limit: CONNECTIONS_MAX,
  });
  const same = rows.find((row) => row.facts.accountNumber === accountNumber && isSameKey(row, credentials));
  if (same === undefined) return;
  throw conflict("already_connected", `This account is connected already, as ${same.label}: replace its key there.`);
}

/** The same number may be an account's at another broker; there it has other keys, or another server in its name. */
function isSameKey(row: ConnectionRow, credentials: VenueCredentials): boolean {
  return credentials.venue === "MT5" || row.keyEnd === keyEndOf(credentials);
}

/** The end of what identifies the key; of its secret half nothing is shown. */
function keyEndOf(credentials: VenueCredentials): string {
  switch (credentials.venue) {
    case "OANDA":
      return credentials.token.slice(-4);
    case "XTS":
      return credentials.interactiveKey.slice(-4);
    case "MT5":
      return credentials.login.slice(-4);
    default:
      return credentials.apiKey.slice(-4);
  }
}

function subjectOf(id: string) {
  return { kind: "connection", id } as const;
}

function trailEntry({ label, venue, environment, keyEnd, facts }: Omit<ConnectionRow, "ownerId">) {
  const { accountNumber, canTrade, canWithdraw, addressBound } = facts;
  return { label, venue, environment, keyEnd, accountNumber, canTrade, canWithdraw, addressBound };
}
