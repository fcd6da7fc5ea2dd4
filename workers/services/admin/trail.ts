import { inArray, or, sql } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import type { OperatorTrail } from "../../../schema/wire/admin.ts";
import { readAuditEntry } from "../../audit/audit-object.ts";
import { auditObject } from "../../audit/drain-audit.ts";
import { isFormerOperator } from "../identity/former-operators.ts";
import type { ServiceContext } from "../service-context.ts";

/** Operators whose trails are read, those of today first: each is an object of its own that is asked. */
const PEOPLE_MAX = 50;
/** Starts of actions by which operators act on the deployment, and not on what is their own. */
const ACTIONS = ["platform.", "user.", "job.", "object.", "account.bootstrap"];

/**
 * What operators and administrators did to the deployment and to others, from their own trails, the newest first. Entries
 * before `to` (UTC ms), where one is given. Of those who lost the role it is told, too, as long as their account is there.
 */
export async function readOperatorTrail(call: {
  ctx: ServiceContext;
  input: { to?: number | undefined; limit: number };
}): Promise<OperatorTrail> {
  const { ctx, input } = call;
  const { id, name, email } = users;
  const people = await ctx.database
    .select({ id, name, email })
    .from(users)
    .where(or(inArray(users.role, ["operator", "administrator"]), isFormerOperator()))
    .orderBy(sql`${users.role} = 'trader'`, users.id)
    .limit(PEOPLE_MAX);
  const asked = people.flatMap((person) => ACTIONS.map((action) => ({ ownerId: person.id, action })));
  const lists = await Promise.all(
    asked.map(async ({ ownerId, action }) => {
      const object = await auditObject(ctx.env, ownerId);
      const filter = { action, ...(input.to === undefined ? {} : { to: input.to }) };
      const entries = await object.list({ ownerId, filter, limit: input.limit });
      return entries.map((entry) => {
        const { seq, record, hash } = readAuditEntry(entry);
        return { ...record, seq, hash, ownerId };
      });
    }),
  );
  // What was done to another stands in both trails: it is told once, from that of whoever did it.
  const rows = lists
    .flat()
    .filter(({ actor, ownerId }) => actor.userId === ownerId)
    .sort((a, b) => b.at - a.at)
    .slice(0, input.limit);
  const last = rows.at(-1);
  return { rows, people, next: rows.length < input.limit || last === undefined ? null : last.at };
}
