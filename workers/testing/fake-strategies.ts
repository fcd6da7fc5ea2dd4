import type { Strategy } from "../core/strategy/strategy.ts";
import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";

const SPEC = { name: "fast", title: "Fast", kind: "integer", default: 20, min: 2, max: 200, step: 1 } as const;

/** A strategy with one parameter that never trades. */
const NOOP: Strategy = {
  id: "noop",
  title: "Does nothing",
  summary: "Never trades.",
  parameters: [SPEC],
  scope: "each",
  pathSensitive: false,
  shorts: false,
  warmup: () => 0,
  create: () => ({
    form: "columns",
    fill: ({ candles }) => ({ flags: new Uint8Array(candles.length) }),
    readings: () => [],
    snapshot: () => null,
    restore: () => {},
  }),
};

/** A library of one; a rule text is wrong where it says `wrong`. */
export const FAKE_STRATEGIES: StrategyCatalogue = {
  library: [
    {
      id: "noop",
      title: NOOP.title,
      summary: NOOP.summary,
      scope: "each",
      shorts: false,
      parameters: [SPEC],
      document: null,
    },
  ],
  words: [],
  find: (id) => (id === "noop" ? NOOP : undefined),
  check: (document) => ({
    diagnostics: document.includes("wrong")
      ? [{ from: 0, to: 5, line: 1, column: 1, severity: "error", message: "`wrong` is wrong", suggestion: null }]
      : [],
    parameters: [SPEC],
    warmup: 0,
  }),
  compile: () => NOOP,
};
