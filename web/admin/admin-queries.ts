import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AdminUser } from "../../schema/wire/account.ts";
import type {
  AdminJob,
  AdminObject,
  AdminObjectDetail,
  DeploymentHealth,
  JobCounts,
  JobKind,
  JobState,
  ObjectKind,
  OperatorTrail,
  PlatformSwitches,
} from "../../schema/wire/admin.ts";
import type { BackupPage } from "../../schema/wire/backup.ts";
import { client } from "../api/runtime.ts";

/** What others may change while an operator looks is looked at again so often. */
const LOOK_EVERY_MS = 10_000;
/** Rows fetched at once: two screens of a large monitor. */
const PAGE_ROWS = 50;

interface PageOf<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

export const switchesQuery = queryOptions({
  queryKey: ["admin", "switches"],
  queryFn: ({ signal }) => client.request<PlatformSwitches>("/admin/switches", { signal }),
  refetchInterval: LOOK_EVERY_MS,
});

export const healthQuery = queryOptions({
  queryKey: ["admin", "health"],
  queryFn: ({ signal }) => client.request<DeploymentHealth>("/admin/health", { signal }),
  refetchInterval: 3 * LOOK_EVERY_MS,
});

export const jobCountsQuery = queryOptions({
  queryKey: ["admin", "job-counts"],
  queryFn: ({ signal }) => client.request<JobCounts>("/admin/job-counts", { signal }),
  refetchInterval: LOOK_EVERY_MS,
});

export function jobsQuery(kind: JobKind, state: JobState | undefined) {
  return infiniteQueryOptions({
    queryKey: ["admin", "jobs", kind, state],
    queryFn: ({ pageParam, signal }) => {
      const query = { kind, state, limit: PAGE_ROWS, cursor: pageParam === "" ? undefined : pageParam };
      return client.request<PageOf<AdminJob>>("/admin/jobs", { query, signal });
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY_MS,
  });
}

export function usersQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: ["admin", "users", search],
    queryFn: ({ pageParam, signal }) => {
      const query = { search, limit: PAGE_ROWS, cursor: pageParam === "" ? undefined : pageParam };
      return client.request<PageOf<AdminUser>>("/admin/users", { query, signal });
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function objectsQuery(search: string) {
  return queryOptions({
    queryKey: ["admin", "objects", search],
    queryFn: ({ signal }) => client.request<readonly AdminObject[]>("/admin/objects", { query: { search }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_EVERY_MS,
  });
}

export function objectQuery(kind: ObjectKind, id: string) {
  return queryOptions({
    queryKey: ["admin", "object", kind, id],
    queryFn: ({ signal }) => client.request<AdminObjectDetail>(`/admin/objects/${kind}/${id}`, { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
}

export const backupsQuery = infiniteQueryOptions({
  queryKey: ["admin", "backups"],
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PAGE_ROWS, cursor: pageParam === "" ? undefined : pageParam };
    return client.request<BackupPage>("/admin/backups", { query, signal });
  },
  initialPageParam: "",
  getNextPageParam: ({ next }) => next ?? undefined,
  refetchInterval: LOOK_EVERY_MS,
});

export const trailQuery = infiniteQueryOptions({
  queryKey: ["admin", "trail"],
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PAGE_ROWS, to: pageParam === 0 ? undefined : pageParam };
    return client.request<OperatorTrail>("/admin/audit", { query, signal });
  },
  initialPageParam: 0,
  getNextPageParam: ({ next }) => next ?? undefined,
});
