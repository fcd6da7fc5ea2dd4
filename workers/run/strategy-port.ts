import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";

/** The strategies of the core, as the services see them. */
export const STRATEGY_CATALOGUE: StrategyCatalogue = {
  library: [],
  words: [],
  find: () => undefined,
  check: () => ({ diagnostics: [], parameters: [], warmup: null }),
  compile: () => {
    throw new Error("there is no rule language yet");
  },
};
