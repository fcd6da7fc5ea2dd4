import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { MarketCandle } from "../../schema/wire/live.ts";
import type { LiveState } from "../api/live-channel.ts";
import { isTooShort, type WantedCandles } from "./candle-history.ts";
import { drawnAsOf, withMinutes } from "./live-candles.ts";
import { isAway } from "./live-part.tsx";
import { candleHistoryQuery, type HistoryPlace } from "./queries.ts";

/** What followed is asked for no more often than this, however fast a market is replayed. */
const REFRESH_MS = 10_000;
/** Where something is missing from what is drawn, it is asked for after this long. */
const ASK_SOON_MS = 1_000;
/** Without an answer for so long, what is missing is as good as a request that failed. */
const LATE_MS = 15_000;

interface CandlesCall {
  readonly place: HistoryPlace;
  readonly wanted: WantedCandles;
  readonly enabled: boolean;
  /** What the market's socket told, the time of its last word, and how it stands. */
  readonly minutes: readonly MarketCandle[];
  readonly toldAt: number | null;
  readonly connection: LiveState;
}

/** The candles of a running market as they are drawn, and the market's time that they are of where they may be old. */
export function useCandles({ place, wanted, enabled, minutes, toldAt, connection }: CandlesCall) {
  const candles = useQuery({ ...candleHistoryQuery(place, wanted), enabled, refetchInterval: REFRESH_MS });
  const history = enabled ? candles.data : undefined;
  const drawn = useMemo(
    () => (history === undefined ? undefined : withMinutes(history.series, history.marketAt, minutes)),
    [history, minutes],
  );
  const behind = drawn?.behind === true;
  const short = history !== undefined && isTooShort(history, wanted);
  const lacking = short || behind || candles.isError;
  useAskSoon(candles, enabled && lacking && connection.kind === "live");
  // Every minute told draws anew, and with it looks at the time.
  const late = behind && Date.now() - candles.dataUpdatedAt > LATE_MS;
  const away = isAway(connection);
  const asOf =
    history === undefined
      ? null
      : drawnAsOf({ away, failed: candles.isError || late, behind, historyAt: history.marketAt, toldAt });
  return { candles, series: drawn?.series, asOf };
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
