import { hexOf, hmacSha256 } from "./digest.ts";

/** Names that are kept, some 200 bytes each: a thousand bots of one runtime find their accounts and prices with each candle. */
const NAMES_KEPT = 5_000;
const names = new Map<string, string>();

/**
 * Name of the object that holds one thing of one owner: HMAC-SHA-256 of kind and id under the owner's id. The same id
 * asked for on behalf of another owner is another object, which is empty.
 */
export async function objectName(thing: { kind: string; ownerId: string; id: string }): Promise<string> {
  if (thing.ownerId === "" || thing.id === "") throw new Error("an object needs an owner and an id");
  const text = `${thing.kind}:${thing.id}`;
  // The length says where one ends and the other begins.
  const whose = `${thing.ownerId.length}:${thing.ownerId}${text}`;
  const known = names.get(whose);
  if (known !== undefined) return known;
  const name = hexOf(await hmacSha256(thing.ownerId, text));
  if (names.size >= NAMES_KEPT) names.clear();
  names.set(whose, name);
  return name;
}
