import { inArray } from "drizzle-orm";
import { venueConnections } from "../../../schema/tables/connection.ts";
import type { BackfillSource } from "../../../schema/wire/backfill.ts";
import { CONNECTIONS_MAX, type VenueName } from "../../../schema/wire/connection.ts";
import type { VenueInstrumentPage, VenueInstrumentQuery } from "../../../schema/wire/venue-instrument.ts";
import type { BackfillRow } from "../../backfill/backfill-store.ts";
import { ALPACA_TIMEFRAMES } from "../../brokers/alpaca/candles.ts";
import { PUBLIC_BINANCE } from "../../brokers/keyed-venues.ts";
import type { MarketData } from "../../brokers/market-data.ts";
import { GRANULARITY } from "../../brokers/oanda/candles.ts";
import { openPublicData } from "../../brokers/registry.ts";
import { VenueRefusal } from "../../brokers/request/venue-reply.ts";
import { TWELVEDATA_INTERVALS } from "../../brokers/twelvedata/capabilities.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import { TIMEFRAMES, type Timeframe } from "../../core/candle/timeframe.ts";
import { invalid, ProblemError } from "../../platform/problem-error.ts";
import { VaultError } from "../../platform/vault.ts";
import { openConnectionData } from "../connections/connection-client.ts";
import { findConnection } from "../connections/connections.ts";
import { instrumentPage, keptInstruments, venueInstruments } from "../connections/venue-instruments.ts";
import type { ServiceContext } from "../service-context.ts";

/** What needs no key, under the id that stands for it. */
const PUBLIC_ID = "binance-public";
/**
 * Venues that years of candles can be asked of by a key alone. Prices of XTS need one session for all instruments of an
 * account, and a second one would end it; a terminal is reached by its account.
 */
const KEYED: { readonly [V in VenueName]?: readonly Timeframe[] } = {
  BINANCE: TIMEFRAMES,
  ALPACA: Object.keys(ALPACA_TIMEFRAMES) as Timeframe[],
  OANDA: Object.keys(GRANULARITY) as Timeframe[],
  TWELVEDATA: Object.keys(TWELVEDATA_INTERVALS) as Timeframe[],
};

/** Everything that candles can be brought from: what needs no key first, then the person's keys. */
export async function listBackfillSources({ ctx }: { ctx: ServiceContext }): Promise<BackfillSource[]> {
  const rows = await ctx.owned.list(venueConnections, {
    where: inArray(venueConnections.venue, Object.keys(KEYED) as VenueName[]),
    limit: CONNECTIONS_MAX,
  });
  const keyed = rows.map(({ id, label, venue, environment }) => ({
    ...{ id, label, venue, environment, needsKey: true },
    timeframes: [...(KEYED[venue] ?? [])],
  }));
  return [publicSource(), ...keyed];
}

function publicSource(): BackfillSource {
  const { venue, environment } = PUBLIC_BINANCE;
  const label = "Binance, without a key";
  return { id: PUBLIC_ID, label, venue, environment, needsKey: false, timeframes: [...TIMEFRAMES] };
}

/** One source, for a series of it. Throws 422 where there is none of that id. */
export async function findBackfillSource(ctx: ServiceContext, id: string): Promise<BackfillSource> {
  const source = (await listBackfillSources({ ctx })).find((one) => one.id === id);
  if (source === undefined) throw invalid("sourceId", "must be one of your keys, or a source that needs none", id);
  return source;
}

/** What a source has prices of and matches a search, by name. Throws 404, 409 where it refuses, 503 where it is silent. */
export async function listSourceInstruments(call: {
  ctx: ServiceContext;
  input: VenueInstrumentQuery & { readonly id: string };
}): Promise<VenueInstrumentPage> {
  const { ctx, input } = call;
  return instrumentPage(await sourceInstruments(ctx, input.id), input);
}

/** Everything that a source has prices of. Throws 404, 409 and 503. */
export function sourceInstruments(ctx: ServiceContext, id: string): Promise<readonly VenueInstrument[]> {
  if (id !== PUBLIC_ID) return venueInstruments(ctx, id);
  return keptInstruments(ctx, id, () => openPublicData(ctx).instruments());
}

/** Opens the source of a backfill for a worker. Throws `VenueRefusal` where its key is gone. */
export async function openBackfillSource(
  ctx: Pick<ServiceContext, "env" | "now" | "owned">,
  { sourceId }: Pick<BackfillRow, "sourceId">,
): Promise<MarketData> {
  if (sourceId === PUBLIC_ID) return openPublicData(ctx);
  try {
    await findConnection(ctx, sourceId);
    return openConnectionData(ctx, sourceId);
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof VaultError)) throw error;
    throw new VenueRefusal("NO_KEY", "its key was removed here", { isKey: true });
  }
}
