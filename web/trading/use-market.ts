import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import { type MarketCandle, MarketState } from "../../schema/wire/live.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { addMinute, withMinutes } from "./live-candles.ts";
import { marketCandlesQuery } from "./queries.ts";
import { useLive } from "./use-live.ts";

/** Candles that a live chart has at least, and at most: the API answers no more at once. */
const CANDLES_MIN = 300;
const CANDLES_MAX = 1_000;
/** Closed candles are asked for anew no more often than this, however fast a market is replayed. */
const REFRESH_MS = 10_000;
/** Minutes that are kept between two such requests: a market at 1000 times real time has 167 of them. */
const MINUTES_MAX = 2_000;

interface MarketPlace {
  readonly accountId: string;
  readonly instrument: string;
  readonly timeframe: CandleSeries["timeframe"];
  /** The market's time as first known elsewhere; null until then. */
  readonly marketAt: number | null;
  /** An instant that the candles go back to, where they are not too many for that. */
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
  const lengthMs = timeframeLengthMs(timeframe);
  const end = useSlowEnd(now, lengthMs, `${instrument} ${timeframe}`);
  const wanted = since === null ? 0 : Math.ceil(((end ?? 0) - since) / lengthMs);
  const from = (end ?? 0) - Math.min(CANDLES_MAX, Math.max(CANDLES_MIN, wanted)) * lengthMs;
  const candles = useQuery({
    ...marketCandlesQuery({ accountId, instrument, timeframe, from, to: end ?? 0 }),
    enabled: end !== null,
  });
  const series = useMemo(
    () => (candles.data === undefined ? undefined : withMinutes(candles.data, minutes)),
    [candles.data, minutes],
  );
  return { candles, series, market: live.value, connection: live.connection, error: live.error };
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

/** The end of the last whole candle; moves on with the market, but not faster than the server wants to be asked. */
function useSlowEnd(now: number | null, lengthMs: number, market: string): number | null {
  const wanted = now === null ? null : Math.floor(now / lengthMs) * lengthMs;
  const [end, setEnd] = useState<{ market: string; at: number | null }>({ market, at: wanted });
  const setMs = useRef(Number.NEGATIVE_INFINITY);
  const at = end.market === market ? end.at : null;
  useEffect(() => {
    if (wanted === null || wanted === at) return;
    const waitMs = at === null ? 0 : Math.max(0, setMs.current + REFRESH_MS - performance.now());
    const timer = setTimeout(() => {
      setMs.current = performance.now();
      setEnd({ market, at: wanted });
    }, waitMs);
    return () => clearTimeout(timer);
  }, [wanted, at, market]);
  return at;
}
