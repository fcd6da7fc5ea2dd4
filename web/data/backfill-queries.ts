import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Backfill, BackfillSource } from "../../schema/wire/backfill.ts";
import type { VenueInstrumentPage } from "../../schema/wire/venue-instrument.ts";
import { client } from "../api/runtime.ts";

/** While candles come, the page asks this often how far they are. */
const UNDER_WAY_POLL_MS = 1_500;

/** Where candles can be brought from. */
export const backfillSourcesQuery = queryOptions({
  queryKey: ["backfill-sources"],
  queryFn: async ({ signal }) =>
    (await client.request<{ rows: BackfillSource[] }>("/backfill-sources", { signal })).rows,
});

/** Candles of venues that come, came, or were stopped on their way. */
export const backfillsQuery = queryOptions({
  queryKey: ["backfills"],
  queryFn: async ({ signal }) => (await client.request<{ rows: Backfill[] }>("/backfills", { signal })).rows,
  refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? UNDER_WAY_POLL_MS : false),
});

/** What a source has candles of, by part of its name. */
export function sourceInstrumentsQuery(sourceId: string, search: string) {
  return queryOptions({
    queryKey: ["backfill-sources", sourceId, search],
    queryFn: ({ signal }) =>
      client.request<VenueInstrumentPage>(`/backfill-sources/${sourceId}/instruments`, { query: { search }, signal }),
    enabled: sourceId !== "",
    placeholderData: keepPreviousData,
  });
}

export function isUnderWay({ status }: Pick<Backfill, "status">): boolean {
  return status === "queued" || status === "running";
}
