import { hexOf, hmacSha256 } from "./digest.ts";

/**
 * Name of the object that holds one thing of one owner: HMAC-SHA-256 of kind and id under the owner's id. The same id
 * asked for on behalf of another owner is another object, which is empty.
 */
export async function objectName(thing: { kind: string; ownerId: string; id: string }): Promise<string> {
  if (thing.ownerId === "" || thing.id === "") throw new Error("an object needs an owner and an id");
  return hexOf(await hmacSha256(thing.ownerId, `${thing.kind}:${thing.id}`));
}
