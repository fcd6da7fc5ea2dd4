import { type CandleColumns, indexAtTime } from "../core/candle/candle.ts";
import { CandleCheck } from "../core/candle/candle-check.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import { periodEnd, periodOf } from "../feed/period.ts";
import type { TimeRange } from "../feed/source.ts";
import type { BackfillChange, BackfillRow } from "./backfill-store.ts";
import { missingOpens, stretchesOf } from "./missing-candles.ts";
import { type PageShare, type PagesRead, readPages, type VenueSeries } from "./read-pages.ts";

/** Stretches of the archive looked through in one step, where nothing is missing: each is a read of the object store. */
const PERIODS_A_STEP_MAX = 24;

/** What a step brought: candles to store, and the places to store with them. */
export interface BackfillStep {
  readonly parts: readonly CandleColumns[];
  readonly change: BackfillChange;
  readonly requests: number;
  readonly stopped: PagesRead["stopped"];
  /** There is nothing more to ask for. */
  readonly isLast: boolean;
}

export interface StepTools {
  readonly series: VenueSeries;
  readonly share: PageShare;
  /** What the archive holds of a month or year. */
  readonly stored: (period: string) => Promise<CandleColumns>;
}

/**
 * The next piece of a backfill. First all candles in order; then, between the first and the last of them and once before
 * the first, whatever is missing is asked for again; then whether anything follows the last, since a source that had said
 * nothing looks like one that has nothing. What comes then begins it anew from there.
 */
export function nextStep(row: BackfillRow, tools: StepTools): Promise<BackfillStep> {
  if (row.phase === "candles") return candlesStep(row, tools);
  return row.phase === "gaps" ? gapsStep(row, tools) : endStep(row, tools);
}

async function candlesStep(row: BackfillRow, tools: StepTools): Promise<BackfillStep> {
  const { read, change } = await readChecked(row, tools, { from: row.cursorMs, to: row.toMs });
  return stepOf(read, { ...change, cursorMs: read.reached, phase: read.ended ? "gaps" : "candles" });
}

async function endStep(row: BackfillRow, tools: StepTools): Promise<BackfillStep> {
  const once = { ...tools, share: { goesOn: () => false } };
  const { read, change } = await readChecked(row, once, { from: row.cursorMs, to: row.toMs });
  const isLast = read.reached === row.cursorMs && read.ended;
  const phase = read.reached > row.cursorMs ? "candles" : "end";
  return { ...stepOf(read, { ...change, cursorMs: read.reached, phase }), isLast };
}

async function gapsStep(row: BackfillRow, tools: StepTools): Promise<BackfillStep> {
  const { firstMs, lastMs, checkedMs } = row;
  if (firstMs === null || lastMs === null) return nothing({ phase: "end" });
  if (checkedMs < firstMs) return leadStep(row, tools, { from: checkedMs, to: firstMs });
  const end = lastMs + timeframeMs(row.timeframe);
  let at = checkedMs;
  for (let periods = 0; at < end && periods < PERIODS_A_STEP_MAX; periods++) {
    const range = { from: at, to: Math.min(end, periodEnd(periodOf(at, row.timeframe))) };
    const stored = await tools.stored(periodOf(at, row.timeframe));
    const { calendar } = tools.series.instrument;
    const opens = missingOpens(stored, { ...range, timeframe: row.timeframe, calendar });
    if (opens.length > 0) return repairStep(row, tools, { range, opens });
    at = range.to;
  }
  return nothing({ checkedMs: at, phase: at >= end ? "end" : "gaps" });
}

/** What stands before the first candle is asked for once more: the first page may have been cut short at its beginning. */
async function leadStep(row: BackfillRow, tools: StepTools, range: TimeRange): Promise<BackfillStep> {
  const { read } = await readChecked(row, tools, range);
  const first = read.parts.at(0)?.time.at(0);
  const repaired = row.repaired + countOf(read.parts);
  return stepOf(read, { repaired, checkedMs: first ?? (read.ended ? range.to : read.reached) });
}

async function repairStep(
  row: BackfillRow,
  tools: StepTools,
  { range, opens }: { readonly range: TimeRange; readonly opens: readonly number[] },
): Promise<BackfillStep> {
  const parts: CandleColumns[] = [];
  let [requests, checkedMs] = [0, range.from];
  let stopped: PagesRead["stopped"];
  for (const stretch of stretchesOf(opens, row.timeframe)) {
    const { read } = await readChecked(row, tools, stretch);
    parts.push(...read.parts);
    requests += read.requests;
    stopped = read.stopped;
    checkedMs = read.ended ? stretch.to : read.reached;
    if (!read.ended || !tools.share.goesOn(0)) break;
  }
  const isThrough = checkedMs > (opens.at(-1) ?? range.from);
  const asked = opens.filter((open) => isThrough || open < checkedMs);
  const came = asked.filter((open) => parts.some((part) => part.time[indexAtTime(part, open)] === open)).length;
  const counts = { repaired: row.repaired + came, missing: row.missing + asked.length - came };
  return stepOf({ parts, requests, stopped }, { ...counts, checkedMs: isThrough ? range.to : checkedMs });
}

/** `change`: candles that broke a rule, counted. Those that are asked for again were counted when they came first. */
async function readChecked(row: BackfillRow, { series, share }: StepTools, range: TimeRange) {
  const check = new CandleCheck({ timeframe: series.timeframe });
  const read = await readPages(series, range, { share, check });
  const refused: Record<string, number> = { ...row.refused };
  for (const { rule, count } of check.broken) refused[rule] = (refused[rule] ?? 0) + count;
  const change: BackfillChange = check.broken.length === 0 ? {} : { refused };
  return { read, change };
}

function stepOf(read: Pick<PagesRead, "parts" | "requests" | "stopped">, change: BackfillChange): BackfillStep {
  const { parts, requests, stopped } = read;
  return { parts, requests, stopped, change, isLast: false };
}

function nothing(change: BackfillChange): BackfillStep {
  return { parts: [], requests: 0, stopped: undefined, change, isLast: false };
}

function countOf(parts: readonly CandleColumns[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
