import type { CandleColumns } from "../candle/candle.ts";
import type { IndicatorReading } from "../strategy/strategy.ts";
import { Account } from "./account.ts";
import { mergeTimes } from "./block.ts";
import { Book } from "./book.ts";
import { TailWindow } from "./feed-window.ts";
import type { WarmUpReading } from "./result.ts";
import type { RunDefinition } from "./settings.ts";
import { createPrograms, WARMUP_CHECK_MAX } from "./signals.ts";
import type { Snapshot } from "./snapshot.ts";
import { LaneView } from "./view.ts";

/** The warm-up check of strategies that are asked candle by candle: the last history, to be shown to fresh programs. */
export class SteppedHistory {
  private readonly definition: RunDefinition;
  private readonly warmup: number;
  private readonly tails: readonly TailWindow[];

  constructor(definition: RunDefinition) {
    this.definition = definition;
    this.warmup = Math.max(1, definition.strategy.warmup(definition.parameters, definition.timeframe));
    const kept = definition.checks !== "bare" && this.warmup <= WARMUP_CHECK_MAX;
    this.tails = kept ? definition.instruments.map(() => new TailWindow(this.warmup)) : [];
  }

  push(candles: readonly CandleColumns[]): void {
    this.tails.forEach((tail, index) => {
      tail.push(candles[index]);
    });
  }

  /** The programs' readings after the last `warmup` candles alone, beside `long`, those after all history. */
  readings(long: readonly IndicatorReading[]): { warmup: number; readings: WarmUpReading[] } | undefined {
    if (this.tails.length === 0) return undefined;
    const symbols = this.definition.instruments.map((entry) => entry.instrument.symbol);
    const programs = createPrograms(this.definition).stepped;
    const view = new LaneView(symbols);
    const account = new Account(this.definition.settings.cash, symbols.length, "count");
    const books = symbols.map(() => new Book());
    const parts = this.tails.map(({ candles }) => ({ candles, start: 0 }));
    const at = parts.map(() => 0);
    for (const time of mergeTimes(parts)) {
      view.beginClose();
      parts.forEach(({ candles }, index) => {
        if (candles.time[at[index]] === time) view.see(index, candles, at[index]++);
      });
      view.seeAccount(account, books, time);
      for (const program of programs) program.warm?.(view);
    }
    const short = programs.flatMap((program) => program.readings());
    const readings = long.map(({ name, value }, index) => ({ name, long: value, short: short[index].value }));
    return { warmup: this.warmup, readings };
  }

  snapshot(): Snapshot {
    return this.tails.map((tail) => tail.snapshot());
  }

  restore(snapshot: Snapshot): void {
    this.tails.forEach((tail, index) => {
      tail.restore((snapshot as readonly Snapshot[])[index]);
    });
  }
}
