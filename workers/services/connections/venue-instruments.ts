import type {
  VenueInstrumentPage,
  VenueInstrumentQuery,
  VenueInstrumentRow,
} from "../../../schema/wire/venue-instrument.ts";
import { takesOrders } from "../../brokers/registry.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import type { ServiceContext } from "../service-context.ts";
import { answeredByVenue } from "./answered-by-venue.ts";
import { openConnection, openConnectionData } from "./connection-client.ts";
import { findConnection } from "./connections.ts";

/** A list is megabytes at some venues, and asked for with each letter that is typed: it is kept for so long, of so many. */
const KEPT_MS = 60_000;
const LISTS_KEPT_MAX = 8;
/** Where each list costs half a minute of a plan's credits, and nothing on it is ordered by. */
const PRICES_KEPT_MS = 3_600_000;

const lists = new Map<string, { readonly until: number; readonly rows: readonly VenueInstrument[] }>();

/** What the venue of a connection trades and matches a search, by name. Throws 404, 409 and 503. */
export async function listVenueInstruments(call: {
  ctx: ServiceContext;
  input: VenueInstrumentQuery & { readonly id: string };
}): Promise<VenueInstrumentPage> {
  const { ctx, input } = call;
  return instrumentPage(await venueInstruments(ctx, input.id), input);
}

/** Those of a list that match a search, by name. */
export function instrumentPage(
  all: readonly VenueInstrument[],
  { search, limit }: VenueInstrumentQuery,
): VenueInstrumentPage {
  const words = search.toUpperCase();
  const matching = all
    .filter(({ id, base, quote }) => `${id} ${base}/${quote} ${base}${quote}`.toUpperCase().includes(words))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  return { rows: matching.slice(0, limit).map(rowOf), found: matching.length };
}

/** Everything that the venue of a connection trades. Throws 404, 409 where it refuses the key, 503 where it is silent. */
export async function venueInstruments(ctx: ServiceContext, connectionId: string): Promise<readonly VenueInstrument[]> {
  // Whose connection it is comes first: what is kept is the same for whoever owns it.
  const { id, venue } = await findConnection(ctx, connectionId);
  if (takesOrders(venue)) {
    return keptInstruments(ctx, id, async () => (await openConnection(ctx, id)).instruments());
  }
  const ask = async () => (await openConnectionData(ctx, id)).instruments();
  return keptInstruments(ctx, id, ask, PRICES_KEPT_MS);
}

/** The list of a source as it was asked for a moment ago, or as it is now. Throws 409 and 503. */
export async function keptInstruments(
  { now }: Pick<ServiceContext, "now">,
  id: string,
  ask: () => Promise<readonly VenueInstrument[]>,
  keptMs = KEPT_MS,
): Promise<readonly VenueInstrument[]> {
  const kept = lists.get(id);
  if (kept !== undefined && kept.until > now()) return kept.rows;
  const rows = await answeredByVenue(ask);
  if (lists.size >= LISTS_KEPT_MAX) lists.clear();
  lists.set(id, { until: now() + keptMs, rows });
  return rows;
}

function rowOf(instrument: VenueInstrument): VenueInstrumentRow {
  const { id, kind, base, quote, tick, lot, quantityMin, notionalMin, status } = instrument;
  return { id, kind, base, quote, tick, lot, quantityMin, notionalMin, status };
}
