import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import { type MarketCandle, MarketState } from "../../schema/wire/live.ts";
import { isTooShort, wantedCandles } from "./candle-history.ts";
import { addMinute, drawnAsOf, withMinutes } from "./live-candles.ts";
import { candleHistoryQuery } from "./queries.ts";
import { useLive } from "./use-live.ts";

/** What followed is asked for no more often than this, however fast a market is replayed. */
const REFRESH_MS = 10_000;
/** Where something is missing from what is drawn, it is asked for after this long. */
const ASK_SOON_MS = 1_000;
/** Minutes that are kept between two such requests: a market at 1000 times real time has 167 of them. */
const MINUTES_MAX = 2_000;

interface MarketPlace {
  readonly accountId: string;
  readonly instrument: string;
  readonly timeframe: CandleSeries["timeframe"];
  /** The market's time as first known elsewhere; null until then. */
  readonly marketAt: number | null;
  /** An instant that the candles go back to, at a larger timeframe where they would be too many. */
  readonly since?: number | null;
}

/** What `useMarket` knows of a market. */
export type LiveMarket = ReturnType<typeof useMarket>;

/** A market as it runs: its candles with the one under way, its last price, and how the socket stands. */
export function useMarket({ accountId, instrument, timeframe, marketAt, since = null }: MarketPlace) {
  const query = new URLSearchParams({ instrument, accountId });
  const live = useLive(`/markets/live?${query}`, MarketState);
  const minutes = useMinutes(live.value);
  const now = live.value?.at ?? marketAt;
  const wanted = wantedCandles(timeframe, { since, now: now ?? 0 });
  const candles = useQuery({
    ...candleHistoryQuery({ accountId, instrument }, wanted),
    enabled: now !== null,
    refetchInterval: REFRESH_MS,
  });
  const history = candles.data;
  const drawn = useMemo(
    () => (history === undefined ? undefined : withMinutes(history.series, history.marketAt, minutes)),
    [history, minutes],
  );
  const short = history !== undefined && isTooShort(history, wanted);
  const lacking = short || drawn?.behind === true || candles.isError;
  useAskSoon(candles, lacking && live.connection.kind === "live");
  const { connection, error, value: market } = live;
  const away = connection.kind === "reconnecting" || connection.kind === "offline";
  const asOf =
    history === undefined
      ? null
      : drawnAsOf({
          ...{ away, failed: candles.isError, behind: drawn?.behind === true },
          ...{ historyAt: history.marketAt, toldAt: market?.at ?? null },
        });
  return { candles, series: drawn?.series, asOf, market, connection, error };
}

/** Asks again soon where something is known to be missing; after a request that failed, no sooner than at the next turn. */
function useAskSoon(
  { refetch, dataUpdatedAt }: Pick<UseQueryResult, "refetch" | "dataUpdatedAt">,
  lacking: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer that did not bring what is missing asks again.
  useEffect(() => {
    if (!lacking) return;
    const timer = setTimeout(() => void refetch(), ASK_SOON_MS);
    return () => clearTimeout(timer);
  }, [lacking, refetch, dataUpdatedAt]);
}

function useMinutes(market: MarketState | null): readonly MarketCandle[] {
  const [known, setKnown] = useState<{ instrument: string; minutes: readonly MarketCandle[] }>({
    instrument: "",
    minutes: [],
  });
  useEffect(() => {
    if (market === null) return;
    setKnown((before) => {
      let minutes = before.instrument === market.instrument ? before.minutes : [];
      for (const minute of [market.closed, market.running]) {
        if (minute !== null) minutes = addMinute(minutes, minute, MINUTES_MAX);
      }
      return { instrument: market.instrument, minutes };
    });
  }, [market]);
  return known.instrument === market?.instrument ? known.minutes : NO_MINUTES;
}

const NO_MINUTES: readonly MarketCandle[] = [];
