import { useSyncExternalStore } from "react";
import { ApiError } from "../api/api-error.ts";
import { client, queryClient } from "../api/runtime.ts";

/** How often an open page asks whether a maintenance is over. */
export const LOOK_AGAIN_MS = 30_000;

/** What operators say of the maintenance that a request met; null while none is known. */
let current: string | null = null;
const listeners = new Set<() => void>();

export function useMaintenance(): string | null {
  return useSyncExternalStore(subscribe, () => current);
}

/** Takes note of an answer that says that the deployment is in maintenance. */
export function noteMaintenance(error: unknown): void {
  if (error instanceof ApiError && error.code === "maintenance") set(error.message);
}

/** Asks for something small; where it is answered, everything on screen is asked for anew. Does not throw. */
export async function lookAgain(): Promise<void> {
  try {
    await client.request("/strategies", { query: { limit: 1 } });
  } catch (error) {
    noteMaintenance(error);
    // Who is refused for another reason was let through.
    const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
    if (!isRefused) return;
  }
  set(null);
  void queryClient.invalidateQueries();
}

function set(message: string | null): void {
  if (message === current) return;
  current = message;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Whatever the page asks for may be the first to meet it.
queryClient.getQueryCache().subscribe((event) => {
  if (event.type === "updated" && event.action.type === "error") noteMaintenance(event.action.error);
});
queryClient.getMutationCache().subscribe((event) => {
  if (event.type === "updated" && event.action.type === "error") noteMaintenance(event.action.error);
});
