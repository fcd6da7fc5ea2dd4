import { eventSpec, NOTICE_LEVELS, type NoticeLevel } from "../../schema/wire/notice-event.ts";
import type { NoticeRule, NoticeSettings } from "../../schema/wire/notification.ts";
import type { ChannelRow } from "./channel-sender.ts";
import { leavesAt, minuteOfDay } from "./notice-policy.ts";
import type { RaisedNotice } from "./raised-notice.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 1_440;
/** Notices of an hour that one channel takes one by one: more than anybody reads as they come. */
export const ALONE_AN_HOUR_MAX = 60;
/** The same for those that are critical: what comes more often is one fault, told in pieces, and is told each minute. */
export const CRITICAL_AN_HOUR_MAX = 120;

/** How an owner wants to be told. */
export interface RoutingRules {
  readonly settings: NoticeSettings;
  readonly channels: readonly ChannelRow[];
  readonly rules: readonly NoticeRule[];
  /** Deliveries of the last hour, by channel. */
  readonly sentLately: ReadonlyMap<string, number>;
}

/** When a notice leaves over a channel. */
export interface Departure {
  readonly channel: ChannelRow;
  readonly at: number;
  /** It goes with others of its channel. */
  readonly together: boolean;
  /** What it waits for; null where it leaves now. */
  readonly reason: string | null;
}

export interface Route {
  /** Shown in the pages' own list. */
  readonly inApp: boolean;
  readonly departures: readonly Departure[];
}

/** Who is told of a notice, and when. Whoever has no rule for its topic is not told. */
export function routeNotice(notice: RaisedNotice, routing: RoutingRules, nowMs: number): Route {
  const told = routing.channels.filter(
    (channel) =>
      channel.enabled &&
      channel.verifiedAt !== null &&
      // Not by the way that the notice says is broken.
      notice.subject.channelId !== channel.id &&
      reaches(levelOf(notice, channel.id, routing.rules), eventSpec(notice.event).reaches ?? notice.level),
  );
  return {
    inApp: told.some(({ kind }) => kind === "in-app"),
    departures: told.flatMap((channel) =>
      channel.kind === "in-app" ? [] : [departure(notice, channel, routing, nowMs)],
    ),
  };
}

/** The level of the narrowest rule that fits: of its bot, else of its account, else of all. */
function levelOf(notice: RaisedNotice, channelId: string, rules: readonly NoticeRule[]): NoticeRule["level"] {
  const { topic } = eventSpec(notice.event);
  const mine = rules.filter((rule) => rule.channelId === channelId && rule.topic === topic);
  const found =
    mine.find(({ scope }) => scope.kind === "bot" && scope.id === notice.botId) ??
    mine.find(({ scope }) => scope.kind === "account" && scope.id === notice.accountId) ??
    mine.find(({ scope }) => scope.kind === "all");
  return found?.level ?? "off";
}

function reaches(level: NoticeRule["level"], actual: NoticeLevel): boolean {
  return level !== "off" && NOTICE_LEVELS.indexOf(actual) >= NOTICE_LEVELS.indexOf(level);
}

function departure(notice: RaisedNotice, channel: ChannelRow, routing: RoutingRules, nowMs: number): Departure {
  const sent = routing.sentLately.get(channel.id) ?? 0;
  const now = { channel, at: nowMs, together: false, reason: null };
  if (notice.level === "critical") {
    if (sent < CRITICAL_AN_HOUR_MAX) return now;
    const reason = `more than ${CRITICAL_AN_HOUR_MAX} within an hour: goes with those of the minute`;
    return { ...now, at: nextFull(nowMs, MINUTE_MS), together: true, reason };
  }
  const { quiet, timeZone, dailyAt } = routing.settings;
  const hours = quiet === null ? undefined : { ...quiet, timeZone };
  const later = (at: number, reason: string): Departure => {
    // A digest whose hour is quiet leaves at the end of that.
    return { channel, at: leavesAt(notice, hours, at), together: true, reason };
  };
  if (channel.digest === "hourly") return later(nextFull(nowMs, HOUR_MS), "goes with the hour's digest");
  if (channel.digest === "daily") return later(nextDaily(nowMs, dailyAt, timeZone), "goes with the day's digest");
  if (sent >= ALONE_AN_HOUR_MAX) {
    return later(nextFull(nowMs, HOUR_MS), `more than ${ALONE_AN_HOUR_MAX} within an hour: goes with the others of it`);
  }
  return leavesAt(notice, hours, nowMs) === nowMs ? now : later(nowMs, "waits for the end of the quiet hours");
}

function nextFull(nowMs: number, stepMs: number): number {
  return (Math.floor(nowMs / stepMs) + 1) * stepMs;
}

/** The next time that the wall clock of the zone shows a minute of the day; on days on which clocks are set, by about an hour. */
function nextDaily(nowMs: number, dailyAt: number, timeZone: string): number {
  const left = (dailyAt - minuteOfDay(nowMs, timeZone) + DAY_MINUTES) % DAY_MINUTES;
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + (left === 0 ? DAY_MINUTES : left) * MINUTE_MS;
}
