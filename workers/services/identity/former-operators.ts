import { and, eq, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { deploymentFacts, users } from "../../../schema/tables/identity.ts";
import type { Database } from "../../platform/database.ts";

/** Fact that lists the ids of those who operated the deployment once, in JSON. */
const FORMER = "former-operators";

/** A statement that notes whose role is taken, once each: what they did before stays the operators' to read. */
export function prepareFormerOperator(
  database: Database,
  { userId, nowMs }: { readonly userId: string; readonly nowMs: number },
): BatchItem<"sqlite"> {
  const { name, value } = deploymentFacts;
  const more = sql`case when ${isNoted(userId)} then ${value} else json_insert(${value}, '$[#]', ${userId}) end`;
  return database
    .insert(deploymentFacts)
    .values({ name: FORMER, value: JSON.stringify([userId]), createdAt: nowMs })
    .onConflictDoUpdate({ target: name, set: { value: more } });
}

/** A statement that takes a user off the list: for the erasure of the account. Changes nothing where they are not on it. */
export function prepareForgetFormerOperator(database: Database, userId: string): BatchItem<"sqlite"> {
  const { name, value } = deploymentFacts;
  const others = sql`(
    select json_group_array(noted.value) from json_each(${value}) as noted where noted.value <> ${userId}
  )`;
  return database
    .update(deploymentFacts)
    .set({ value: others })
    .where(and(eq(name, FORMER), isNoted(userId)));
}

/** Whether the list names a user, as a condition on its fact. */
function isNoted(userId: string): SQL {
  return sql`exists (select 1 from json_each(${deploymentFacts.value}) as noted where noted.value = ${userId})`;
}

/** Whether a user operated the deployment once, as a condition on users. */
export function isFormerOperator(): SQL {
  return sql`${users.id} in (
    select noted.value from deployment_facts as fact, json_each(fact.value) as noted where fact.name = ${FORMER}
  )`;
}
