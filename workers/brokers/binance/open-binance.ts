import { RateBudget } from "../request/rate-budget.ts";
import { type RequestParts, venueRequests } from "../request/venue-requests.ts";
import type { StreamScript } from "../venue-stream.ts";
import { BinanceMarketData } from "./candles.ts";
import { BinanceClient } from "./client.ts";
import { BinanceConnection } from "./connection.ts";
import { BINANCE_HOSTS, type BinanceEnvironment, type BinanceHosts } from "./environment.ts";
import { BINANCE_WINDOWS, binanceCapacity, binanceRateNews } from "./limits.ts";
import { type BinanceKey, binanceSigner, type Sign } from "./sign.ts";
import { binanceMarketStream, binanceUserStream } from "./stream.ts";
import { SymbolBook } from "./symbol-book.ts";

export interface BinanceParts extends Pick<RequestParts, "fetch" | "now" | "after"> {
  readonly environment: BinanceEnvironment;
  /** Undefined for market data alone. */
  readonly key: BinanceKey | undefined;
  /** Signs in place of the key's secret. */
  readonly sign?: Sign;
  /** Limits hold by address: whoever shares one shares the budget. A new one where it is left out. */
  readonly budget?: RateBudget;
  /** Other hosts than the venue's, for tests. */
  readonly hosts?: BinanceHosts;
}

export interface OpenBinance {
  readonly client: BinanceClient;
  readonly market: BinanceMarketData;
  readonly budget: RateBudget;
  /**
   * A script for one connection of an account that trades these instruments; it holds for a minute. Throws VenueSilence
   * and VenueRefusal.
   */
  userStream(instruments: readonly string[]): Promise<StreamScript>;
  marketStream(symbols: readonly string[]): StreamScript;
}

async function signerOf({ key, sign }: BinanceParts): Promise<Sign> {
  if (sign !== undefined) return sign;
  if (key === undefined) throw new Error("key must be given, was not");
  return binanceSigner(key);
}

/** Binance spot with one key, put together. */
export function openBinance(parts: BinanceParts): OpenBinance {
  const { environment, key, now, hosts = BINANCE_HOSTS[environment] } = parts;
  const budget = parts.budget ?? new RateBudget(BINANCE_WINDOWS);
  const requests = venueRequests({ ...parts, budget, rateNews: binanceRateNews });
  const sign = signerOf(parts);
  // A key that cannot be read is told by the first request that needs it, and by none where there is none.
  sign.catch(() => undefined);
  const connection = new BinanceConnection({ requests, hosts, apiKey: key?.apiKey ?? "", sign });
  const onLimits = (limits: Parameters<typeof binanceCapacity>[0]) =>
    budget.hear({ capacity: binanceCapacity(limits) }, now());
  const symbols = new SymbolBook({ connection, now, onLimits });
  return {
    client: new BinanceClient({ connection, symbols, now }),
    market: new BinanceMarketData({ connection, symbols }),
    budget,
    async userStream(instruments) {
      await connection.ready();
      for (const instrument of instruments) await symbols.of(instrument);
      const venueNow = () => requests.venueNow();
      const quoteOf = (symbol: string) => symbols.quoteOf(symbol);
      return binanceUserStream({ hosts, apiKey: key?.apiKey ?? "", sign: await sign, venueNow, quoteOf });
    },
    marketStream: (names) => binanceMarketStream({ hosts, symbols: names }),
  };
}
