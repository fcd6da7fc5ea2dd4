import type { VenueCredentials, VenueName } from "../../schema/wire/connection.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { ALPACA_CAPABILITIES } from "./alpaca/capabilities.ts";
import { openAlpaca } from "./alpaca/open-alpaca.ts";
import { legName, versionName as replacedAlpaca } from "./alpaca/order-body.ts";
import { BINANCE_CAPABILITIES } from "./binance/capabilities.ts";
import { BINANCE_HOSTS } from "./binance/environment.ts";
import { openBinance } from "./binance/open-binance.ts";
import { replacedId as replacedBinance } from "./binance/replace.ts";
import type { VenueShape } from "./late-client.ts";
import type { MarketData } from "./market-data.ts";
import { OANDA_CAPABILITIES } from "./oanda/capabilities.ts";
import { openOanda } from "./oanda/open-oanda.ts";
import { VenueRefusal } from "./request/venue-reply.ts";
import type { VenueClient } from "./venue-client.ts";
import { socketOrigin, venueOrigin } from "./venue-origin.ts";

/** What a venue's client is opened with, besides its keys. */
export interface VenueDeps {
  readonly env: Env;
  readonly now: Clock;
}

type CredentialsOf<V extends VenueName> = Extract<VenueCredentials, { readonly venue: V }>;

/** A venue as the product knows it. `shape` needs no keys; venues without orders have no client. */
export interface VenueEntry<V extends VenueName> {
  readonly shape: VenueShape | undefined;
  client(deps: VenueDeps, credentials: CredentialsOf<V>): VenueClient;
  data(deps: VenueDeps, credentials: CredentialsOf<V>): MarketData;
}

/** The platform's own; called by name, since it must not be called as a method of another. */
function sendOut(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

const BINANCE: VenueEntry<"BINANCE"> = {
  shape: { venue: "BINANCE", capabilities: BINANCE_CAPABILITIES, replacedAs: replacedBinance },
  client: (deps, credentials) => binanceOf(deps, credentials).client,
  data: (deps, credentials) => binanceOf(deps, credentials).market,
};

const ALPACA: VenueEntry<"ALPACA"> = {
  shape: {
    venue: "ALPACA",
    capabilities: ALPACA_CAPABILITIES,
    replacedAs: replacedAlpaca,
    legSentAs: (leg, parent) => legName(parent, leg),
  },
  client: (deps, credentials) => alpacaOf(deps, credentials).client,
  data: (deps, credentials) => alpacaOf(deps, credentials).market,
};

const OANDA: VenueEntry<"OANDA"> = {
  shape: { venue: "OANDA", capabilities: OANDA_CAPABILITIES },
  client: (deps, credentials) => oandaOf(deps, credentials).client,
  data: (deps, credentials) => oandaOf(deps, credentials).market,
};

const VENUES: { readonly [V in VenueName]?: VenueEntry<V> } = { BINANCE, ALPACA, OANDA };

function binanceOf({ env, now }: VenueDeps, credentials: CredentialsOf<"BINANCE">) {
  const { environment, keyKind, apiKey, secret } = credentials;
  const origin = venueOrigin(env, credentials);
  const hosts = origin && {
    rest: origin,
    data: origin,
    socket: `${socketOrigin(origin)}/ws-api/v3`,
    marketStream: `${socketOrigin(origin)}/stream`,
    hasWallet: BINANCE_HOSTS[environment].hasWallet,
  };
  const key = { kind: keyKind, apiKey, secret };
  return openBinance({ fetch: sendOut, now, environment, key, ...(hosts ? { hosts } : {}) });
}

function alpacaOf({ env, now }: VenueDeps, credentials: CredentialsOf<"ALPACA">) {
  const { environment, apiKey: keyId, secret } = credentials;
  const origin = venueOrigin(env, credentials);
  const sockets = origin && socketOrigin(origin);
  const hosts = origin &&
    sockets && {
      trading: origin,
      data: origin,
      stream: `${sockets}/stream`,
      dataStreams: { iex: `${sockets}/v2/iex`, sip: `${sockets}/v2/sip`, crypto: `${sockets}/v1beta3/crypto/us` },
    };
  return openAlpaca({ fetch: sendOut, now, environment, key: { keyId, secret }, ...(hosts ? { hosts } : {}) });
}

function oandaOf({ env, now }: VenueDeps, credentials: CredentialsOf<"OANDA">) {
  const { environment, token, accountId } = credentials;
  const origin = venueOrigin(env, credentials);
  const hosts = origin && { rest: origin, stream: origin };
  return openOanda({ fetch: sendOut, now, environment, key: { token, accountId }, ...(hosts ? { hosts } : {}) });
}

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
