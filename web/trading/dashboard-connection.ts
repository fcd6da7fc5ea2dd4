import { useSyncExternalStore } from "react";
import type { LiveState } from "../api/live-channel.ts";

let connection: LiveState = { kind: "connecting" };
const listeners = new Set<() => void>();

/** How the socket stands that feeds the dashboard's state into the cache. */
export function useDashboardConnection(): LiveState {
  return useSyncExternalStore(subscribe, () => connection);
}

/** Called by the one who keeps that socket. */
export function tellConnection(state: LiveState): void {
  connection = state;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
