import { useSyncExternalStore } from "react";

/** Under the drafts' prefix, so that it goes with them when somebody else signs in. */
const KEY = "apextrade.account";

let chosen: string | null = read();
const listeners = new Set<() => void>();

/** The account that the person last looked at; pages that show one begin with it. */
export function useChosenAccount(): string | null {
  return useSyncExternalStore(subscribe, () => chosen);
}

/** Remembers the account that is looked at. */
export function chooseAccount(id: string): void {
  chosen = id;
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // A browser that refuses storage remembers it until the page is closed.
  }
  for (const listener of listeners) listener();
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
