import { candle, ema, factor, period, type Row, value, wilder, window } from "./catalogue-row.ts";
import { Dema, Ema, Hma, Kama, Sma, Tema, Wma } from "./moving-average.ts";
import { Cci, Macd, Momentum, Roc, Rsi, Stochastic, StochRsi, WilliamsR } from "./oscillator.ts";
import { Doji, Engulfing, Hammer, HeikinAshi, Pivot } from "./pattern.ts";
import { Aroon, Ichimoku } from "./range-trend.ts";
import { Adx, LinearRegression, ParabolicSar, Supertrend } from "./trend.ts";
import { Atr, Bollinger, Donchian, Highest, Keltner, Lowest, StdDev, TrueRange, ZScore } from "./volatility.ts";
import { Cmf, Mfi, Obv, Vwap, Vwma } from "./volume.ts";

/**
 * Longest period of the CCI, whose mean deviation has to read its whole window at each candle, about 5 ns a value:
 * 5 µs a candle. Charts use 14 to 200.
 */
export const CCI_PERIOD_MAX = 1_000;

/** The rows of the registry: what each indicator is made of, and where its outputs belong on a chart. */
export const CATALOGUE: readonly Row[] = [
  value("sma", "Simple moving average", "Mean of the last n values.", [period(20)], {
    scale: "source",
    first: window,
    create: ([n]) => new Sma(n),
  }),
  value("ema", "Exponential moving average", "Average that weighs new values more.", [period(20)], {
    scale: "source",
    first: window,
    memory: ema,
    create: ([n]) => new Ema(n),
  }),
  value("wma", "Weighted moving average", "Average with weights 1..n, the newest heaviest.", [period(20)], {
    scale: "source",
    first: window,
    create: ([n]) => new Wma(n),
  }),
  value("dema", "Double EMA", "2·EMA - EMA of EMA: less lag than an EMA.", [period(20)], {
    scale: "source",
    first: ([n]) => 2 * (n - 1),
    memory: ([n]) => 6 * n,
    create: ([n]) => new Dema(n),
  }),
  value("tema", "Triple EMA", "3·EMA - 3·EMA² + EMA³: still less lag.", [period(20)], {
    scale: "source",
    first: ([n]) => 3 * (n - 1),
    memory: ([n]) => 8 * n,
    create: ([n]) => new Tema(n),
  }),
  value("hma", "Hull moving average", "Smooth and fast, from weighted averages.", [period(20)], {
    scale: "source",
    first: ([n]) => n - 1 + Math.max(1, Math.floor(Math.sqrt(n))) - 1,
    create: ([n]) => new Hma(n),
  }),
  value("kama", "Kaufman adaptive average", "Fast in trends, slow in noise.", [period(10)], {
    scale: "source",
    first: ([n]) => n,
    memory: ([n]) => 10 * n + 100,
    create: ([n]) => new Kama(n),
  }),
  candle("vwma", "Volume-weighted average", "Mean close weighted by volume.", [period(20)], {
    scale: "price",
    first: window,
    create: ([n]) => new Vwma(n),
  }),
  candle("vwap", "Session VWAP", "Volume-weighted price since the start of the UTC day.", [], {
    scale: "price",
    first: () => 0,
    create: () => new Vwap(),
  }),
  value("rsi", "Relative strength index", "0..100: share of gains among recent changes (Wilder).", [period(14)], {
    scale: "own",
    first: ([n]) => n,
    memory: wilder,
    create: ([n]) => new Rsi(n),
  }),
  value(
    "stoch_rsi",
    "Stochastic RSI",
    "Where the RSI stands in its own range, 0..100.",
    [period(14), period(14, "window"), period(3, "smooth")],
    {
      outputs: ["k", "d"],
      fields: ["value", "d"],
      scale: "own",
      first: ([n, w, s]) => n + w - 1 + s - 1,
      memory: wilder,
      create: ([n, w, s]) => new StochRsi(n, w, s),
    },
  ),
  candle(
    "stochastic",
    "Stochastic",
    "Where the close stands in the recent range, 0..100.",
    [period(14), period(3, "slow"), period(3, "smooth")],
    {
      outputs: ["k", "d"],
      fields: ["value", "d"],
      scale: "own",
      first: ([n, s, d]) => n - 1 + s - 1 + d - 1,
      create: ([n, s, d]) => new Stochastic(n, s, d),
    },
  ),
  value(
    "macd",
    "MACD",
    "Difference of a fast and a slow EMA, with its signal line.",
    [period(12, "fast"), period(26, "slow"), period(9, "smooth")],
    {
      outputs: ["line", "signal", "histogram"],
      fields: ["value", "signal", "histogram"],
      scale: "own",
      first: ([f, s, d]) => Math.max(f, s) - 1 + d - 1,
      memory: ([f, s, d]) => Math.ceil(3.5 * (Math.max(f, s) + d)),
      create: ([f, s, d]) => new Macd(f, s, d),
    },
  ),
  value(
    "bollinger",
    "Bollinger bands",
    "Mean and k deviations above and below.",
    [period(20), factor("width", 2, 20)],
    {
      outputs: ["middle", "upper", "lower"],
      fields: ["value", "upper", "lower"],
      scale: "source",
      first: window,
      create: ([n, k]) => new Bollinger(n, k),
    },
  ),
  candle("keltner", "Keltner channel", "EMA and k ATRs above and below.", [period(20), factor("width", 2, 20)], {
    outputs: ["middle", "upper", "lower"],
    fields: ["value", "upper", "lower"],
    scale: "price",
    first: ([n]) => n,
    memory: wilder,
    create: ([n, k]) => new Keltner(n, k),
  }),
  candle("donchian", "Donchian channel", "Highest high and lowest low of n candles.", [period(20)], {
    outputs: ["middle", "upper", "lower"],
    fields: ["value", "upper", "lower"],
    scale: "price",
    first: window,
    create: ([n]) => new Donchian(n),
  }),
  candle("atr", "Average true range", "Typical size of a candle, gaps included (Wilder).", [period(14)], {
    scale: "own",
    first: ([n]) => n,
    memory: wilder,
    create: ([n]) => new Atr(n),
  }),
  candle("true_range", "True range", "Size of a candle, its opening gap included.", [], {
    scale: "own",
    first: () => 1,
    create: () => new TrueRange(),
  }),
  candle("adx", "Average directional index", "Strength of a trend, 0..100, whatever its direction.", [period(14)], {
    outputs: ["adx", "plus", "minus"],
    fields: ["value", "plus", "minus"],
    scale: "own",
    first: ([n]) => 2 * n - 1,
    memory: ([n]) => 14 * n,
    create: ([n]) => new Adx(n),
  }),
  candle(
    "cci",
    "Commodity channel index",
    "Distance from the mean in mean deviations.",
    [{ ...period(20), max: CCI_PERIOD_MAX }],
    {
      scale: "own",
      first: window,
      rereads: ([n]) => n,
      create: ([n]) => new Cci(n),
    },
  ),
  candle("williams_r", "Williams %R", "-100 at the bottom of the range, 0 at the top.", [period(14)], {
    scale: "own",
    first: window,
    create: ([n]) => new WilliamsR(n),
  }),
  candle("mfi", "Money flow index", "An RSI weighted by volume, 0..100.", [period(14)], {
    scale: "own",
    first: ([n]) => n,
    create: ([n]) => new Mfi(n),
  }),
  candle("obv", "On-balance volume", "Running volume, signed by the direction of the close.", [], {
    scale: "own",
    first: () => 0,
    create: () => new Obv(),
  }),
  candle("cmf", "Chaikin money flow", "Volume weighted by where candles close, -1..1.", [period(20)], {
    scale: "own",
    first: window,
    create: ([n]) => new Cmf(n),
  }),
  value("roc", "Rate of change", "Change over n values in percent.", [period(10)], {
    scale: "own",
    first: ([n]) => n,
    create: ([n]) => new Roc(n),
  }),
  value("momentum", "Momentum", "Change over n values.", [period(10)], {
    scale: "own",
    first: ([n]) => n,
    create: ([n]) => new Momentum(n),
  }),
  value("stddev", "Standard deviation", "Spread of the last n values (population form).", [period(20)], {
    scale: "own",
    first: window,
    create: ([n]) => new StdDev(n),
  }),
  value("linreg", "Linear regression", "Straight line through the last n values.", [period(14)], {
    outputs: ["value", "slope"],
    fields: ["value", "slope"],
    scale: ["source", "own"],
    first: window,
    create: ([n]) => new LinearRegression(n),
  }),
  candle("supertrend", "Supertrend", "Trailing band of k ATRs.", [period(10), factor("width", 3, 20)], {
    outputs: ["line", "direction"],
    fields: ["value", "direction"],
    scale: ["price", "own"],
    first: ([n]) => n,
    memory: wilder,
    create: ([n, k]) => new Supertrend(n, k),
  }),
  candle(
    "psar",
    "Parabolic SAR",
    "Stop that accelerates with the trend (Wilder).",
    [factor("step", 0.02, 1), factor("limit", 0.2, 1)],
    { scale: "price", first: () => 1, memory: () => 200, create: ([s, l]) => new ParabolicSar(s, l) },
  ),
  candle(
    "ichimoku",
    "Ichimoku",
    "Conversion and base lines with the cloud over this candle.",
    [period(9, "conversion"), period(26, "base"), period(52, "span")],
    {
      outputs: ["conversion", "base", "span_a", "span_b"],
      fields: ["value", "base", "spanA", "spanB"],
      scale: "price",
      first: ([c, b, s]) => Math.max(c, b, s) - 1 + b,
      create: ([c, b, s]) => new Ichimoku(c, b, s),
    },
  ),
  candle("aroon", "Aroon", "How recent the extremes are, -100..100.", [period(14)], {
    outputs: ["oscillator", "up", "down"],
    fields: ["value", "up", "down"],
    scale: "own",
    first: ([n]) => n,
    create: ([n]) => new Aroon(n),
  }),
  candle("pivot", "Pivot points", "Levels from the UTC day before.", [], {
    outputs: ["pivot", "r1", "s1", "r2", "s2"],
    fields: ["value", "r1", "s1", "r2", "s2"],
    scale: "price",
    first: () => 1,
    create: () => new Pivot(),
  }),
  value("highest", "Highest", "Largest of the last n values.", [period(20)], {
    scale: "source",
    first: window,
    create: ([n]) => new Highest(n),
  }),
  value("lowest", "Lowest", "Smallest of the last n values.", [period(20)], {
    scale: "source",
    first: window,
    create: ([n]) => new Lowest(n),
  }),
  value("zscore", "Z-score", "Distance from the mean in deviations.", [period(20)], {
    scale: "own",
    first: window,
    create: ([n]) => new ZScore(n),
  }),
  candle("heikin_ashi", "Heikin-Ashi", "Averaged candles.", [], {
    outputs: ["close", "open", "high", "low"],
    fields: ["value", "open", "high", "low"],
    scale: "price",
    first: () => 0,
    memory: () => 10,
    create: () => new HeikinAshi(),
  }),
  candle("engulfing", "Engulfing", "1 bullish, -1 bearish, 0 none.", [], {
    scale: "own",
    first: () => 1,
    create: () => new Engulfing(),
  }),
  candle("hammer", "Hammer", "1 where the candle is a hammer.", [], {
    scale: "own",
    first: () => 11,
    create: () => new Hammer(),
  }),
  candle("doji", "Doji", "1 where the body is tiny.", [], { scale: "own", first: () => 10, create: () => new Doji() }),
];
