import type { LanguageWord } from "../../../schema/wire/strategy.ts";

/** A strategy from the first line to the last. */
export const WHOLE_STRATEGY = `param fast = 20 (5..60)
param slow = 50 (20..200)
let quick = sma(close, $fast)
let steady = sma(close, $slow)

enter long when cross_above(quick, steady)
exit long when cross_below(quick, steady)
stop long at close - 3 * atr(14)`;

/** Examples of words whose place holders say too little, by name. */
const EXAMPLES: Readonly<Record<string, string>> = {
  param: 'param fast = 20 (5..100 step 5) "Fast average"',
  let: "let trend = sma(close, 200)",
  enter: "enter long when close > sma(close, 50)",
  exit: "exit long when rsi(close, 14) > 70",
  stop: "stop long at close - 2 * atr(14)",
  target: "target long at close * 1.04",
  trail: "trail by 3 * atr(14)",
  limit: "limit long at close * 0.995",
  entry: "entry stop long at prev(high)",
  size: "size 0.5",
  and: "close > open and volume > sma(volume, 20)",
  or: "rsi(close, 14) < 30 or close < prev(low)",
  not: "not rising(close, 3)",
  cross_above: "cross_above(ema(close, 12), ema(close, 26))",
  cross_below: "cross_below(close, sma(close, 50))",
  rising: "rising(sma(close, 50), 3)",
  falling: "falling(close, 3)",
  prev: "close > prev(high, 1)",
  since: "since(close > prev(high)) > 5",
  if: "if(close > open, high, low)",
  tf: 'tf("1d", sma(close, 20))',
  of: 'of("ETH-USD", close)',
  hour: "hour() >= 8",
  minute: "minute() == 0",
  weekday: "weekday() <= 5",
  position: "position() == 0",
  entry_price: "close > entry_price() * 1.02",
  candles_held: "candles_held() > 24",
  abs: "abs(close - open)",
  min: "min(open, close)",
  max: "max(open, close, prev(close))",
  sqrt: "sqrt(volume)",
  log: "log(close)",
  round: "round(close)",
  floor: "floor(close)",
  ceil: "ceil(close)",
};

/** A piece of rules that uses the word: one of ours, else what completion inserts with its place holders filled in. */
export function wordExample({ name, insert }: Pick<LanguageWord, "name" | "insert">): string {
  return EXAMPLES[name] ?? insert.replaceAll(/\$\{([^${}]*)\}/g, "$1");
}
