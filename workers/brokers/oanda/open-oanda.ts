import { RateBudget } from "../request/rate-budget.ts";
import { type RequestParts, venueRequests } from "../request/venue-requests.ts";
import type { StreamScript } from "../venue-stream.ts";
import { AccountRequests, OANDA_HOSTS, type OandaKey } from "./account-requests.ts";
import { OandaMarketData } from "./candles.ts";
import { OandaClient } from "./client.ts";
import { OANDA_WINDOWS, oandaRateNews } from "./limits.ts";
import { OandaPricingScript } from "./pricing-stream.ts";
import { OandaTransactionScript } from "./stream.ts";

export interface OandaHosts {
  /** Without a slash at the end. */
  readonly rest: string;
  readonly stream: string;
}

export interface OandaParts extends Pick<RequestParts, "fetch" | "now" | "after"> {
  readonly environment: "practice" | "live";
  readonly key: OandaKey;
  /** Limits hold by address: whoever shares one shares the budget. A new one where it is left out. */
  readonly budget?: RateBudget;
  /** Other hosts than the venue's, for tests. */
  readonly hosts?: OandaHosts;
}

export interface OpenOanda {
  readonly client: OandaClient;
  readonly market: OandaMarketData;
  readonly budget: RateBudget;
  /** Throws VenueSilence and VenueRefusal: the account is asked for its currency. */
  userStream(): Promise<StreamScript>;
  marketStream(instruments: readonly string[]): StreamScript;
}

/** OANDA with one token and account, put together. */
export function openOanda(parts: OandaParts): OpenOanda {
  const { environment, key, hosts = OANDA_HOSTS[environment] } = parts;
  const budget = parts.budget ?? new RateBudget(OANDA_WINDOWS);
  const requests = venueRequests({ ...parts, budget, rateNews: oandaRateNews });
  const account = new AccountRequests({ requests, rest: hosts.rest, key });
  const client = new OandaClient(account);
  const { stream } = hosts;
  return {
    client,
    market: new OandaMarketData(account),
    budget,
    userStream: async () => new OandaTransactionScript({ stream, key, currency: await client.currency() }),
    marketStream: (instruments) => new OandaPricingScript({ stream, key, instruments }),
  };
}
