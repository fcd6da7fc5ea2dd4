import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { LibraryStrategy, UserStrategy } from "../../schema/wire/strategy.ts";
import type { NewRunSearch } from "../app/search.ts";
import { timeframeLengthMs, timeframesFrom } from "../format/timeframe.ts";
import { withMarkets } from "./market-sizing.ts";
import { draftOfSettings, FIRST_DRAFT, type RunDraft } from "./run-draft.ts";
import { givenName } from "./run-title.ts";
import { directionFor, withStrategy } from "./strategy-direction.ts";

interface Opening {
  /** What was typed before, if anything, and when. */
  readonly stored: unknown;
  readonly savedAt: number;
  readonly search: NewRunSearch;
  /** The run that is run again. */
  readonly earlier: Backtest | undefined;
  readonly datasets: readonly Dataset[];
  readonly library: readonly LibraryStrategy[];
  readonly own: readonly UserStrategy[];
}

/**
 * What the form of a new run opens with: what was typed before, else the run that is run again, else the defaults with
 * the newest dataset. What the address asks for goes before all of it, then candles imported since; what is gone is
 * left out.
 */
export function openingDraft(opening: Opening): RunDraft {
  const { stored, search, earlier, datasets, library, own } = opening;
  const base =
    earlier === undefined ? FIRST_DRAFT : draftOfSettings(earlier.settings, givenName(earlier) ?? FIRST_DRAFT.name);
  const typed = { ...base, ...fieldsOf(stored) };
  const datasetIds = openingDatasets(opening, typed);
  const same = datasetIds.join() === typed.datasetIds.join();
  const strategy = knownStrategy(search.strategy ?? typed.strategy, library, own);
  const changed =
    strategy === typed.strategy
      ? { direction: directionFor(opening, typed) }
      : withStrategy({ ...opening, draft: typed }, strategy);
  return {
    ...typed,
    // Days chosen for other candles may lie outside these.
    ...(same ? {} : { ...withMarkets(typed, datasetIds), from: "", to: "" }),
    ...changed,
    timeframe: fittingTimeframe(typed, datasetIds, datasets),
  };
}

function openingDatasets({ stored, savedAt, search, earlier, datasets }: Opening, typed: RunDraft): readonly string[] {
  const isKnown = (id: string) => datasets.some((dataset) => dataset.id === id);
  if (search.dataset !== undefined && isKnown(search.dataset)) return [search.dataset];
  const [newest] = datasets.toSorted((a, b) => b.createdAt - a.createdAt);
  // A run that is repeated stays on its own candles.
  const fresh = stored !== undefined && earlier === undefined;
  const isOwn = newest !== undefined && newest.source !== "simulated";
  const imported = fresh && isOwn && newest.createdAt > savedAt;
  const known = typed.datasetIds.filter(isKnown);
  return newest !== undefined && (imported || known.length === 0) ? [newest.id] : known;
}

/** Fields of a stored draft that are still of the right type. */
function fieldsOf(stored: unknown): Partial<RunDraft> {
  if (typeof stored !== "object" || stored === null) return {};
  const fields = Object.entries(stored).filter(
    ([name, value]) => name in FIRST_DRAFT && typeof value === typeof FIRST_DRAFT[name as keyof RunDraft],
  );
  return Object.fromEntries(fields) as Partial<RunDraft>;
}

function knownStrategy(strategy: string, library: readonly LibraryStrategy[], own: readonly UserStrategy[]): string {
  const id = strategy.slice(strategy.indexOf(":") + 1);
  if (strategy === "rules") return strategy;
  if (strategy.startsWith("library:") && library.some((row) => row.id === id)) return strategy;
  if (strategy.startsWith("saved:") && own.some((row) => row.id === id)) return strategy;
  return library[0] === undefined ? strategy : `library:${library[0].id}`;
}

/** The timeframe of the draft where the datasets can be joined to it, else their own. */
function fittingTimeframe(
  draft: RunDraft,
  ids: readonly string[],
  datasets: readonly Dataset[],
): RunDraft["timeframe"] {
  const chosen = datasets.filter((dataset) => ids.includes(dataset.id));
  const base = chosen.toSorted((a, b) => timeframeLengthMs(b.timeframe) - timeframeLengthMs(a.timeframe))[0]?.timeframe;
  return base === undefined || timeframesFrom(base).includes(draft.timeframe) ? draft.timeframe : base;
}
