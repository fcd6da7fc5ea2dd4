import { and, eq } from "drizzle-orm";
import { accounts } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { type Env, secretOf } from "../platform/env.ts";
import { hashPassword, isOutdated } from "./password-hash.ts";

/** Hashes a password again at today's cost where its stored hash is cheaper: only a login ever sees the password. */
export async function renewHash(env: Env, input: { userId: string; password: string }): Promise<void> {
  const database = openDatabase(env.DB);
  const ofUser = and(eq(accounts.userId, input.userId), eq(accounts.providerId, "credential"));
  const [account] = await database.select({ hash: accounts.password }).from(accounts).where(ofUser);
  if (account?.hash === undefined || account.hash === null || !isOutdated(account.hash)) return;
  const password = await hashPassword(input.password, secretOf(env, "PASSWORD_PEPPER"));
  await database
    .update(accounts)
    .set({ password })
    .where(and(ofUser, eq(accounts.password, account.hash)));
}
