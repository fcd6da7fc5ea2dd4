import { env } from "cloudflare:workers";
import { apiKeys } from "../../schema/tables/identity.ts";
import { type ApiScope, newApiKey } from "../auth/api-key.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { START_MS } from "./test-client.ts";

/** A key of a program that belongs to a user; answers its text. */
export async function newKeyOf(ownerId: string, scopes: ApiScope[]): Promise<string> {
  const { key, start, hash } = await newApiKey();
  await openDatabase(env.DB)
    .insert(apiKeys)
    .values({ id: newId("key"), ownerId, name: "bot", start, hash, scopes, createdAt: START_MS });
  return key;
}
