import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { idempotencyKeys } from "../../schema/tables/idempotency.ts";
import { sha256Hex } from "../platform/digest.ts";
import { conflict } from "../platform/problem-error.ts";
import type { ServiceContext } from "./service-context.ts";

export interface OnceInput<T> {
  readonly ctx: ServiceContext;
  /** Keys of different kinds of things are apart. */
  readonly scope: "backtest" | "strategy" | "account" | "bot" | "backfill" | "signal";
  /** What the client sent as `Idempotency-Key`; undefined makes anew each time. */
  readonly key: string | undefined;
  /** The request: the same key for another one is refused. */
  readonly input: unknown;
  readonly read: (id: string) => Promise<T>;
  /** Makes the thing by a batch that holds `remember(id)`, so that both are stored or neither. */
  readonly make: (remember: (id: string) => readonly BatchItem<"sqlite">[]) => Promise<T>;
}

/** Makes a thing once for a key; the same request again answers what was made before. Throws 409 for another one. */
export async function once<T>(once: OnceInput<T>): Promise<T> {
  const { ctx, scope, key, make } = once;
  if (key === undefined) return make(() => []);
  const requestHash = await sha256Hex(JSON.stringify(once.input));
  const before = await readBefore(once, key, requestHash);
  if (before !== undefined) return before;
  try {
    return await make((resourceId) => [
      ctx.owned.prepareInsert(idempotencyKeys, { scope, key, requestHash, resourceId, createdAt: ctx.now() }),
    ]);
  } catch (cause) {
    // Two requests with one key at the same instant: the store let one of them through.
    const winner = await readBefore(once, key, requestHash);
    if (winner !== undefined) return winner;
    throw cause;
  }
}

async function readBefore<T>(once: OnceInput<T>, key: string, requestHash: string): Promise<T | undefined> {
  const where = and(eq(idempotencyKeys.scope, once.scope), eq(idempotencyKeys.key, key));
  const known = where === undefined ? undefined : await once.ctx.owned.find(idempotencyKeys, where);
  if (known === undefined) return undefined;
  if (known.requestHash !== requestHash) {
    throw conflict("idempotency_key_reused", "Idempotency-Key was used before for another request. Use a new one.");
  }
  return once.read(known.resourceId);
}
