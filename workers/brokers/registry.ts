import type { VenueCredentials, VenueName } from "../../schema/wire/connection.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import type { MarketData } from "./market-data.ts";
import { VenueRefusal } from "./request/venue-reply.ts";
import type { VenueClient } from "./venue-client.ts";

/** What a venue's client is opened with, besides its keys. */
export interface VenueDeps {
  readonly env: Env;
  readonly now: Clock;
}

type CredentialsOf<V extends VenueName> = Extract<VenueCredentials, { readonly venue: V }>;

/** A venue as the product knows it. `shape` needs no keys; venues without orders have no client. */
export interface VenueEntry<V extends VenueName> {
  readonly shape: Pick<VenueClient, "venue" | "capabilities" | "replacedAs"> | undefined;
  client(deps: VenueDeps, credentials: CredentialsOf<V>): VenueClient;
  data(deps: VenueDeps, credentials: CredentialsOf<V>): MarketData;
}

const VENUES: { readonly [V in VenueName]?: VenueEntry<V> } = {};

function entryOf(venue: VenueName): VenueEntry<VenueName> {
  const entry = VENUES[venue];
  if (entry === undefined) throw new VenueRefusal("NOT_OFFERED", `${venue} is not offered by this deployment`);
  return entry as unknown as VenueEntry<VenueName>;
}

/** Whether orders and prices of a venue are offered. */
export function isOffered(venue: VenueName): boolean {
  return VENUES[venue] !== undefined;
}

/** What a venue can do, known without keys. Throws `VenueRefusal` for a venue that takes no orders. */
export function venueShape(venue: VenueName): NonNullable<VenueEntry<VenueName>["shape"]> {
  const { shape } = entryOf(venue);
  if (shape === undefined) throw new VenueRefusal("NO_ORDERS", `${venue} has prices and takes no orders`);
  return shape;
}

/** A client that speaks with a venue by the keys. Throws `VenueRefusal` where the venue is not offered. */
export function openVenueClient(deps: VenueDeps, credentials: VenueCredentials): VenueClient {
  return entryOf(credentials.venue).client(deps, credentials);
}

/** Market data of a venue by the keys. Throws `VenueRefusal` where the venue is not offered. */
export function openMarketData(deps: VenueDeps, credentials: VenueCredentials): MarketData {
  return entryOf(credentials.venue).data(deps, credentials);
}
