import { LateClient } from "../brokers/late-client.ts";
import { LiveBroker } from "../brokers/live-broker.ts";
import { openVenueClient, type VenueDeps, venueShape } from "../brokers/registry.ts";
import { SqlJournal } from "../brokers/sql-journal.ts";
import type { StoredInstrument } from "../brokers/stored-instrument.ts";
import { venueKeys } from "../brokers/venue-keys.ts";
import { venueFeed } from "../feed/live/market-feed.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { AccountRecord, VenueAccountMarket } from "./account-record.ts";
import type { AccountVenue } from "./account-venue.ts";

interface LiveVenueParts {
  readonly env: Env;
  readonly storage: DurableObjectStorage;
  readonly now: Clock;
  /** What the object of the connection gives to the venue's client. */
  readonly deps: Pick<VenueDeps, "bridge" | "xtsHolder">;
}

/**
 * A real venue of an account: its protocol with the account's key, and the journal in the account's storage. Keys are read
 * with the first call, so that an account opens also while nothing else can be reached.
 */
export function liveVenue(
  { env, storage, now, deps }: LiveVenueParts,
  record: AccountRecord,
  { connectionId, venue }: VenueAccountMarket,
): AccountVenue {
  const { ownerId, account, instruments } = record;
  const client = new LateClient(venueShape(venue), async () =>
    openVenueClient({ env, now, ...deps }, await venueKeys({ env, kv: storage.kv }, { ownerId, connectionId })),
  );
  const broker = new LiveBroker({
    ...{ client, now, currency: account.currency, instruments: () => instruments },
    journal: new SqlJournal(storage),
    wait: (delayMs) => scheduler.wait(delayMs),
  });
  const marketsOf = () =>
    Promise.all(
      instruments.map(
        async ({ id }) => (await venueFeed(env, { ownerId, accountId: account.id, instrument: id })).object,
      ),
    );
  return {
    broker,
    live: broker,
    renewKeys: () => client.forget(),
    async begin() {
      const name = await objectName({ kind: "account", ownerId, id: account.id });
      const markets = await marketsOf();
      await Promise.all(
        markets.map((market, at) => {
          const instrument = instruments[at] as StoredInstrument;
          return market.begin({ ownerId, connectionId, account: name, instrument });
        }),
      );
    },
    // A venue keeps one book for the account: whose share is what is the desk's.
    openBook: async () => undefined,
    async end() {
      for (const market of await marketsOf()) await market.destroy(ownerId);
    },
  };
}
