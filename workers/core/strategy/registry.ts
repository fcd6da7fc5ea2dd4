import { DCA } from "./library/dca.ts";
import { GRID } from "./library/grid.ts";
import { MOMENTUM_ROTATION } from "./library/momentum-rotation.ts";
import { LIBRARY_DOCUMENTS } from "./library/rule-documents.ts";
import { compileRules } from "./rule/rules.ts";
import type { Strategy } from "./strategy.ts";

/** A strategy of the library; `document` is its rule text, `null` where it is written in code. */
export interface LibraryEntry {
  readonly strategy: Strategy;
  readonly document: string | null;
}

/** Every built-in strategy. */
export const STRATEGIES: readonly LibraryEntry[] = [
  ...LIBRARY_DOCUMENTS.map(({ text, ...names }) => ({ strategy: compileRules(text, names), document: text })),
  ...[MOMENTUM_ROTATION, GRID, DCA].map((strategy) => ({ strategy, document: null })),
];

/** The built-in strategy of this id, or undefined. */
export function findStrategy(id: string): Strategy | undefined {
  return STRATEGIES.find(({ strategy }) => strategy.id === id)?.strategy;
}
