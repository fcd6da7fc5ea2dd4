import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AuditPage, AuditRow, AuditVerification } from "../../schema/wire/audit.ts";
import { client } from "../api/runtime.ts";
import { type AuditSearch, auditFilter } from "./audit-search.ts";

/** Entries fetched at once: two screens of a large monitor. */
const PAGE_ROWS = 50;

/** The entries that the filters let through, the newest first, page by page. */
export function auditQuery(search: AuditSearch) {
  const filter = auditFilter(search);
  return infiniteQueryOptions({
    queryKey: ["audit", "entries", filter],
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === 0 ? undefined : pageParam;
      return client.request<AuditPage>("/audit", { query: { ...filter, before, limit: PAGE_ROWS }, signal });
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** One entry by its number; null where the trail has none of it. */
export function auditEntryQuery(seq: number) {
  return queryOptions({
    queryKey: ["audit", "entry", seq],
    queryFn: async ({ signal }): Promise<AuditRow | null> => {
      const { rows } = await client.request<AuditPage>("/audit", { query: { before: seq + 1, limit: 1 }, signal });
      const [row] = rows;
      return row?.seq === seq ? row : null;
    },
  });
}

/** The whole chain recomputed. It is work for the server, so that it is done when the page opens and when it is asked. */
export const verificationQuery = queryOptions({
  queryKey: ["audit", "verification"],
  queryFn: ({ signal }) => client.request<AuditVerification>("/audit/verification", { signal }),
  staleTime: 60_000,
  refetchOnWindowFocus: false,
});
