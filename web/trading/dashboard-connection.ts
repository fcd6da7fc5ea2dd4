import { useSyncExternalStore } from "react";
import { LiveAskError, type LiveChannel, type LiveState } from "../api/live-channel.ts";

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

let channel: LiveChannel | null = null;

/** Called by the one who keeps that socket; null once it is gone. */
export function tellChannel(kept: LiveChannel | null): void {
  channel = kept;
}

/** Says something over that socket and waits for its answer; see `LiveChannel.ask`. Throws `LiveAskError`. */
export async function askDashboard<R>(message: { readonly type: string }, read: (text: string) => R | undefined) {
  if (channel === null) throw new LiveAskError("away", "No connection to the dashboard is open.");
  return channel.ask(message, read);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
