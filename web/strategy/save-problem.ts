import { ApiError } from "../api/api-error.ts";

/** What somebody tried to store; `version` is the one that it was to follow, absent of a strategy that is new. */
interface Refused {
  readonly name?: string | undefined;
  readonly document?: string | undefined;
  readonly version?: number | undefined;
}

/** Somebody stored a version since this text was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

/**
 * Whether a save that failed still says something of what is on screen, which would be sent as `now`. A conflict is about the
 * version that the text follows, and lasts until that is another one. Everything else is about the text that was sent: once
 * that was changed, nobody knows whether the new one would be refused, and the line above it says that it is not stored.
 */
export function saveProblemApplies(error: unknown, refused: Refused | undefined, now: Refused): boolean {
  if (error === null || error === undefined || refused === undefined) return false;
  if (isConflict(error)) return refused.version === now.version;
  return refused.name === now.name && refused.document === now.document;
}
