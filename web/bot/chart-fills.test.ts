import { describe, expect, test } from "vitest";
import type { Fill } from "../../schema/wire/trading.ts";
import {
  CHART_FILLS_MAX,
  FILLS_PAGE_ROWS,
  isBehind,
  type LoadedFills,
  loadFills,
  markedFrom,
  withLiveFills,
} from "./chart-fills.ts";

const fill = (at: number) => ({ id: `f${at}`, at }) as Fill;
/** Fills at `newest`, `newest - 1`, to 1. */
const fillsTo = (newest: number) => Array.from({ length: newest }, (_, index) => fill(newest - index));

/** An API that has fills of the times 1 to `newest`. */
function api(newest: number) {
  const asked: (string | undefined)[] = [];
  const page = async (cursor: string | undefined) => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const to = from + FILLS_PAGE_ROWS;
    return { rows: fillsTo(newest).slice(from, to), next: to < newest ? String(to) : null };
  };
  return { page, asked };
}

describe("the fills that a bot's chart marks", () => {
  test("are all of the bot, page by page", async () => {
    const { page, asked } = api(450);
    expect(await loadFills(undefined, page)).toEqual({ fills: fillsTo(450), whole: true });
    expect(asked).toHaveLength(3);
  });

  test("stop at the bound, and the chart is told from when on they are marked", async () => {
    const { page, asked } = api(CHART_FILLS_MAX + 500);
    const loaded = await loadFills(undefined, page);
    expect(asked).toHaveLength(CHART_FILLS_MAX / FILLS_PAGE_ROWS);
    expect(loaded.fills).toHaveLength(CHART_FILLS_MAX);
    expect(markedFrom(loaded, 1)).toBe(501);
    expect(markedFrom(loaded, 501)).toBeUndefined();
    expect(markedFrom(await loadFills(undefined, api(450).page), 0)).toBeUndefined();
  });

  test("are asked again only up to those that are known, and never have a hole", async () => {
    const known: LoadedFills = { fills: fillsTo(300), whole: true };
    const { page, asked } = api(320);
    expect(await loadFills(known, page)).toEqual({ fills: fillsTo(320), whole: true });
    expect(asked).toHaveLength(1);
    const late: LoadedFills = { fills: fillsTo(300).filter(({ at }) => at !== 290), whole: true };
    expect(await loadFills(late, api(300).page)).toEqual({ fills: fillsTo(300), whole: true });
    const far = await loadFills(known, api(CHART_FILLS_MAX + 400).page);
    expect(far.fills.at(-1)?.at).toBe(401);
    expect(far.whole).toBe(false);
  });

  test("hold what is told live once, and are asked again where some may lie between", () => {
    const loaded: LoadedFills = { fills: fillsTo(3), whole: true };
    expect(withLiveFills(loaded, [fill(4), fill(3)])).toEqual(fillsTo(4));
    expect(isBehind(loaded, [fill(4), fill(3)])).toBe(false);
    expect(isBehind(loaded, [fill(6), fill(5)])).toBe(true);
  });
});
