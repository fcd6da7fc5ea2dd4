import { queryOptions } from "@tanstack/react-query";
import type { DataExport } from "../../schema/wire/privacy.ts";
import { client } from "../api/runtime.ts";
import { SETTINGS_KEY } from "./settings-queries.ts";

/** While an archive is made, the list is asked again this often. */
const MAKING_POLL_MS = 1_500;

/** The person's archives, the newest first. */
export const exportsQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "exports"],
  queryFn: async ({ signal }) =>
    (await client.request<{ readonly rows: readonly DataExport[] }>("/account/exports", { signal })).rows,
  refetchInterval: (query) => (query.state.data?.some(isBeingMade) ? MAKING_POLL_MS : false),
});

export function isBeingMade({ status }: DataExport): boolean {
  return status === "queued" || status === "running";
}
