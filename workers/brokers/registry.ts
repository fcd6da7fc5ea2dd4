import type { VenueCredentials, VenueName } from "../../schema/wire/connection.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { ALPACA_CAPABILITIES } from "./alpaca/capabilities.ts";
import { legName, versionName as replacedAlpaca } from "./alpaca/order-body.ts";
import { BINANCE_CAPABILITIES } from "./binance/capabilities.ts";
import { replacedId as replacedBinance } from "./binance/replace.ts";
import {
  alpacaOf,
  binanceOf,
  type CredentialsOf,
  oandaOf,
  publicBinanceOf,
  twelveDataOf,
  xtsOf,
} from "./keyed-venues.ts";
import type { VenueShape } from "./late-client.ts";
import type { MarketData } from "./market-data.ts";
import { MT5_CAPABILITIES } from "./mt5/capabilities.ts";
import type { BridgeLine } from "./mt5/client.ts";
import { openMt5 } from "./mt5/open-mt5.ts";
import { OANDA_CAPABILITIES } from "./oanda/capabilities.ts";
import { VenueRefusal } from "./request/venue-reply.ts";
import type { VenueAccountFacts, VenueClient } from "./venue-client.ts";
import { XTS_CAPABILITIES } from "./xts/capabilities.ts";
import type { XtsParts } from "./xts/open-xts.ts";

/** What a venue's client is opened with, besides its keys. */
export interface VenueDeps {
  readonly env: Env;
  readonly now: Clock;
  /** The way to a terminal, which dials in: it is the connection's object that holds it. */
  readonly bridge?: BridgeLine;
  /** Who logs in to XTS for all that a connection is used by; a session of its own where it is left out. */
  readonly xtsHolder?: XtsParts["holder"];
}

/** A venue as the product knows it. `shape` needs no keys; venues without orders have no client. */
export interface VenueEntry<V extends VenueName> {
  readonly shape: VenueShape | undefined;
  client(deps: VenueDeps, credentials: CredentialsOf<V>): VenueClient;
  data(deps: VenueDeps, credentials: CredentialsOf<V>): MarketData;
  /** What a key can do where there is no client that could say so. */
  facts?(deps: VenueDeps, credentials: CredentialsOf<V>): Promise<VenueAccountFacts>;
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

const XTS: VenueEntry<"XTS"> = {
  shape: { venue: "XTS", capabilities: XTS_CAPABILITIES },
  client: (deps, credentials) => xtsOf(deps, credentials).client,
  data: (deps, credentials) => xtsOf(deps, credentials).market,
};

const MT5: VenueEntry<"MT5"> = {
  shape: { venue: "MT5", capabilities: MT5_CAPABILITIES },
  client: (deps) => mt5Of(deps).client,
  data: (deps) => mt5Of(deps).market,
};

const TWELVEDATA: VenueEntry<"TWELVEDATA"> = {
  shape: undefined,
  client: () => {
    throw new VenueRefusal("NO_ORDERS", "Twelve Data has prices and takes no orders");
  },
  data: (deps, credentials) => twelveDataOf(deps, credentials).market,
  facts: (deps, credentials) => twelveDataOf(deps, credentials).client.facts(),
};

const VENUES: { readonly [V in VenueName]?: VenueEntry<V> } = { BINANCE, ALPACA, OANDA, XTS, MT5, TWELVEDATA };

function mt5Of({ bridge, now }: VenueDeps) {
  if (bridge === undefined) {
    throw new VenueRefusal("NO_BRIDGE", "a terminal is asked over the connection that it dials, and in no other way");
  }
  return openMt5({ line: bridge, now });
}

function entryOf(venue: VenueName): VenueEntry<VenueName> {
  const entry = VENUES[venue];
  if (entry === undefined) throw new VenueRefusal("NOT_OFFERED", `${venue} is not offered by this deployment`);
  return entry as unknown as VenueEntry<VenueName>;
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

/** What a venue says of a key. Throws `VenueRefusal` where the venue is not offered, and what asking throws. */
export async function venueFacts(deps: VenueDeps, credentials: VenueCredentials): Promise<VenueAccountFacts> {
  const entry = entryOf(credentials.venue);
  return entry.facts === undefined ? entry.client(deps, credentials).facts() : entry.facts(deps, credentials);
}

/** Whether orders can be sent to a venue. */
export function takesOrders(venue: VenueName): boolean {
  return VENUES[venue]?.shape !== undefined;
}

/** Market data of a venue by the keys. Throws `VenueRefusal` where the venue is not offered. */
export function openMarketData(deps: VenueDeps, credentials: VenueCredentials): MarketData {
  return entryOf(credentials.venue).data(deps, credentials);
}

/** Market data of Binance that needs no key. */
export function openPublicData(deps: VenueDeps): MarketData {
  return publicBinanceOf(deps).market;
}
