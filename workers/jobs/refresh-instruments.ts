import { and, asc, eq, inArray, lt } from "drizzle-orm";
import { venueConnections } from "../../schema/tables/connection.ts";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { VenueName } from "../../schema/wire/connection.ts";
import { storedInstrument } from "../brokers/stored-instrument.ts";
import type { VenueClient } from "../brokers/venue-client.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { openConnection } from "../services/connections/connection-client.ts";

/** Rules change seldom, and a list is megabytes at some venues. */
const EVERY_MS = 86_400_000;
/** A venue that did not answer is asked again after so long. */
const AGAIN_MS = 3_600_000;
/** Keys whose venues are asked in one tick; the rest have the next minute. */
const CONNECTIONS_A_TICK = 3;
/** Venues whose lists a key alone opens: a second session at XTS would end that of the account, a terminal has its own. */
const VENUES: readonly VenueName[] = ["BINANCE", "ALPACA", "OANDA"];

export interface InstrumentRefresh {
  readonly env: Env;
  readonly now: Clock;
  /** Opens the client of a connection. */
  readonly open?: (connection: { ownerId: string; id: string }) => Promise<Pick<VenueClient, "instruments">>;
}

/** Asks venues, each key that accounts trade with once a day, what their instruments' rules are now, and tells the accounts. */
export async function refreshInstruments({ env, now, open }: InstrumentRefresh): Promise<void> {
  const database = openDatabase(env.DB);
  const { id, ownerId, instrumentsAt, venue } = venueConnections;
  const due = await database
    .selectDistinct({ id, ownerId, instrumentsAt })
    .from(venueConnections)
    .innerJoin(tradingAccounts, eq(tradingAccounts.connectionId, id))
    .where(and(lt(instrumentsAt, now() - EVERY_MS), inArray(venue, [...VENUES])))
    .orderBy(asc(instrumentsAt))
    .limit(CONNECTIONS_A_TICK);
  for (const connection of due) {
    try {
      const client = await (open ?? opener(env, now, database))(connection);
      await tellAccounts(env, database, connection, await client.instruments());
      await mark(database, connection.id, now());
    } catch (error) {
      logEvent("instruments_not_refreshed", { id: connection.id, error });
      await mark(database, connection.id, now() - EVERY_MS + AGAIN_MS);
    }
  }
}

function opener(env: Env, now: Clock, database: Database): NonNullable<InstrumentRefresh["open"]> {
  return async ({ ownerId, id }) => {
    const owned = ownedDatabase(database, ownerId);
    return openConnection({ env, now, owned }, id);
  };
}

async function tellAccounts(
  env: Env,
  database: Database,
  { id, ownerId }: { readonly id: string; readonly ownerId: string },
  offered: Awaited<ReturnType<VenueClient["instruments"]>>,
): Promise<void> {
  // A list without anything on it says that something is wrong with it, not that all is delisted.
  if (offered.length === 0) throw new Error("a venue must list instruments, listed none");
  const own = and(eq(tradingAccounts.ownerId, ownerId), eq(tradingAccounts.connectionId, id));
  const accounts = await database.select({ id: tradingAccounts.id }).from(tradingAccounts).where(own);
  for (const account of accounts) {
    const object = env.ACCOUNT.getByName(await objectName({ kind: "account", ownerId, id: account.id }));
    const known = new Set((await object.instruments({ ownerId })).map((instrument) => instrument.id));
    await object.renewInstruments({
      ownerId,
      offered: offered.filter((one) => known.has(one.id)).map(storedInstrument),
    });
  }
}

async function mark(database: Database, id: string, instrumentsAt: number): Promise<void> {
  await database.update(venueConnections).set({ instrumentsAt }).where(eq(venueConnections.id, id));
}
