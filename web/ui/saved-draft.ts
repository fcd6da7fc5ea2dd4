import { useCallback, useState } from "react";

/** A half-filled form older than this starts anew: nobody remembers what it was for. */
const DRAFT_AGE_MS_MAX = 30 * 86_400_000;
/** Colours and the like, which belong to the browser and stay with it. */
const PREFERENCES = "apextrade.preferences";

/** A draft as it was stored, which may be of an older form. */
interface StoredDraft {
  readonly draft: unknown;
  readonly savedAt: number;
}

/**
 * State of a form that survives leaving the page. `merge` makes a whole draft of what was stored and when; it gets
 * `undefined` where nothing was.
 */
export function useSavedDraft<T>(key: string, merge: (stored: unknown, savedAt: number) => T) {
  const [draft, setDraft] = useState<T>(() => {
    const stored = readDraft(key);
    return merge(stored?.draft, stored?.savedAt ?? 0);
  });
  const change = useCallback(
    (next: T) => {
      setDraft(next);
      writeDraft(key, next);
    },
    [key],
  );
  return [draft, change] as const;
}

/** Removes one draft, as after it was sent. */
export function forgetDraft(key: string): void {
  try {
    localStorage.removeItem(`apextrade.${key}`);
  } catch {
    // A browser that refuses storage has nothing to forget.
  }
}

/** Removes every draft of this browser: what one person typed is not for the next who signs in. */
export function forgetDrafts(): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("apextrade.") && name !== PREFERENCES) localStorage.removeItem(name);
    }
  } catch {
    // A browser that refuses storage has nothing to forget.
  }
}

function readDraft(key: string): StoredDraft | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`apextrade.${key}`) ?? "null");
    if (typeof stored !== "object" || stored === null || !("savedAt" in stored) || !("draft" in stored))
      return undefined;
    const savedAt = Number(stored.savedAt);
    return Date.now() - savedAt < DRAFT_AGE_MS_MAX ? { draft: stored.draft, savedAt } : undefined;
  } catch {
    return undefined;
  }
}

function writeDraft(key: string, draft: unknown): void {
  try {
    localStorage.setItem(`apextrade.${key}`, JSON.stringify({ savedAt: Date.now(), draft }));
  } catch {
    // A browser that refuses storage forgets the form, which is what it was asked to.
  }
}
