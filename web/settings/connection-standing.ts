import type { DashboardState } from "../../schema/wire/bot.ts";
import type { Connection } from "../../schema/wire/connection.ts";
import { SILENCE_WORDS } from "../trading/silence-words.ts";
import type { BadgeTone } from "../ui/badge.tsx";

/** How a connection stands at this moment, in a word. */
export interface ConnectionStanding {
  readonly word: string;
  readonly tone: BadgeTone;
  /** What the word means. */
  readonly hint: string;
  /** Since when the venue does not answer, UTC ms; null while it does, or where nobody asks it. */
  readonly silentSince: number | null;
}

const WORKING = standing("Working", "accent", "The venue answers for its accounts.");

/**
 * What is known of a connection now. Its accounts ask the venue all the time, and a terminal's line is watched: they go
 * before the last test, which may be of months ago.
 */
export function connectionStanding(
  { state, line, accounts }: Pick<Connection, "state" | "line" | "accounts">,
  dashboard: DashboardState | undefined,
): ConnectionStanding {
  if (state === "refused") return standing("Refused", "danger", "The venue refuses the key.");
  if (state === "waiting") return standing("Waiting", "notice", "Its terminal has not dialled yet.");
  if (line !== null && line.state !== "live" && line.state !== "behind") {
    return { ...standing("Away", "notice", "Its terminal is not connected."), silentSince: line.since };
  }
  const told = accounts.flatMap(({ id }) => dashboard?.accounts[id] ?? []);
  const silent = told.filter(({ connection }) => connection === "disconnected");
  if (silent.length > 0) {
    const times = silent.flatMap(({ silentSince }) => silentSince ?? []);
    const words = standing("Does not answer", "danger", SILENCE_WORDS);
    return { ...words, silentSince: times.length === 0 ? null : Math.min(...times) };
  }
  if (line !== null || told.some(({ connection }) => connection === "connected")) return WORKING;
  if (told.length > 0) return standing("Connecting", "notice", "The books are being held against the venue's.");
  if (state === "unreachable") return standing("Not reached", "notice", "It did not answer when it was last asked.");
  return standing(
    "Answered",
    "neutral",
    "It answered when it was last asked. No account trades with it: nothing asks it now.",
  );
}

function standing(word: string, tone: BadgeTone, hint: string): ConnectionStanding {
  return { word, tone, hint, silentSince: null };
}
