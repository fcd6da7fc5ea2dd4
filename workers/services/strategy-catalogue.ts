import type { LanguageWord, LibraryStrategy, StrategyCheck } from "../../schema/wire/strategy.ts";
import type { Strategy } from "../core/strategy/strategy.ts";

/** The strategies there are and the language they are written in. */
export interface StrategyCatalogue {
  readonly library: readonly LibraryStrategy[];
  readonly words: readonly LanguageWord[];
  /** A strategy of the library, or undefined. */
  find(id: string): Strategy | undefined;
  /** What is wrong with a rule text, and what it would be. Never throws for bad text. */
  check(document: string): StrategyCheck;
  /** The strategy that a rule text describes. Throws where `check` finds an error. */
  compile(document: string): Strategy;
}
