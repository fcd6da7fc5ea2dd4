import type { HookSettings, SignalState } from "../../schema/wire/signal.ts";
import type { SignalMessage } from "./parse-message.ts";

/** A clock of a sender may be ahead of ours by this much. */
export const AHEAD_MS_MAX = 60_000;
/** A sender's own id is known again for this long, however short repeats are looked for otherwise. */
const ID_MS_MIN = 86_400_000;

/** The newest signal of an instrument that was taken, as far as it told its place. */
export interface SignalPlace {
  readonly sequence?: number | undefined;
  readonly barAt?: number | undefined;
  readonly sentAt?: number | undefined;
}

/** By what a repeat is known, and for how long. */
export interface RepeatKey {
  readonly key: string;
  readonly windowMs: number;
  /** Nothing in the message tells two of them apart: only one right after the other is a repeat. */
  readonly bare: boolean;
}

export interface Judged {
  readonly state: Extract<SignalState, "received" | "stale" | "refused" | "duplicate" | "out-of-order">;
  readonly reason: string | null;
}

const TAKEN: Judged = { state: "received", reason: null };

type Told = Pick<SignalMessage, "wish" | "sentAt" | "barAt" | "sequence" | "id">;

/** The sender's own id, else what is wanted of which instrument for which bar, or at which time. */
export function repeatKeyOf(
  { wish, id, barAt, sentAt }: Told,
  { instrument, settings }: { readonly instrument: string; readonly settings: Pick<HookSettings, "repeatSeconds"> },
): RepeatKey {
  const windowMs = settings.repeatSeconds * 1_000;
  if (id !== undefined) return { key: `id ${id}`, windowMs: Math.max(windowMs, ID_MS_MIN), bare: false };
  const what = `${wish} ${instrument}`;
  if (barAt !== undefined) return { key: `bar ${what} ${barAt}`, windowMs, bare: false };
  if (sentAt !== undefined) return { key: `time ${what} ${sentAt}`, windowMs, bare: false };
  return { key: `word ${what}`, windowMs, bare: true };
}

/**
 * Whether a message that was understood is taken: not too old by its sender's time, not said before, and not older than what
 * was taken already. `repeated`: the id of the signal that it repeats.
 */
export function judgeSignal(
  message: Told,
  {
    now,
    settings,
    newest,
    repeated,
  }: {
    /** UTC ms. */
    readonly now: number;
    readonly settings: Pick<HookSettings, "maxAgeSeconds">;
    readonly newest: SignalPlace | undefined;
    readonly repeated: string | undefined;
  },
): Judged {
  const { sentAt, barAt } = message;
  for (const [field, at] of [["time", sentAt] as const, ["bar", barAt] as const]) {
    if (at === undefined || at <= now + AHEAD_MS_MAX) continue;
    const rule = `must be at most ${AHEAD_MS_MAX / 1_000} s ahead of our clock`;
    return { state: "refused", reason: `${field} ${rule}, was ${seconds(at - now)} s ahead` };
  }
  const age = sentAt === undefined ? 0 : now - sentAt;
  if (age > settings.maxAgeSeconds * 1_000) {
    return {
      state: "stale",
      reason: `It was sent ${seconds(age)} s ago; the bot takes at most ${settings.maxAgeSeconds} s.`,
    };
  }
  if (repeated !== undefined) return { state: "duplicate", reason: `It repeats ${repeated}.` };
  const older = newest === undefined ? undefined : olderBy(message, newest);
  return older === undefined ? TAKEN : { state: "out-of-order", reason: older };
}

/** By what a message is older than the newest that was taken: its sender's count, else its bar, else its time. */
function olderBy({ sequence, barAt, sentAt }: Told, newest: SignalPlace): string | undefined {
  if (sequence !== undefined && newest.sequence !== undefined) {
    if (sequence > newest.sequence) return undefined;
    return `Its sequence ${sequence} does not follow ${newest.sequence}, which was taken already.`;
  }
  if (barAt !== undefined && newest.barAt !== undefined && barAt !== newest.barAt) {
    if (barAt > newest.barAt) return undefined;
    return `Its bar ${moment(barAt)} is older than ${moment(newest.barAt)}, which was taken already.`;
  }
  if (sentAt === undefined || newest.sentAt === undefined || sentAt >= newest.sentAt) return undefined;
  return `It was sent at ${moment(sentAt)}, before one of ${moment(newest.sentAt)} that was taken already.`;
}

/** The place of the newest after a message was taken. */
export function placeAfter(newest: SignalPlace | undefined, { sequence, barAt, sentAt }: Told): SignalPlace {
  return {
    sequence: sequence ?? newest?.sequence,
    barAt: barAt ?? newest?.barAt,
    sentAt: sentAt ?? newest?.sentAt,
  };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}

function moment(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
