import type { BotStatus } from "../../schema/wire/bot.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";
import type { OrderStateName, TradingStateName } from "../../schema/wire/trading.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { modeWords, type PlacedAccount } from "./mode-words.ts";

/** Where an account's prices and money are from, in a coloured word. */
export function ModeWord({ account }: { account: PlacedAccount }) {
  const { word, tone, hint } = modeWords(account);
  return (
    <span title={hint} className="inline-flex">
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

const BOTS: Readonly<Record<BotStatus, { word: string; tone: BadgeTone }>> = {
  stopped: { word: "Stopped", tone: "neutral" },
  starting: { word: "Starting", tone: "accent" },
  running: { word: "Running", tone: "accent" },
  paused: { word: "Paused", tone: "notice" },
  halted: { word: "Halted", tone: "danger" },
  error: { word: "Error", tone: "danger" },
};

/** What a bot does now, in a word; why, on hover. */
export function BotStatusBadge({ status, reason }: { status: BotStatus; reason?: string | null }) {
  return (
    <span title={reason == null ? undefined : wordsOfCode(reason)} className="inline-flex">
      <Badge tone={BOTS[status].tone}>{BOTS[status].word}</Badge>
    </span>
  );
}

/** The word for what a bot does. */
export function botStatusWord(status: BotStatus): string {
  return BOTS[status].word;
}

const STATES: Readonly<Record<TradingStateName, { tone: BadgeTone; hint: string }>> = {
  ACTIVE: { tone: "neutral", hint: "Orders are sent where the caps allow them." },
  REDUCING: { tone: "notice", hint: "Only orders that make a position smaller are sent." },
  HALTED: { tone: "danger", hint: "No order is sent until a person arms it again. Cancels always pass." },
};

/** Whether orders are let through. */
export function TradingStateBadge({ state, reason }: { state: TradingStateName; reason?: string | null }) {
  return (
    <span title={reason == null ? STATES[state].hint : wordsOfCode(reason)} className="inline-flex">
      <Badge tone={STATES[state].tone}>{state}</Badge>
    </span>
  );
}

const ORDERS: Readonly<Record<OrderStateName, { word: string; tone: BadgeTone; hint: string }>> = {
  INTENT: { word: "Intended", tone: "neutral", hint: "Written down, not judged yet." },
  DENIED: { word: "Denied", tone: "danger", hint: "Refused by our own risk check: it was never sent." },
  SUBMITTING: { word: "Sending", tone: "accent", hint: "On its way to the venue." },
  ACCEPTED: { word: "Working", tone: "accent", hint: "The venue answers for it." },
  UNKNOWN: { word: "Unknown", tone: "notice", hint: "The send ended without an answer; the venue is being asked." },
  REJECTED: { word: "Rejected", tone: "danger", hint: "Refused by the venue." },
  LOST: {
    word: "Lost",
    tone: "danger",
    hint: "The venue does not know it. It counts against the caps until you release it.",
  },
  PENDING_CANCEL: { word: "Cancelling", tone: "notice", hint: "The venue has not confirmed the cancel yet." },
  PENDING_REPLACE: { word: "Changing", tone: "notice", hint: "The venue has not confirmed the change yet." },
  CANCELED: { word: "Cancelled", tone: "neutral", hint: "The venue took it back." },
  EXPIRED: { word: "Expired", tone: "neutral", hint: "Its time ran out." },
  FILLED: { word: "Filled", tone: "neutral", hint: "Traded to its whole quantity." },
};

const RELEASED: (typeof ORDERS)[OrderStateName] = {
  word: "Lost, released",
  tone: "neutral",
  hint: "The venue does not know it, and you let go of it: it counts against no cap.",
};

/** Where an order stands; what that means, on hover. */
export function OrderStateBadge({ state, released }: { state: OrderStateName; released?: boolean }) {
  const { word, tone, hint } = state === "LOST" && released ? RELEASED : ORDERS[state];
  return (
    <span title={hint} className="inline-flex">
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

/** The word for where an order stands. */
export function orderStateWord(state: OrderStateName): string {
  return ORDERS[state].word;
}
