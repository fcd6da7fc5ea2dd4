import type {
  VenueInstrumentPage,
  VenueInstrumentQuery,
  VenueInstrumentRow,
} from "../../../schema/wire/venue-instrument.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import type { ServiceContext } from "../service-context.ts";
import { answeredByVenue } from "./answered-by-venue.ts";
import { openConnection } from "./connection-client.ts";
import { findConnection } from "./connections.ts";

/** A list is megabytes at some venues, and asked for with each letter that is typed: it is kept for so long, of so many. */
const KEPT_MS = 60_000;
const LISTS_KEPT_MAX = 8;

const lists = new Map<string, { readonly until: number; readonly rows: readonly VenueInstrument[] }>();

/** What the venue of a connection trades and matches a search, by name. Throws 404, 409 and 503. */
export async function listVenueInstruments(call: {
  ctx: ServiceContext;
  input: VenueInstrumentQuery & { readonly id: string };
}): Promise<VenueInstrumentPage> {
  const { ctx, input } = call;
  const all = await venueInstruments(ctx, input.id);
  const words = input.search.toUpperCase();
  const matching = all
    .filter(({ id, base, quote }) => `${id} ${base}/${quote} ${base}${quote}`.toUpperCase().includes(words))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  return { rows: matching.slice(0, input.limit).map(rowOf), found: matching.length };
}

/** Everything that the venue of a connection trades. Throws 404, 409 where it refuses the key, 503 where it is silent. */
export async function venueInstruments(ctx: ServiceContext, connectionId: string): Promise<readonly VenueInstrument[]> {
  // Whose connection it is comes first: what is kept is the same for whoever owns it.
  const { id } = await findConnection(ctx, connectionId);
  const kept = lists.get(id);
  if (kept !== undefined && kept.until > ctx.now()) return kept.rows;
  const client = await openConnection(ctx, id);
  const rows = await answeredByVenue(() => client.instruments());
  if (lists.size >= LISTS_KEPT_MAX) lists.clear();
  lists.set(id, { until: ctx.now() + KEPT_MS, rows });
  return rows;
}

function rowOf(instrument: VenueInstrument): VenueInstrumentRow {
  const { id, kind, base, quote, tick, lot, quantityMin, notionalMin, status } = instrument;
  return { id, kind, base, quote, tick, lot, quantityMin, notionalMin, status };
}
