import { hashColumns } from "../engine/candle-hash.ts";
import type { RunResult } from "../engine/result.ts";
import { sha256 } from "./sha256.ts";

/** Version of the trading semantics: it changes when the same inputs may give another result. */
export const ENGINE_VERSION = "1";

/** Hashes of all that a result depends on and of the result: the same receipt means the same result. */
export interface Receipt {
  readonly candles: string;
  readonly strategy: string;
  readonly parameters: string;
  readonly settings: string;
  readonly engine: string;
  readonly seed: number;
  readonly receipt: string;
  readonly result: string;
}

/** `source` is the strategy's text, or its id where it is code of this engine's version. */
export function receiptOf(result: RunResult, source: string): Receipt {
  const { definition, main } = result;
  const { settings, timeframe, from, to } = definition;
  const instruments = definition.instruments.map(({ instrument, timeframe: base }) => {
    const { symbol, tick, lot, quantityMin, notionalMin, daysPerYear } = instrument;
    return { symbol, tick, lot, quantityMin, notionalMin, daysPerYear, base };
  });
  const parts = {
    candles: sha256(result.candleHashes.join(" ")),
    strategy: sha256(source),
    parameters: sha256(canonical(definition.parameters)),
    settings: sha256(canonical({ settings, timeframe, from: from ?? null, to: to ?? null, instruments })),
    engine: ENGINE_VERSION,
    seed: settings.seed,
  };
  const trades = hashColumns(main.trades.allColumns());
  const outcome = sha256([main.finalEquity, result.drawdown.maxDepth, main.trades.length, trades].join(" "));
  return { ...parts, result: outcome, receipt: sha256(canonical({ ...parts, result: outcome })) };
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(",")}}`;
}
