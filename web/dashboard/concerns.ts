import type { DashboardAccount, DashboardState, OrderInDoubt } from "../../schema/wire/bot.ts";
import { formatDecimalQuantity } from "../format/decimal.ts";
import type { SettingsSection } from "../settings/settings-search.ts";
import { VENUE_NAMES } from "../settings/venue-words.ts";
import { differenceFigures, differenceTitle } from "../trading/difference-words.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { SILENCE_WORDS } from "../trading/silence-words.ts";
import { streamWords } from "../trading/stream-words.ts";

/** A stream that comes back by then is nothing to look at, ms. */
export const STREAM_AWAY_MS = 15_000;

/** Where something is looked at further. */
export type ConcernPlace =
  | { readonly to: "settings"; readonly section: SettingsSection; readonly words: string }
  | { readonly to: "risk"; readonly words: string }
  | { readonly to: "orders"; readonly order: string | undefined; readonly words: string };

/** Something that is not as it should be at this moment, as opposed to an alert, which tells of what happened. */
export interface Concern {
  readonly key: string;
  readonly level: "critical" | "warning";
  readonly accountId: string;
  /** What is the matter, in a sentence. */
  readonly message: string;
  /** What a person can do. */
  readonly advice: string;
  /** UTC ms; null where nobody noted it. */
  readonly since: number | null;
  readonly place: ConcernPlace;
  /** Code of alerts that told of the same. */
  readonly code?: string;
}

/** Everything that is not as it should be, the worst first. `now` is UTC ms. */
export function concernsOf({ accounts }: Pick<DashboardState, "accounts">, now: number): readonly Concern[] {
  const all = Object.values(accounts).flatMap((account) => [
    ...differenceConcerns(account),
    ...doubtConcerns(account),
    ...lineConcerns(account, now),
  ]);
  return all.sort((a, b) => Number(b.level === "critical") - Number(a.level === "critical"));
}

/** Alerts without those of differences that are among the concerns. */
export function besidesConcerns(
  alerts: DashboardState["alerts"],
  concerns: readonly Concern[],
): readonly DashboardState["alerts"][number][] {
  return alerts.filter(
    ({ settledAt, code, accountId }) =>
      settledAt !== undefined || !concerns.some((one) => one.code === code && one.accountId === accountId),
  );
}

function differenceConcerns({ accountId, differences }: DashboardAccount): Concern[] {
  return differences.map((halt) => ({
    ...{ key: `${accountId} ${halt.code} ${halt.instrument ?? halt.figures?.unit ?? ""}`, accountId },
    ...{ level: "critical", code: halt.code, since: halt.at },
    message: `${differenceTitle(halt)}.`,
    advice: `${differenceFigures(halt)} Nothing is sent there until you have looked.`,
    place: { to: "risk", words: "Settle it under Risk" },
  }));
}

function doubtConcerns({ accountId, doubts }: DashboardAccount): Concern[] {
  const { count, orders } = doubts;
  const named = orders.map((order) => doubtConcern(accountId, order));
  if (count <= orders.length) return named;
  const left = count - orders.length;
  const rest: Concern = {
    ...{ key: `${accountId} doubts`, accountId, level: "warning", since: null },
    message: `${left} more ${left === 1 ? "order" : "orders"} without a certain end.`,
    advice: "Each counts against the caps until its end is known.",
    place: { to: "orders", order: undefined, words: "Open orders" },
  };
  return [...named, rest];
}

function doubtConcern(accountId: string, { id, side, quantity, instrument, state, sentAt }: OrderInDoubt): Concern {
  const order = `${side === "buy" ? "Buy" : "Sell"} ${formatDecimalQuantity(quantity)} ${instrumentName(instrument)}`;
  const common = { key: id, accountId, since: sentAt } as const;
  if (state === "LOST") {
    return {
      ...{ ...common, level: "critical", message: `${order}: the order is lost. The venue never showed it.` },
      advice: "Look at the venue. Where it is not there, release it: until then it counts against the caps.",
      place: { to: "orders", order: id, words: "See the order" },
    };
  }
  return {
    ...{ ...common, level: "warning", message: `${order}: the order may or may not have arrived.` },
    advice: "The venue is asked for it, and it is never sent again. It counts against the caps meanwhile.",
    place: { to: "orders", order: id, words: "See the order" },
  };
}

function lineConcerns({ accountId, venue, connection, silentSince, stream }: DashboardAccount, now: number) {
  const about = { accountId, level: "warning" } as const;
  const place = { to: "settings", section: "venues", words: "See its connection" } as const;
  const isTerminal = venue?.name === "MT5";
  if (connection === "disconnected") {
    const who = isTerminal ? "The terminal" : venue === null ? "The venue" : VENUE_NAMES[venue.name];
    const advice = isTerminal
      ? "See that the terminal runs, is logged in and has the Expert Advisor on a chart: it dials by itself."
      : `${SILENCE_WORDS} If it lasts, see whether the venue tells of maintenance, and test the key.`;
    const concern: Concern = {
      ...{ ...about, key: `${accountId} away`, since: silentSince, place, advice },
      message: `${who} does not answer.`,
    };
    return [concern];
  }
  // A terminal is asked over the line that it tells by: while it answers, that line is there.
  if (stream === null || isTerminal) return [];
  const isAway = stream.state === "reconnecting" && now - (stream.since ?? 0) > STREAM_AWAY_MS;
  if (stream.state !== "refused" && !isAway) return [];
  const concern: Concern = {
    ...{ ...about, key: `${accountId} stream`, since: stream.since, place },
    message: `The stream of ${venue === null ? "the venue" : VENUE_NAMES[venue.name]} is ${stream.state === "refused" ? "refused" : "away"}: what happens there is heard late.`,
    advice: streamWords(stream).meaning,
  };
  return [concern];
}
