import type { SignalState, SignalTerms, SignalWish } from "../../schema/wire/signal.ts";
import type { BadgeTone } from "../ui/badge.tsx";

/** What became of a signal, as the log says it, and what that means. */
export const STATE_WORDS: Readonly<
  Record<SignalState, { readonly label: string; readonly tone: BadgeTone; readonly what: string }>
> = {
  received: {
    label: "waiting",
    tone: "accent",
    what: "Written down; its turn comes when what is under way has ended.",
  },
  acted: { label: "acted", tone: "live", what: "Orders were asked for and passed on to the desk." },
  unneeded: { label: "not needed", tone: "neutral", what: "The bot was already where the signal wanted it." },
  superseded: {
    label: "superseded",
    tone: "neutral",
    what: "A newer signal for the same market came before its turn.",
  },
  duplicate: { label: "repeat", tone: "neutral", what: "The same signal was taken before; it is acted on once." },
  stale: {
    label: "too old",
    tone: "notice",
    what: "Its sender's time, or its wait, was longer ago than the bot takes.",
  },
  "out-of-order": {
    label: "out of order",
    tone: "notice",
    what: "A signal of a later bar or time was taken before it.",
  },
  denied: { label: "denied", tone: "danger", what: "The bot's settings, its state, the desk or the venue said no." },
  refused: { label: "not understood", tone: "danger", what: "The message breaks a rule; the reason names it." },
  failed: { label: "failed", tone: "danger", what: "It was to be acted on, and something kept it from that." },
};

export const WISH_WORDS: Readonly<Record<SignalWish, string>> = {
  long: "go long",
  short: "go short",
  flat: "close",
  "exit-long": "exit long",
  "exit-short": "exit short",
};

const TERM_WORDS: Readonly<Record<keyof SignalTerms, string>> = {
  limit: "limit",
  entryStop: "from",
  stop: "stop",
  target: "target",
  trail: "trail",
  scale: "scale",
};

/** The prices of a signal in a line; empty where it names none. */
export function termWords(terms: SignalTerms): string {
  return Object.entries(terms)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${TERM_WORDS[name as keyof SignalTerms]} ${value}`)
    .join(", ");
}
