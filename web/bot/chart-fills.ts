import type { Fill } from "../../schema/wire/trading.ts";

/** Rows of one request: the largest page of the API. */
export const FILLS_PAGE_ROWS = 200;
/** Fills that one chart marks: more would cover the candles, and ten requests are what a page may cost. */
export const CHART_FILLS_MAX = 2_000;

/** The fills of a bot on one market as far as they were loaded, newest first, without a hole. */
export interface LoadedFills {
  readonly fills: readonly Fill[];
  /** Whether there are no older ones. */
  readonly whole: boolean;
}

type FillPage = { readonly rows: readonly Fill[]; readonly next: string | null };

/**
 * Loads fills page by page, newest first, up to those that are known, or to the bound. Known fills that the bound keeps
 * from being reached are let go: between them and the new ones some would be missing.
 */
export async function loadFills(
  known: LoadedFills | undefined,
  page: (cursor: string | undefined) => Promise<FillPage>,
): Promise<LoadedFills> {
  const ids = new Set(known?.fills.map(({ id }) => id));
  const fresh: Fill[] = [];
  let cursor: string | undefined;
  do {
    const { rows, next } = await page(cursor);
    // One that was heard late stands behind those that are known.
    fresh.push(...rows.filter(({ id }) => !ids.has(id)));
    const met = rows.some(({ id }) => ids.has(id));
    if (met && known !== undefined) {
      return bounded(
        [...fresh, ...known.fills].sort((a, b) => b.at - a.at),
        known.whole,
      );
    }
    if (next === null) return bounded(fresh, true);
    cursor = next;
  } while (fresh.length < CHART_FILLS_MAX);
  return bounded(fresh, false);
}

function bounded(fills: readonly Fill[], whole: boolean): LoadedFills {
  return { fills: fills.slice(0, CHART_FILLS_MAX), whole: whole && fills.length <= CHART_FILLS_MAX };
}

/** What was loaded and what is told live, each fill once. */
export function withLiveFills(loaded: LoadedFills | undefined, live: readonly Fill[]): readonly Fill[] {
  const ids = new Set(loaded?.fills.map(({ id }) => id));
  return [...live.filter(({ id }) => !ids.has(id)), ...(loaded?.fills ?? [])];
}

/** Whether fills may lie between those that are told live and those that were loaded. */
export function isBehind({ fills }: LoadedFills, live: readonly Fill[]): boolean {
  const oldest = live.at(-1);
  return oldest !== undefined && !fills.some(({ id }) => id === oldest.id);
}

/** From when on fills are marked where the bound keeps earlier ones of these candles out; undefined where all are. */
export function markedFrom({ fills, whole }: LoadedFills, candlesFrom: number | undefined): number | undefined {
  const oldest = fills.at(-1)?.at;
  if (whole || oldest === undefined || candlesFrom === undefined) return undefined;
  return oldest > candlesFrom ? oldest : undefined;
}
