import { and, desc, eq, isNull } from "drizzle-orm";
import { apiKeys } from "../../../schema/tables/identity.ts";
import type { ApiKey, CreateApiKey, NewApiKey } from "../../../schema/wire/account.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { isAddressOrNetwork } from "../../auth/address-list.ts";
import { type ApiKeyRow, newApiKey } from "../../auth/api-key.ts";
import { closeSockets } from "../../auth/open-sockets.ts";
import { LETTERS } from "../../mail/letter.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalidIssues, notFound } from "../../platform/problem-error.ts";
import { auditOf, type PersonContext, prepareLetterTo, prepareOwnAudit } from "./identity-context.ts";

// A key for each program; more are keys that nobody remembers.
const KEYS_MAX = 25;
const DAY_MS = 86_400_000;

/** The person's keys that work or have expired, the newest first. */
export async function listApiKeys(call: { ctx: PersonContext }): Promise<ApiKey[]> {
  const { ctx } = call;
  const rows = await ctx.database
    .select()
    .from(apiKeys)
    .where(keysOf(ctx))
    .orderBy(desc(apiKeys.createdAt))
    .limit(KEYS_MAX);
  return rows.map(apiKeyOf);
}

/** Makes a key. Its text is in this answer and nowhere else. Throws 409 beyond the limit, 422 for a bad address. */
export async function createApiKey(call: { ctx: PersonContext; input: CreateApiKey }): Promise<NewApiKey> {
  const { ctx, input } = call;
  const { user } = ctx.principal;
  const issues = (input.allowedAddresses ?? []).flatMap((value, index) => {
    const field = `allowedAddresses.${index}`;
    return isAddressOrNetwork(value)
      ? []
      : [{ field, rule: "must be an address or a network such as 203.0.113.0/24", value }];
  });
  if (issues.length > 0) throw invalidIssues(issues);
  const known = await ctx.database.select({ id: apiKeys.id }).from(apiKeys).where(keysOf(ctx)).limit(KEYS_MAX);
  if (known.length >= KEYS_MAX) throw conflict("too_many", `An account has at most ${KEYS_MAX} API keys.`);
  const nowMs = ctx.now();
  const { key, start, hash } = await newApiKey();
  const row: ApiKeyRow = {
    id: newId("key"),
    ownerId: user.id,
    name: input.name,
    start,
    hash,
    scopes: [...new Set(input.scopes)],
    allowedAddresses: input.allowedAddresses,
    createdAt: nowMs,
    expiresAt: input.days === null ? null : nowMs + input.days * DAY_MS,
    lastUsedAt: null,
    lastUsedAddress: null,
    revokedAt: null,
  };
  const { name, scopes, allowedAddresses, expiresAt } = row;
  await ctx.database.batch([
    ctx.database.insert(apiKeys).values(row),
    prepareOwnAudit(ctx, {
      action: "api-key.create",
      subject: { kind: "api-key", id: row.id },
      after: { name, scopes, allowedAddresses, expiresAt },
    }),
    ...(await prepareLetterTo(ctx, user, LETTERS.apiKeyCreated(name))),
  ]);
  return { ...apiKeyOf(row), secret: key };
}

/** Makes a key worthless at once, with its sockets. Throws 404. */
export async function revokeApiKey(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const mine = and(keysOf(ctx), eq(apiKeys.id, input.id));
  const [row] = await ctx.database.select().from(apiKeys).where(mine).limit(1);
  if (row === undefined) throw notFound("API key");
  await ctx.database.batch([
    ctx.database.update(apiKeys).set({ revokedAt: ctx.now() }).where(mine),
    prepareAuditOfChange(auditOf(ctx, ctx.principal.user.id, ctx.principal.grantId), {
      action: "api-key.revoke",
      subject: { kind: "api-key", id: row.id },
      before: { name: row.name },
    }),
  ]);
  await closeSockets(ctx.env, { grantIds: [row.id] });
}

function keysOf(ctx: PersonContext) {
  return and(eq(apiKeys.ownerId, ctx.principal.user.id), isNull(apiKeys.revokedAt));
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  const { id, name, start, scopes, allowedAddresses, createdAt, expiresAt, lastUsedAt, lastUsedAddress } = row;
  return { id, name, start, scopes, allowedAddresses, createdAt, expiresAt, lastUsedAt, lastUsedAddress };
}
