import { type VenueCredentials, type VenueName, XTS_BROKERS } from "../../schema/wire/connection.ts";
import type { Clock } from "../platform/clock.ts";
import { ALPACA_WINDOWS } from "./alpaca/limits.ts";
import { openAlpaca } from "./alpaca/open-alpaca.ts";
import { BINANCE_HOSTS } from "./binance/environment.ts";
import { BINANCE_WINDOWS } from "./binance/limits.ts";
import { openBinance } from "./binance/open-binance.ts";
import { OANDA_WINDOWS } from "./oanda/limits.ts";
import { openOanda } from "./oanda/open-oanda.ts";
import { sharedBudget } from "./request/shared-budget.ts";
import { VenueRefusal } from "./request/venue-reply.ts";
import { TWELVEDATA_WINDOWS } from "./twelvedata/limits.ts";
import { openTwelveData } from "./twelvedata/open-twelvedata.ts";
import { socketOrigin, type VenueOrigins, venueOrigin } from "./venue-origin.ts";
import type { StreamScript } from "./venue-stream.ts";
import { type OpenXts, openXts, type XtsParts } from "./xts/open-xts.ts";

/** What venues that are asked over the network are opened with, in a Worker as in a sidecar. */
export interface KeyedDeps {
  readonly env: VenueOrigins;
  readonly now: Clock;
  /** Who logs in to XTS for all that a connection is used by; sessions of their own where it is left out. */
  readonly xtsHolder?: XtsParts["holder"];
  /** Where that one keeps the tokens. */
  readonly xtsStore?: XtsParts["tokens"];
}

export type CredentialsOf<V extends VenueName> = Extract<VenueCredentials, { readonly venue: V }>;

/** What needs no key, as `VENUE_ORIGINS` names it. */
export const PUBLIC_BINANCE = { venue: "BINANCE", environment: "public" } as const;

/** The platform's own; called by name, since it must not be called as a method of another. */
function sendOut(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init);
}

/** With a person's keys. */
export function binanceOf({ env, now }: KeyedDeps, credentials: CredentialsOf<"BINANCE">) {
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
  // The venue counts by address, whoever asks.
  const budget = sharedBudget(`binance ${origin ?? environment}`, BINANCE_WINDOWS);
  return openBinance({ fetch: sendOut, now, environment, key, budget, ...(hosts ? { hosts } : {}) });
}

/** Prices of Binance that it gives to everybody, from the host that is meant for them. */
export function publicBinanceOf({ env, now }: KeyedDeps) {
  const origin = venueOrigin(env, PUBLIC_BINANCE);
  const { live } = BINANCE_HOSTS;
  const hosts = { ...live, rest: origin ?? live.data, data: origin ?? live.data, hasWallet: false };
  const budget = sharedBudget(`binance ${origin ?? PUBLIC_BINANCE.environment}`, BINANCE_WINDOWS);
  return openBinance({ fetch: sendOut, now, environment: "live", key: undefined, budget, hosts });
}

/** With a person's keys. */
export function alpacaOf({ env, now }: KeyedDeps, credentials: CredentialsOf<"ALPACA">) {
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
  // The venue counts by account, trading and prices apart.
  const budget = sharedBudget(`alpaca ${origin ?? environment} ${keyId}`, ALPACA_WINDOWS);
  const dataBudget = sharedBudget(`alpaca data ${origin ?? environment} ${keyId}`, ALPACA_WINDOWS);
  const budgets = { budget, dataBudget };
  const key = { keyId, secret };
  return openAlpaca({ fetch: sendOut, now, environment, key, ...budgets, ...(hosts ? { hosts } : {}) });
}

/** With a person's keys. */
export function oandaOf({ env, now }: KeyedDeps, credentials: CredentialsOf<"OANDA">) {
  const { environment, token, accountId } = credentials;
  const origin = venueOrigin(env, credentials);
  const hosts = origin && { rest: origin, stream: origin };
  // The venue counts by address, whoever asks.
  const budget = sharedBudget(`oanda ${origin ?? environment}`, OANDA_WINDOWS);
  const key = { token, accountId };
  return openOanda({ fetch: sendOut, now, environment, key, budget, ...(hosts ? { hosts } : {}) });
}

/** XTS of a broker with a person's keys. */
export function xtsOf({ env, now, xtsHolder, xtsStore }: KeyedDeps, credentials: CredentialsOf<"XTS">): OpenXts {
  const { broker, interactiveKey, interactiveSecret, marketKey, marketSecret } = credentials;
  const base = venueOrigin(env, credentials) ?? XTS_BROKERS[broker].origin;
  return openXts({
    ...{ fetch: sendOut, now, host: { base, dataPrefix: "/apimarketdata" } },
    interactive: { appKey: interactiveKey, secretKey: interactiveSecret },
    market: { appKey: marketKey, secretKey: marketSecret },
    holder: xtsHolder,
    ...(xtsStore === undefined ? {} : { tokens: xtsStore }),
  });
}

/** Twelve Data with a person's key. */
export function twelveDataOf({ env, now }: KeyedDeps, credentials: CredentialsOf<"TWELVEDATA">) {
  const { apiKey } = credentials;
  const origin = venueOrigin(env, credentials);
  const hosts = origin && { rest: origin, stream: `${socketOrigin(origin)}/v1/quotes/price` };
  // The venue counts by key.
  const budget = sharedBudget(`twelvedata ${origin ?? ""} ${apiKey}`, TWELVEDATA_WINDOWS);
  return openTwelveData({ fetch: sendOut, now, apiKey, budget, ...(hosts ? { hosts } : {}) });
}

/**
 * The script of one connection that tells of an account, by its keys. Throws `VenueRefusal` for a venue whose stream keys
 * alone do not open.
 */
export async function openUserStream(
  deps: KeyedDeps,
  credentials: VenueCredentials,
  instruments: readonly string[],
): Promise<StreamScript> {
  switch (credentials.venue) {
    case "BINANCE":
      return binanceOf(deps, credentials).userStream(instruments);
    case "ALPACA":
      return alpacaOf(deps, credentials).userStream();
    case "OANDA":
      return oandaOf(deps, credentials).userStream();
    default:
      throw new VenueRefusal("NO_STREAM", `${credentials.venue} has no stream that keys open`);
  }
}
