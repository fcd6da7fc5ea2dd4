import type { User } from "../../../schema/wire/session.ts";
import type { UserRow } from "../../auth/session.ts";

/** A user as the API shows them to themselves. */
export function userOf({ id, email, name, role }: UserRow): User {
  return { id, email, name, role };
}
