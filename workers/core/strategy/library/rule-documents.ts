/** A strategy of the library that is written in rules. */
export interface LibraryDocument {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
}

/** The strategies of the library that are written in rules, simplest first; traders copy them and change them. */
export const LIBRARY_DOCUMENTS: readonly LibraryDocument[] = [
  {
    id: "sma-cross",
    title: "SMA cross",
    summary: "Follows the trend: long while a fast simple average is above a slow one.",
    text: `# SMA cross: long while the fast average is above the slow one
param fast = 20 (2..200 step 5) "Fast period"
param slow = 50 (5..500 step 10) "Slow period"

enter long when cross_above(sma(close, $fast), sma(close, $slow))
exit long when cross_below(sma(close, $fast), sma(close, $slow))
`,
  },
  {
    id: "ema-cross",
    title: "EMA cross",
    summary: "Follows the trend with exponential averages, which turn sooner than simple ones.",
    text: `# EMA cross: long while the fast average is above the slow one
param fast = 12 (2..200 step 2) "Fast period"
param slow = 26 (5..500 step 5) "Slow period"

enter long when cross_above(ema(close, $fast), ema(close, $slow))
exit long when cross_below(ema(close, $fast), ema(close, $slow))
`,
  },
  {
    id: "rsi-reversion",
    title: "RSI reversion",
    summary: "Buys what fell hard and sells it when it has recovered, measured by the RSI.",
    text: `# RSI reversion: buy when oversold, sell when overbought
param period = 14 (2..100 step 2) "RSI period"
param lower = 30 (5..50 step 5) "Buy below"
param upper = 70 (50..95 step 5) "Sell above"

enter long when rsi(close, $period) < $lower
exit long when rsi(close, $period) > $upper
`,
  },
  {
    id: "macd",
    title: "MACD",
    summary: "Follows momentum: long while the MACD line is above its signal line.",
    text: `# MACD: long while the line is above its signal
param fast = 12 (2..100 step 2) "Fast period"
param slow = 26 (5..200 step 2) "Slow period"
param smooth = 9 (2..50 step 1) "Signal period"

enter long when cross_above(macd(close, $fast, $slow, $smooth).line, macd(close, $fast, $slow, $smooth).signal)
exit long when cross_below(macd(close, $fast, $slow, $smooth).line, macd(close, $fast, $slow, $smooth).signal)
`,
  },
  {
    id: "bollinger-reversion",
    title: "Bollinger reversion",
    summary: "Buys below the lower Bollinger band and sells at the mean.",
    text: `# Bollinger reversion: buy below the lower band, sell at the mean
param period = 20 (5..200 step 5) "Band period"
param width = 2.0 (0.5..5.0 step 0.25) "Deviations"

enter long when close < bollinger(close, $period, $width).lower
exit long when close > bollinger(close, $period, $width).middle
`,
  },
  {
    id: "bollinger-breakout",
    title: "Bollinger breakout",
    summary: "Buys when the price breaks out above the upper Bollinger band and leaves below the mean.",
    text: `# Bollinger breakout: buy above the upper band, leave below the mean
param period = 20 (5..200 step 5) "Band period"
param width = 2.0 (0.5..5.0 step 0.25) "Deviations"

enter long when cross_above(close, bollinger(close, $period, $width).upper)
exit long when close < bollinger(close, $period, $width).middle
`,
  },
  {
    id: "donchian",
    title: "Donchian breakout",
    summary: "The turtles' rule: buys a new high of many candles and leaves at a new low of fewer.",
    text: `# Donchian breakout: buy above the highest high before, leave below the lowest low before
param entry = 20 (2..400 step 5) "Entry channel"
param exit = 10 (2..200 step 5) "Exit channel"

enter long when close > prev(donchian($entry).upper)
exit long when close < prev(donchian($exit).lower)
`,
  },
  {
    id: "supertrend",
    title: "Supertrend",
    summary: "Follows the Supertrend band: long while it lies below the price.",
    text: `# Supertrend: long while the band lies below the price
param period = 10 (2..100 step 1) "ATR period"
param width = 3.0 (0.5..10.0 step 0.5) "ATRs"

enter long when cross_above(supertrend($period, $width).direction, 0)
exit long when cross_below(supertrend($period, $width).direction, 0)
`,
  },
  {
    id: "stochastic",
    title: "Stochastic",
    summary:
      "Buys when the stochastic turns up from the bottom of its range and sells when it turns down from the top.",
    text: `# Stochastic: buy a turn at the bottom of the range, sell one at the top
param period = 14 (3..100 step 1) "Range period"
param slow = 3 (1..20 step 1) "Smoothing"
param smooth = 3 (1..20 step 1) "Signal period"
param lower = 20 (5..50 step 5) "Bottom"
param upper = 80 (50..95 step 5) "Top"

let k = stochastic($period, $slow, $smooth).k
let d = stochastic($period, $slow, $smooth).d

enter long when cross_above(k, d) and k < $lower
exit long when cross_below(k, d) and k > $upper
`,
  },
  {
    id: "atr-channel",
    title: "ATR channel",
    summary: "Buys a breakout above a channel as wide as the market is lively, with a protective stop as wide.",
    text: `# ATR channel: buy above the channel, leave below its middle, stop some ATRs away
param period = 50 (5..300 step 5) "Channel period"
param width = 2.0 (0.5..10.0 step 0.5) "Channel width in ATRs"
param distance = 3.0 (0.5..10.0 step 0.5) "Stop distance in ATRs"

let middle = ema(close, $period)
let range = atr($period)

enter long when cross_above(close, middle + $width * range)
exit long when cross_below(close, middle)
stop long at close - $distance * range
`,
  },
];
