import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Page } from "../../schema/wire/primitive.ts";
import { Fill } from "../../schema/wire/trading.ts";
import { ask } from "../trading/queries.ts";
import { FILLS_PAGE_ROWS, isBehind, type LoadedFills, loadFills, withLiveFills } from "./chart-fills.ts";

const Fills = Page(Fill);

/** The fills of a bot on one market for its chart: those of the API, and those that are told live. */
export function useChartFills(
  { botId, instrument }: { readonly botId: string; readonly instrument: string },
  told: readonly Fill[] | undefined,
) {
  const query = useQuery(chartFillsQuery(botId, instrument));
  const { data: loaded, refetch } = query;
  const live = useMemo(() => (told ?? []).filter((fill) => fill.instrument === instrument), [told, instrument]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer without them must not ask again at once.
  useEffect(() => {
    // Live fills are the newest alone: what they no longer tell is loaded.
    if (loaded !== undefined && isBehind(loaded, live)) void refetch();
  }, [live, refetch]);
  const fills = useMemo(() => withLiveFills(loaded, live), [loaded, live]);
  return { fills, loaded, failed: query.isError };
}

function chartFillsQuery(botId: string, instrument: string) {
  const queryKey = ["chart-fills", botId, instrument] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal, client }): Promise<LoadedFills> =>
      loadFills(client.getQueryData<LoadedFills>(queryKey), (cursor) =>
        ask("/fills", Fills, { query: { botId, instrument, cursor, limit: FILLS_PAGE_ROWS }, signal }),
      ),
  });
}
