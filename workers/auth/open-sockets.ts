import { eq, inArray, lt } from "drizzle-orm";
import { openSockets } from "../../schema/tables/identity.ts";
import type { ByeReason } from "../../schema/wire/live.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { RETENTION } from "../privacy/retention.ts";

// D1 takes 100 parameters a statement.
const IDS_A_STATEMENT = 90;

/** What sockets follow. */
export type SocketKind = (typeof openSockets.$inferSelect)["kind"];

/** Where the objects live that hold sockets of each kind. */
const HOLDERS: Readonly<Record<SocketKind, (env: Env, name: string) => SocketHolder>> = {
  run: (env, name) => env.RUN.getByName(name),
  market: (env, name) => env.FEED.getByName(name),
  relay: (env, name) => env.RELAY.getByName(name),
  replay: (env, name) => env.REPLAY.getByName(name),
  venue: (env, name) => env.MARKET.getByName(name),
  account: (env, name) => env.ACCOUNT.getByName(name),
  bot: (env, name) => env.BOT.getByName(name),
  dashboard: (env, name) => env.HUB.getByName(name),
};

interface SocketHolder {
  hangUp(grantId: string, reason: ByeReason): Promise<void>;
}

/** Remembers that an object holds a socket for a session or a key. */
export async function rememberSocket(
  env: Env,
  socket: { grantId: string; userId: string; kind: SocketKind; objectName: string; nowMs: number },
): Promise<void> {
  const { nowMs, ...row } = socket;
  await openDatabase(env.DB)
    .insert(openSockets)
    .values({ ...row, openedAt: nowMs })
    .onConflictDoUpdate({
      target: [openSockets.grantId, openSockets.kind, openSockets.objectName],
      set: { openedAt: nowMs },
    });
}

/** Hangs up every socket that was opened for these sessions or keys. `reason` is `signed_out` unless it is said. */
export async function closeSockets(
  env: Env,
  input: { grantIds: readonly string[]; reason?: ByeReason },
): Promise<void> {
  const { reason = "signed_out" } = input;
  const database = openDatabase(env.DB);
  for (let from = 0; from < input.grantIds.length; from += IDS_A_STATEMENT) {
    const ids = input.grantIds.slice(from, from + IDS_A_STATEMENT);
    const mine = inArray(openSockets.grantId, ids);
    const rows = await database.select().from(openSockets).where(mine);
    await Promise.all(
      rows.map(({ kind, objectName, grantId }) => HOLDERS[kind](env, objectName).hangUp(grantId, reason)),
    );
    await database.delete(openSockets).where(mine);
  }
}

/** The same for everything that was opened for a user, by sessions and keys. */
export async function closeSocketsOf(env: Env, userId: string): Promise<void> {
  const open = await openDatabase(env.DB)
    .selectDistinct({ grantId: openSockets.grantId })
    .from(openSockets)
    .where(eq(openSockets.userId, userId));
  await closeSockets(env, { grantIds: open.map(({ grantId }) => grantId) });
}

/** Forgets sockets that must have closed long ago. Returns how many. */
export async function forgetOldSockets(env: Env, nowMs: number): Promise<number> {
  const old = lt(openSockets.openedAt, nowMs - RETENTION.openSockets.keptMs);
  return (await openDatabase(env.DB).delete(openSockets).where(old)).meta.changes;
}
