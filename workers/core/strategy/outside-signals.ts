import type { Strategy } from "./strategy.ts";

/**
 * The strategy of a bot that is driven from outside: it never wants anything at a close. What it shall do reaches its
 * trader between candles: see `Trader.act`. No part of the library, since there is nothing in it to test on candles.
 */
export const OUTSIDE_SIGNALS: Strategy = {
  id: "outside-signals",
  title: "Signals from outside",
  summary: "Does what signals say that are sent to the bot's address.",
  parameters: [],
  scope: "each",
  pathSensitive: true,
  shorts: true,
  // The last close is what an entry is sized by.
  warmup: () => 1,
  create: () => ({
    form: "columns",
    fill: ({ candles }) => ({ flags: new Uint8Array(candles.length) }),
    readings: () => [],
    snapshot: () => null,
    restore: () => undefined,
  }),
};
