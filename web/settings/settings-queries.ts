import { queryOptions } from "@tanstack/react-query";
import type { ApiKey, Security, SessionEntry, Sharing } from "../../schema/wire/account.ts";
import type { Connection, ConnectionList } from "../../schema/wire/connection.ts";
import { client } from "../api/runtime.ts";

interface Rows<T> {
  readonly rows: readonly T[];
}

/** Everything below is about the person, so that one call can ask all of it again. */
export const SETTINGS_KEY = ["settings"] as const;

/** The person's second factors. */
export const securityQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "security"],
  queryFn: ({ signal }) => client.request<Security>("/account/security", { signal }),
});

/** The person's open sessions, the newest first. */
export const sessionsQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "sessions"],
  queryFn: async ({ signal }) => (await client.request<Rows<SessionEntry>>("/account/sessions", { signal })).rows,
});

/** The person's API keys, the newest first. */
export const apiKeysQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "api-keys"],
  queryFn: async ({ signal }) => (await client.request<Rows<ApiKey>>("/api-keys", { signal })).rows,
});

/** How often it is asked whether a terminal has dialled: somebody stands before it and waits, ms. */
const TERMINAL_EVERY_MS = 3_000;

/** The person's keys of venues, the newest first, and where terminals dial in. Asked again while one of them is waited for. */
export const connectionsQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "connections"],
  queryFn: ({ signal }) => client.request<ConnectionList>("/connections", { signal }),
  refetchInterval: ({ state }) => (state.data?.rows.some(isAwaited) ? TERMINAL_EVERY_MS : false),
});

/** A terminal that has not dialled, or of whose account nothing is known yet. */
function isAwaited({ line, state }: Connection): boolean {
  return line !== null && line.state !== "polled" && (line.state !== "live" || state === "waiting");
}

/** Who may look at the person's account, and whose accounts the person may look at. */
export const sharingQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "sharing"],
  queryFn: ({ signal }) => client.request<Sharing>("/sharing", { signal }),
});
