import { RateBudget } from "../request/rate-budget.ts";
import { type RequestParts, venueRequests } from "../request/venue-requests.ts";
import type { StreamScript } from "../venue-stream.ts";
import { AccountRequests, ALPACA_DATA_STREAMS, ALPACA_HOSTS } from "./account-requests.ts";
import { AlpacaMarketData } from "./candles.ts";
import { AlpacaClient } from "./client.ts";
import { AlpacaDataScript } from "./data-stream.ts";
import { ALPACA_WINDOWS, alpacaRateNews } from "./limits.ts";
import { isCoin, nativeSymbol } from "./parse.ts";
import type { AlpacaKey } from "./sign.ts";
import { AlpacaTradeScript } from "./stream.ts";

export interface AlpacaHosts {
  /** Without a slash at the end. */
  readonly trading: string;
  readonly data: string;
  readonly stream: string;
  readonly dataStreams: Readonly<Record<"iex" | "sip" | "crypto", string>>;
}

export interface AlpacaParts extends Pick<RequestParts, "fetch" | "now" | "after"> {
  readonly environment: "paper" | "live";
  readonly key: AlpacaKey;
  /** Which market data of stocks the key has: `iex` comes with every account. */
  readonly feed?: "iex" | "sip";
  /** Limits hold by account: whoever shares one shares the budget. A new one where it is left out. */
  readonly budget?: RateBudget;
  /** The same of market data, which has a rate of its own. */
  readonly dataBudget?: RateBudget;
  /** Other hosts than the venue's, for tests. */
  readonly hosts?: AlpacaHosts;
}

export interface OpenAlpaca {
  readonly client: AlpacaClient;
  readonly market: AlpacaMarketData;
  readonly budget: RateBudget;
  userStream(): StreamScript;
  /** One for stocks and one for coins, as far as there are any. */
  marketStreams(instruments: readonly string[]): readonly StreamScript[];
}

/** Alpaca with one key, put together. */
export function openAlpaca(parts: AlpacaParts): OpenAlpaca {
  const { environment, key, feed = "iex" } = parts;
  const hosts = parts.hosts ?? { ...ALPACA_HOSTS[environment], dataStreams: ALPACA_DATA_STREAMS };
  const budget = parts.budget ?? new RateBudget(ALPACA_WINDOWS);
  const requests = venueRequests({ ...parts, budget, rateNews: alpacaRateNews });
  const dataBudget = parts.dataBudget ?? new RateBudget(ALPACA_WINDOWS);
  const dataRequests = venueRequests({ ...parts, budget: dataBudget, rateNews: alpacaRateNews });
  const account = new AccountRequests({ requests, host: hosts.trading, key });
  const data = new AccountRequests({ requests: dataRequests, host: hosts.data, key });
  return {
    client: new AlpacaClient({ account, data, feed }),
    market: new AlpacaMarketData({ account, data, feed }),
    budget,
    userStream: () => new AlpacaTradeScript({ stream: hosts.stream, key }),
    marketStreams(instruments) {
      const coins = instruments.filter((id) => isCoin(nativeSymbol(id) ?? ""));
      const stocks = instruments.filter((id) => !coins.includes(id));
      return [
        ...(stocks.length === 0
          ? []
          : [new AlpacaDataScript({ url: hosts.dataStreams[feed], key, instruments: stocks })]),
        ...(coins.length === 0
          ? []
          : [new AlpacaDataScript({ url: hosts.dataStreams.crypto, key, instruments: coins })]),
      ];
    },
  };
}
