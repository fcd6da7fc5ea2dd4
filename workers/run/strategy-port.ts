import type { LibraryStrategy } from "../../schema/wire/strategy.ts";
import { findStrategy, type LibraryEntry, STRATEGIES } from "../core/strategy/registry.ts";
import { checkRules, compileRules, LANGUAGE_WORDS } from "../core/strategy/rule/rules.ts";
import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";

/** The strategies and the rule language of the core, as the services see them. */
export const STRATEGY_CATALOGUE: StrategyCatalogue = {
  library: STRATEGIES.map(libraryStrategy),
  words: LANGUAGE_WORDS,
  find: findStrategy,
  check: checkRules,
  compile: (document) => compileRules(document),
};

function libraryStrategy({ strategy, document }: LibraryEntry): LibraryStrategy {
  const { id, title, summary, scope, shorts, parameters } = strategy;
  return { id, title, summary, scope, shorts, parameters: [...parameters], document };
}
