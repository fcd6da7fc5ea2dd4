import { useEffect, useState } from "react";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import { type MarketCandle, MarketState } from "../../schema/wire/live.ts";
import type { TimeSpan } from "../chart/chart-spec.ts";
import { isCloseUp, latestCandles, spanOf, wantedCandles } from "./candle-history.ts";
import { addMinute } from "./live-candles.ts";
import { useCandles } from "./use-candles.ts";
import { useLive } from "./use-live.ts";

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

/**
 * A market as it runs: its candles with the one under way, its last price, and how the socket stands. Where the candles
 * since `since` are too many for the timeframe, the latest are read at it too: they are the ones drawn while `onVisible`
 * tells that no others are on screen.
 */
export function useMarket({ accountId, instrument, timeframe, marketAt, since = null }: MarketPlace) {
  const query = new URLSearchParams({ instrument, accountId });
  const { value: market, connection, error } = useLive(`/markets/live?${query}`, MarketState);
  const minutes = useMinutes(market);
  const known = market?.at ?? marketAt;
  const now = known ?? 0;
  const told = { minutes, toldAt: market?.at ?? null, connection };
  const life = useCandles({
    place: { accountId, instrument, part: "life" },
    wanted: wantedCandles(timeframe, { since, now }),
    enabled: known !== null,
    ...told,
  });
  const latest = useCandles({
    place: { accountId, instrument, part: "latest" },
    wanted: latestCandles(timeframe, now),
    enabled: known !== null && life.series !== undefined && life.series.timeframe !== timeframe,
    ...told,
  });
  const [visible, onVisible] = useState<TimeSpan | null>(null);
  const close = isCloseUp(visible, latest.series?.time[0]);
  const { candles, series, asOf } = close ? latest : life;
  // Of a part of the candles the chart itself does not know what all is.
  const whole = close ? spanOf(life.series) : undefined;
  return { candles, series, whole, asOf, onVisible, market, connection, error };
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
