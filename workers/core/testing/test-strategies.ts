import type { CandleColumns } from "../candle/candle.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import { Sma } from "../indicator/moving-average.ts";
import { Rsi } from "../indicator/oscillator.ts";
import { Donchian } from "../indicator/volatility.ts";
import {
  type ColumnProgram,
  ENTER_LONG,
  EXIT_LONG,
  type ParameterSpec,
  type SignalColumns,
  type Strategy,
  type StrategyChunk,
} from "../strategy/strategy.ts";

/** Signals of one candle after another, for strategies written by hand in tests: an oracle beside the rule language. */
type Step = (candles: CandleColumns, index: number) => number;

export function handStrategy(
  id: string,
  parameters: readonly ParameterSpec[],
  make: (values: Readonly<Record<string, number>>) => {
    step: Step;
    state: readonly { snapshot(): Snapshot; restore(s: Snapshot): void }[];
  },
  prices?: (candles: CandleColumns, index: number) => Partial<Record<"stop" | "target" | "limit" | "trail", number>>,
): Strategy {
  return {
    id,
    title: id,
    summary: id,
    parameters,
    scope: "each",
    pathSensitive: prices !== undefined,
    shorts: true,
    warmup: () => 60,
    create(values) {
      const { step, state } = make(values);
      const program: ColumnProgram = {
        form: "columns",
        fill(chunk: StrategyChunk): SignalColumns {
          const { candles } = chunk;
          const flags = new Uint8Array(candles.length);
          const column = () => new Float64Array(candles.length).fill(Number.NaN);
          const out = { flags, stop: column(), target: column(), limit: column(), trail: column() };
          for (let i = 0; i < candles.length; i++) {
            flags[i] = step(candles, i);
            for (const [name, price] of Object.entries(prices?.(candles, i) ?? {})) out[name as "stop"][i] = price;
          }
          return out;
        },
        readings: () => [],
        snapshot: () => state.map((part) => part.snapshot()),
        restore: (saved) => {
          (saved as readonly Snapshot[]).forEach((part, index) => {
            state[index].restore(part);
          });
        },
      };
      return program;
    },
  };
}

class Memory {
  values: number[];
  constructor(...values: number[]) {
    this.values = values;
  }
  snapshot(): Snapshot {
    return [...this.values];
  }
  restore(saved: Snapshot): void {
    this.values = [...(saved as readonly number[])];
  }
}

function integer(name: string, value: number): ParameterSpec {
  return { name, title: name, kind: "integer", default: value, min: 1, max: 1_000, step: 1 };
}

export const HAND_SMA_CROSS = handStrategy(
  "sma-cross",
  [integer("fast", 20), integer("slow", 50)],
  ({ fast, slow }) => {
    const quick = new Sma(fast);
    const late = new Sma(slow);
    const before = new Memory(Number.NaN);
    return {
      state: [quick, late, before],
      step: (candles, i) => {
        const difference = quick.push(candles.close[i]) - late.push(candles.close[i]);
        const [last] = before.values;
        before.values[0] = difference;
        return last < 0 && difference > 0 ? ENTER_LONG : last > 0 && difference < 0 ? EXIT_LONG : 0;
      },
    };
  },
);

export const HAND_RSI = handStrategy(
  "rsi-reversion",
  [integer("period", 14), integer("lower", 30), integer("upper", 70)],
  ({ period, lower, upper }) => {
    const rsi = new Rsi(period);
    const seen = new Memory(0);
    return {
      state: [rsi, seen],
      step: (candles, i) => {
        const value = rsi.push(candles.close[i]);
        // Decisions begin on the candle after the one that gives every indicator its first value.
        if (seen.values[0]++ <= period) return 0;
        return value < lower ? ENTER_LONG : value > upper ? EXIT_LONG : 0;
      },
    };
  },
);

export const HAND_DONCHIAN = handStrategy(
  "donchian",
  [integer("entry", 20), integer("exit", 10)],
  ({ entry, exit }) => {
    const highs = new Donchian(entry);
    const lows = new Donchian(exit);
    const before = new Memory(Number.NaN, Number.NaN);
    const seen = new Memory(0);
    return {
      state: [highs, lows, before, seen],
      step: (candles, i) => {
        const [top, bottom] = before.values;
        highs.push(candles, i);
        lows.push(candles, i);
        before.values = [highs.upper, lows.lower];
        const close = candles.close[i];
        if (seen.values[0]++ <= Math.max(entry, exit)) return 0;
        return close > top ? ENTER_LONG : close < bottom ? EXIT_LONG : 0;
      },
    };
  },
);
