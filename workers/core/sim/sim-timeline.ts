import { DAY_MS, MINUTE_MS } from "../candle/timeframe.ts";
import type { Session, TradingCalendar } from "../candle/trading-calendar.ts";
import { dayOfDate } from "../candle/us-market-day.ts";

/** First and last (excluded) instant of the simulated history: 25 years from 2008-01-01. */
export const SIM_FROM_MS = dayOfDate(2008, 1, 1) * DAY_MS;
export const SIM_TO_MS = dayOfDate(2033, 1, 1) * DAY_MS;

/** A session and the tick of business time at which it opens. */
export interface SimSession extends Session {
  readonly openTick: number;
}

/**
 * Business time of a market, in ticks of one trading minute. Sessions follow each other with `breakTicks` between those
 * that do not touch: the price moves on through a night as it would in that many minutes, which opens the next session
 * with a jump. A market that never closes has one tick a minute.
 */
export interface SimTimeline {
  /** All sessions that open in the simulated history, in order. */
  readonly sessions: readonly SimSession[];
  /** Ticks of the whole history, rounded up to a power of two so that it can be halved down to single ticks. */
  readonly ticks: number;
  /** Ticks that make a year, to spread a yearly variance. */
  readonly ticksPerYear: number;
}

/** Ticks between two sessions that do not touch: about a fifth of a stock session's variance falls into the night. */
const BREAK_TICKS = 90;

const YEARS = 25;

const timelines = new Map<string, SimTimeline>();

/** The timeline of a calendar; worked out once (some thousand sessions) and then kept. */
export function simTimeline(calendar: TradingCalendar): SimTimeline {
  let timeline = timelines.get(calendar.id);
  if (timeline === undefined) {
    timeline = buildTimeline(calendar);
    timelines.set(calendar.id, timeline);
  }
  return timeline;
}

/** Index of the first session that closes after `timeMs`; the number of sessions if none does. */
export function sessionIndexAt(timeline: SimTimeline, timeMs: number): number {
  let low = 0;
  let high = timeline.sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeline.sessions[middle].close <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function buildTimeline(calendar: TradingCalendar): SimTimeline {
  const sessions: SimSession[] = [];
  let tick = 0;
  for (let day = SIM_FROM_MS / DAY_MS; day < SIM_TO_MS / DAY_MS; day++) {
    const session = calendar.session(day);
    if (session === undefined || session.open < SIM_FROM_MS) continue;
    const before = sessions.at(-1);
    if (before !== undefined && session.open > before.close) tick += BREAK_TICKS;
    sessions.push({ ...session, openTick: tick });
    tick += (session.close - session.open) / MINUTE_MS;
  }
  return { sessions, ticks: 2 ** Math.ceil(Math.log2(tick)), ticksPerYear: tick / YEARS };
}
