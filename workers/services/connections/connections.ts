import { desc, eq } from "drizzle-orm";
import { venueConnections } from "../../../schema/tables/connection.ts";
import { tradingAccounts } from "../../../schema/tables/trading.ts";
import { vaultSecrets } from "../../../schema/tables/vault.ts";
import {
  CONNECTIONS_MAX,
  type Connection,
  type CreateConnection,
  isLiveMoney,
  type RenameConnection,
  type RotateConnection,
  VenueCredentials,
} from "../../../schema/wire/connection.ts";
import { prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { secretId } from "../../brokers/venue-keys.ts";
import { newId } from "../../platform/ids.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { openSecret, prepareSecret } from "../../platform/vault.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject } from "../trading/account-object-of.ts";
import { askVenue, type VenueAnswer } from "./ask-venue.ts";
import { requireNoWithdrawal } from "./withdrawal-gate.ts";

export type ConnectionRow = typeof venueConnections.$inferSelect;

/** The person's keys of venues, the newest first. */
export async function listConnections({ ctx }: { ctx: ServiceContext }): Promise<Connection[]> {
  const rows = await ctx.owned.list(venueConnections, {
    orderBy: [desc(venueConnections.createdAt)],
    limit: CONNECTIONS_MAX,
  });
  return Promise.all(rows.map((row) => connectionOf(ctx, row)));
}

export async function getConnection(call: { ctx: ServiceContext; input: { id: string } }): Promise<Connection> {
  return connectionOf(call.ctx, await findConnection(call.ctx, call.input.id));
}

/**
 * Keeps a key that its venue has answered for. Throws 422 where the venue refuses it, where it could move money out, or
 * where the venue does not say and its owner has not made sure; 503 where the venue does not answer; 409 beyond the most.
 */
export async function createConnection(call: { ctx: ServiceContext; input: CreateConnection }): Promise<Connection> {
  const { ctx, input } = call;
  if ((await ctx.owned.count(venueConnections)) >= CONNECTIONS_MAX) {
    throw conflict("too_many", `A person may keep at most ${CONNECTIONS_MAX} keys of venues. Remove one first.`);
  }
  const { credentials, label } = input;
  const answer = requireWorking(await askVenue(ctx, credentials));
  requireNoWithdrawal(answer.facts, input);
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
  const answer = await askVenue(ctx, await openCredentials(ctx, row.id));
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
  const answer = requireWorking(await askVenue(ctx, credentials));
  requireNoWithdrawal(answer.facts, { withdrawalChecked: true });
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
  const after = await connectionOf(ctx, { ...row, ...change });
  for (const { id } of after.accounts) await renewKeys(ctx, id);
  return after;
}

/** An account that does not hear of it now finds out when the venue refuses the old keys. */
async function renewKeys(ctx: ServiceContext, accountId: string): Promise<void> {
  try {
    await (await accountObject(ctx, accountId)).object.renewKeys({ ownerId: ctx.ownerId });
  } catch (error) {
    logEvent("keys_not_renewed", { id: accountId, error });
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
}

/** Throws 404. */
export async function findConnection(ctx: Pick<ServiceContext, "owned">, id: string): Promise<ConnectionRow> {
  const row = await ctx.owned.find(venueConnections, eq(venueConnections.id, id));
  if (row === undefined) throw notFound("connection");
  return row;
}

/** The keys of a connection in the clear: for the one call that uses them. */
export async function openCredentials(
  ctx: Pick<ServiceContext, "env" | "owned">,
  id: string,
): Promise<VenueCredentials> {
  return VenueCredentials.parse(JSON.parse(await openSecret(ctx, secretId(id))));
}

async function secretOf(ctx: ServiceContext, id: string, credentials: VenueCredentials) {
  const { env, owned } = ctx;
  const secret = JSON.stringify(credentials);
  const kept = { id: secretId(id), field: "credentials", secret, show: "nothing" } as const;
  return (await prepareSecret({ env, owned, nowMs: ctx.now() }, kept)).statements;
}

function requireWorking(answer: VenueAnswer): VenueAnswer {
  if (answer.state === "working") return answer;
  throw answer.refusal;
}

async function connectionOf(ctx: Pick<ServiceContext, "owned">, row: ConnectionRow): Promise<Connection> {
  const accounts = await ctx.owned.list(tradingAccounts, {
    where: eq(tradingAccounts.connectionId, row.id),
    limit: CONNECTIONS_MAX,
  });
  const { ownerId: _, instrumentsAt: __, ...shown } = row;
  return { ...shown, isLive: isLiveMoney(row), accounts: accounts.map(({ id, name }) => ({ id, name })) };
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
