import { type SQL, sql } from "drizzle-orm";
import { users } from "../../schema/tables/identity.ts";

/**
 * A condition: an administrator besides this user is there, whose account is open and stays. For the statement of the
 * change itself, so that two who leave at the same moment do not both succeed.
 */
export function anotherAdministrator(userId: string): SQL {
  return sql`exists (select 1 from ${users} as other where other.role = 'administrator' and other.disabled_at is null and other.deletion_due_at is null and other.id <> ${userId})`;
}
