import { queryOptions } from "@tanstack/react-query";
import type { ApiKey, Security, SessionEntry, Sharing } from "../../schema/wire/account.ts";
import type { Connection } from "../../schema/wire/connection.ts";
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

/** The person's keys of venues, the newest first. */
export const connectionsQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "connections"],
  queryFn: async ({ signal }) => (await client.request<Rows<Connection>>("/connections", { signal })).rows,
});

/** Who may look at the person's account, and whose accounts the person may look at. */
export const sharingQuery = queryOptions({
  queryKey: [...SETTINGS_KEY, "sharing"],
  queryFn: ({ signal }) => client.request<Sharing>("/sharing", { signal }),
});
