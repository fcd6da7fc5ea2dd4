import { BACKFILL_CANDLES_MAX, type BackfillSource, CreateBackfill } from "../../schema/wire/backfill.ts";
import { formatCount } from "../format/format.ts";
import { type TimeframeName, timeframeLengthMs } from "../format/timeframe.ts";

/** The form as it is filled in. Days are UTC; the last one is brought whole, as far as it has passed. */
export interface BackfillDraft {
  readonly sourceId: string;
  readonly instrument: string;
  readonly timeframe: TimeframeName;
  readonly fromDay: string;
  readonly toDay: string;
  readonly name: string;
}

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What a new form begins with: two years of minutes. */
export function newBackfillDraft(now: number): BackfillDraft {
  const toDay = dayOf(now);
  return { sourceId: "", instrument: "", timeframe: "1m", fromDay: dayBefore(toDay, 24), toDay, name: "" };
}

/** A stored draft as far as it still fits the form. */
export function readBackfillDraft(stored: unknown, now: number): BackfillDraft {
  const fresh = newBackfillDraft(now);
  if (typeof stored !== "object" || stored === null) return fresh;
  const known = stored as Partial<Record<keyof BackfillDraft, unknown>>;
  const text = (field: keyof BackfillDraft) => {
    const value = known[field];
    return typeof value === "string" ? value : fresh[field];
  };
  const timeframe = CreateBackfill.shape.timeframe.safeParse(known.timeframe);
  return {
    ...{ sourceId: text("sourceId"), instrument: text("instrument"), fromDay: text("fromDay"), toDay: text("toDay") },
    ...{ name: text("name"), timeframe: timeframe.success ? timeframe.data : fresh.timeframe },
  };
}

/** The draft that the form opens with: what was stored, of the source that it was opened of, whose instruments are others. */
export function openingBackfill(
  stored: unknown,
  { source, now }: { readonly source: string | undefined; readonly now: number },
): BackfillDraft {
  const draft = readBackfillDraft(stored, now);
  return source === undefined || source === draft.sourceId ? draft : { ...draft, sourceId: source, instrument: "" };
}

/** The day so many months before, as a calendar counts. */
export function dayBefore(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return dayOf(date.getTime());
}

/** The request of a draft, or what is wrong with it by field, in the words of a form. */
export function requestOf(
  draft: BackfillDraft,
  { source, now }: { readonly source: BackfillSource | undefined; readonly now: number },
): { readonly request: CreateBackfill } | { readonly problems: ReadonlyMap<keyof BackfillDraft, string> } {
  const problems = new Map<keyof BackfillDraft, string>();
  if (source === undefined) problems.set("sourceId", "Choose where the candles come from.");
  else if (!source.timeframes.includes(draft.timeframe))
    problems.set("timeframe", `${source.label} has none of these.`);
  if (draft.instrument === "") problems.set("instrument", "Choose an instrument.");
  const from = timeOf(draft.fromDay);
  const last = timeOf(draft.toDay);
  const to = last === undefined ? undefined : Math.min(last + DAY_MS, now);
  if (from === undefined) problems.set("fromDay", "Give a day such as 2024-01-31.");
  if (to === undefined) problems.set("toDay", "Give a day such as 2024-01-31.");
  if (from !== undefined && to !== undefined) {
    const candles = candlesOf(from, to, draft.timeframe);
    if (from >= now) problems.set("fromDay", "This day is still to come.");
    else if (candles < 1) problems.set("toDay", "The last day must not be before the first.");
    else if (candles > BACKFILL_CANDLES_MAX) {
      const most = `At most ${formatCount(BACKFILL_CANDLES_MAX)} candles can be brought at once`;
      problems.set("fromDay", `${most}, these are ${formatCount(candles)}. Take larger ones or begin later.`);
    }
  }
  const name = draft.name.trim();
  const request = CreateBackfill.safeParse({
    ...{ sourceId: draft.sourceId, instrument: draft.instrument, timeframe: draft.timeframe, from, to },
    ...(name === "" ? {} : { name }),
  });
  if (problems.size === 0 && request.success) return { request: request.data };
  return { problems };
}

/** How many candles a draft asks for, where the market never closes; undefined where its days cannot be read. */
export function candlesAskedFor({ fromDay, toDay, timeframe }: BackfillDraft, now: number): number | undefined {
  const [from, last] = [timeOf(fromDay), timeOf(toDay)];
  if (from === undefined || last === undefined) return undefined;
  const candles = candlesOf(from, Math.min(last + DAY_MS, now), timeframe);
  return candles < 1 ? undefined : candles;
}

function candlesOf(from: number, to: number, timeframe: TimeframeName): number {
  return Math.floor((to - from) / timeframeLengthMs(timeframe));
}

function timeOf(day: string): number | undefined {
  const time = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
