import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type {
  DeliveryPage,
  InboxPage,
  NoticeChannel,
  NoticeRule,
  NoticeSettings,
} from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";

/** Whose notices: the person's, or those of the deployment's people. */
export type Whose = "mine" | "deployment";

const KEY = "notifications";
/** What is new shows within this time, ms. */
const INBOX_EVERY_MS = 20_000;
/** While something is on its way it is looked after more often, ms. */
const LOG_EVERY_MS = 5_000;
const PAGE_ROWS = 25;

export interface DeliveryFilter {
  readonly status: "waiting" | "sent" | "failed" | undefined;
  readonly channelId: string | undefined;
}

/** Where the API has them. */
export function pathOf(whose: Whose): string {
  return whose === "mine" ? "/notifications" : "/admin/notifications";
}

/** Everything of one owner's notices, so that one call can ask for it again. */
export function keyOf(whose: Whose) {
  return [KEY, whose] as const;
}

/** Ways out, the oldest first. */
export function channelsQuery(whose: Whose) {
  return queryOptions({
    queryKey: [...keyOf(whose), "channels"],
    queryFn: async ({ signal }) =>
      (await client.request<{ rows: NoticeChannel[] }>(`${pathOf(whose)}/channels`, { signal })).rows,
  });
}

/** What is told where. */
export function rulesQuery(whose: Whose) {
  return queryOptions({
    queryKey: [...keyOf(whose), "rules"],
    queryFn: async ({ signal }) =>
      (await client.request<{ rows: NoticeRule[] }>(`${pathOf(whose)}/rules`, { signal })).rows,
  });
}

/** Quiet hours, digest and repeats. */
export function settingsQuery(whose: Whose) {
  return queryOptions({
    queryKey: [...keyOf(whose), "settings"],
    queryFn: ({ signal }) => client.request<NoticeSettings>(`${pathOf(whose)}/settings`, { signal }),
  });
}

/** What became of notices, the newest first, page by page. */
export function deliveriesQuery(whose: Whose, filter: DeliveryFilter) {
  return infiniteQueryOptions({
    queryKey: [...keyOf(whose), "deliveries", filter],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? undefined : pageParam;
      const query = { ...filter, cursor, limit: PAGE_ROWS };
      return client.request<DeliveryPage>(`${pathOf(whose)}/deliveries`, { query, signal });
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ rows }) => rows.some(({ status }) => status === "waiting")) ? LOG_EVERY_MS : false,
  });
}

/** The newest notices that the app shows, and how many are new. */
export const inboxQuery = queryOptions({
  queryKey: [...keyOf("mine"), "inbox"],
  queryFn: ({ signal }) => client.request<InboxPage>("/notifications/inbox", { query: { limit: 20 }, signal }),
  refetchInterval: INBOX_EVERY_MS,
});
