import { useQuery } from "@tanstack/react-query";
import type { VenueStream } from "../../schema/wire/venue-stream.ts";
import { formatDuration, formatInstant } from "../format/time.ts";
import { classNames } from "../ui/class-names.ts";
import { Moment, useNow } from "../ui/moment.tsx";
import { dashboardQuery } from "./queries.ts";
import { SILENCE_WORDS } from "./silence-words.ts";
import { type StreamWords, streamWords, terminalWords } from "./stream-words.ts";

const DOTS: Readonly<Record<StreamWords["tone"], string>> = {
  calm: "bg-accent",
  wait: "border border-notice",
  look: "bg-danger",
};

interface StreamStateProps {
  readonly stream: VenueStream;
  /** It is a terminal's line. */
  readonly isTerminal?: boolean;
  /** With what it means, in a sentence; otherwise that is said on hover. */
  readonly whole?: boolean;
}

/** A dot and words: how what happens at a venue comes to be known, and since when. */
export function StreamState({ stream, isTerminal = false, whole = false }: StreamStateProps) {
  const { word, tone, meaning } = isTerminal ? terminalWords(stream) : streamWords(stream);
  const { since } = stream;
  return (
    <span
      className="inline-flex max-w-full flex-wrap items-center gap-x-1.5 text-table text-muted"
      title={whole ? undefined : meaning}
    >
      <span aria-hidden className={classNames("size-2 shrink-0 rounded-full", dotOf(stream, tone))} />
      <span className={tone === "look" ? "text-danger" : tone === "wait" ? "text-notice" : undefined}>{word}</span>
      {since !== null && (tone === "calm" ? <Since timeMs={since} /> : <For timeMs={since} />)}
      {whole && meaning !== "" && <span className="min-w-0 break-words">{meaning}</span>}
    </span>
  );
}

/**
 * How an account hears of its venue as the dashboard's one socket tells it: that the venue does not answer, or how its stream
 * stands. Nothing for a simulated venue.
 */
export function AccountStream({ accountId, whole = false }: { accountId: string; whole?: boolean }) {
  const account = useQuery(dashboardQuery).data?.accounts[accountId];
  const isTerminal = account?.venue?.name === "MT5";
  if (account === undefined || account.venue === null) return null;
  const { stream, silentSince } = account;
  // A stream may stand while nothing that is asked is answered; of a terminal both are one line, which says more.
  if (silentSince !== null && !isTerminal) return <Silence since={silentSince} whole={whole} />;
  return stream === null ? null : <StreamState stream={stream} isTerminal={isTerminal} whole={whole} />;
}

function Silence({ since, whole }: { since: number; whole: boolean }) {
  const meaning = SILENCE_WORDS;
  return (
    <span
      className="inline-flex max-w-full flex-wrap items-center gap-x-1.5 text-table text-muted"
      title={whole ? undefined : meaning}
    >
      <span aria-hidden className={classNames("size-2 shrink-0 rounded-full", DOTS.look)} />
      <span className="text-danger">The venue does not answer</span>
      <For timeMs={since} />
      {whole && <span className="min-w-0 break-words">{meaning}</span>}
    </span>
  );
}

function Since({ timeMs }: { timeMs: number }) {
  return (
    <span>
      since <Moment timeMs={timeMs} />
    </span>
  );
}

/** How long something has not been as it should be; counts on by itself. */
function For({ timeMs }: { timeMs: number }) {
  const now = useNow(1_000);
  return (
    <span className="num" title={`since ${formatInstant(timeMs)}`}>
      for {formatDuration(now - timeMs)}
    </span>
  );
}

function dotOf({ state }: VenueStream, tone: StreamWords["tone"]): string {
  return state === "polled" && tone === "calm" ? "border border-faint" : DOTS[tone];
}
