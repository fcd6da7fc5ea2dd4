import type { Notice } from "./notice.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** The first attempt after a failure comes at once, later ones leave the other side time: seven in about a day. */
const RETRY_AFTER_MS = [2_000, 15_000, 60_000, 10 * MINUTE_MS, 60 * MINUTE_MS, 6 * 60 * MINUTE_MS, 16 * 60 * MINUTE_MS];

/** Hours in which a person is not rung, in their own time. */
export interface QuietHours {
  /** Minutes since midnight; `to` may be the next day's. */
  readonly from: number;
  readonly to: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/**
 * When a notice may leave: now, or when its receiver's quiet hours end. What is critical knows no quiet hours. Minutes are
 * the receiver's wall clock; on the days on which clocks are set it may come by that hour earlier or later.
 */
export function leavesAt(notice: Pick<Notice, "level">, quiet: QuietHours | undefined, nowMs: number): number {
  if (quiet === undefined || notice.level === "critical" || quiet.from === quiet.to) return nowMs;
  const minute = minuteOfDay(nowMs, quiet.timeZone);
  const sinceFrom = (minute - quiet.from + DAY_MINUTES) % DAY_MINUTES;
  const length = (quiet.to - quiet.from + DAY_MINUTES) % DAY_MINUTES;
  if (sinceFrom >= length) return nowMs;
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + (length - sinceFrom) * MINUTE_MS;
}

/** Minutes since midnight on the wall clock of a time zone. */
export function minuteOfDay(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  const [hour = 0, minute = 0] = parts.format(atMs).split(":").map(Number);
  return hour * 60 + minute;
}

/** When a delivery that failed for the `attempts`th time is tried again; undefined where it is given up. */
export function triesAgainAt(attempts: number, nowMs: number, askedMs = 0): number | undefined {
  const delay = RETRY_AFTER_MS[attempts - 1];
  return delay === undefined ? undefined : nowMs + Math.max(delay, askedMs);
}

/** Several notices as one, for whoever wants to be told together; undefined for none. */
export function digestOf(notices: readonly Notice[], id: string): Notice | undefined {
  const last = notices.at(-1);
  if (last === undefined || notices.length === 1) return last;
  const level = (["critical", "warning", "info"] as const).find((one) =>
    notices.some((notice) => notice.level === one),
  );
  const shown = notices.slice(-20).map(({ title }) => `- ${title}`);
  const left = notices.length - shown.length;
  const text = [...(left > 0 ? [`${left} earlier ones`] : []), ...shown].join("\n").slice(0, 2_000);
  return {
    ...last,
    id,
    event: "digest",
    level: level ?? "info",
    title: `${notices.length} notices`,
    text,
    subject: {},
  };
}
