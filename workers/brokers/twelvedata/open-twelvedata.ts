import { RateBudget } from "../request/rate-budget.ts";
import { type RequestParts, venueRequests } from "../request/venue-requests.ts";
import type { StreamScript } from "../venue-stream.ts";
import { TwelveDataMarket } from "./candles.ts";
import { TwelveDataClient } from "./client.ts";
import { TWELVEDATA_WINDOWS, twelveDataRateNews } from "./limits.ts";
import { TwelveDataPriceScript } from "./stream.ts";

export interface TwelveDataHosts {
  /** Without a slash at the end. */
  readonly rest: string;
  readonly stream: string;
}

/** Hosts of the venue's documentation. */
export const TWELVEDATA_HOSTS: TwelveDataHosts = {
  rest: "https://api.twelvedata.com",
  stream: "wss://ws.twelvedata.com/v1/quotes/price",
};

export interface TwelveDataParts extends Pick<RequestParts, "fetch" | "now" | "after"> {
  readonly apiKey: string;
  /** Credits hold by key: whoever shares one shares the budget. A new one where it is left out. */
  readonly budget?: RateBudget;
  /** Other hosts than the venue's, for tests. */
  readonly hosts?: TwelveDataHosts;
}

export interface OpenTwelveData {
  readonly client: TwelveDataClient;
  readonly market: TwelveDataMarket;
  readonly budget: RateBudget;
  priceStream(instruments: readonly string[]): StreamScript;
}

/** Twelve Data with one key, put together. */
export function openTwelveData(parts: TwelveDataParts): OpenTwelveData {
  const { apiKey, hosts = TWELVEDATA_HOSTS } = parts;
  const budget = parts.budget ?? new RateBudget(TWELVEDATA_WINDOWS);
  const requests = venueRequests({ ...parts, budget, rateNews: twelveDataRateNews });
  const client = new TwelveDataClient({ requests, rest: hosts.rest, apiKey });
  return {
    client,
    market: new TwelveDataMarket(client),
    budget,
    priceStream: (instruments) => new TwelveDataPriceScript({ url: hosts.stream, apiKey, instruments }),
  };
}
