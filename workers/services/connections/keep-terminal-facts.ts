import { eq } from "drizzle-orm";
import { venueConnections } from "../../../schema/tables/connection.ts";
import type { ConnectionOf } from "../../connection/connection-port.ts";
import type { Clock } from "../../platform/clock.ts";
import { openDatabase } from "../../platform/database.ts";
import type { Env } from "../../platform/env.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { askVenue } from "./ask-venue.ts";
import { depsOf, openCredentials } from "./connection-client.ts";
import { terminalAnswer } from "./terminal-answer.ts";

/**
 * Keeps what a terminal that has just dialled says of its account: it is the first moment at which anything is known of it,
 * and nobody else is there to ask. One that does not answer keeps what was known.
 */
export async function keepTerminalFacts(
  { env, now }: { readonly env: Env; readonly now: Clock },
  { ownerId, connectionId }: ConnectionOf,
): Promise<void> {
  const owned = ownedDatabase(openDatabase(env.DB), ownerId);
  const ctx = { env, now, owned };
  const row = await owned.find(venueConnections, eq(venueConnections.id, connectionId));
  if (row === undefined) return;
  const told = await askVenue(depsOf(ctx, connectionId), await openCredentials(ctx, connectionId));
  const answer = terminalAnswer(row, told);
  if (answer.state === "waiting") return;
  const { state, problem, facts } = answer;
  await owned.update(
    venueConnections,
    { state, problem, facts, checkedAt: now() },
    eq(venueConnections.id, connectionId),
  );
}
