import { FIRST_DRAFT, type RunDraft } from "./run-draft.ts";

type Sized = Pick<RunDraft, "datasetIds" | "sizing" | "size">;

/**
 * The form with other markets. All cash would go to the market that signals first, so several markets begin with equal
 * shares of the equity; a size that somebody chose otherwise stays.
 */
export function withMarkets(draft: Sized, datasetIds: readonly string[]): Partial<RunDraft> {
  const untouched = draft.sizing === "all" || hasEqualShares(draft);
  if (!untouched) return { datasetIds };
  if (datasetIds.length > 1) return { datasetIds, sizing: "percent", size: equalShare(datasetIds.length) };
  return draft.sizing === "all" ? { datasetIds } : { datasetIds, sizing: "all", size: FIRST_DRAFT.size };
}

/** Whether each of several markets gets the same share of the equity. */
export function hasEqualShares({ datasetIds, sizing, size }: Sized): boolean {
  return datasetIds.length > 1 && sizing === "percent" && size === equalShare(datasetIds.length);
}

/** What the size means for several markets; undefined where there is nothing to add. */
export function sizingNote(draft: Sized): string | undefined {
  const { length } = draft.datasetIds;
  if (length < 2) return undefined;
  if (draft.sizing === "all") {
    return "The market that signals first takes all the cash; the others wait until it is free again.";
  }
  return hasEqualShares(draft) ? `${length} markets share the equity, ${draft.size} % each.` : undefined;
}

/** Percent of equity for each of `markets`; rounded down, so that together they never ask for more than there is. */
function equalShare(markets: number): string {
  return String(Math.floor(10_000 / markets) / 100);
}
