/** A value, or null where it is not a finite number. */
export function defined(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Standard deviation with `ddof` degrees of freedom taken off (1 for a sample, 0 for a population). */
export function deviation(values: ArrayLike<number>, ddof: 0 | 1): number {
  const middle = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - middle) ** 2;
  return Math.sqrt(squares / (values.length - ddof));
}

/** Median; NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Empirical quantile: the smallest value that at least the share `q` of the values does not exceed. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), q);
}

/** The same of values already sorted upwards. */
export function sortedQuantile(sorted: Float64Array, q: number): number {
  // The tolerance keeps 0.05 · 20 from becoming 2 by float error.
  const rank = Math.ceil(q * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank - 1))];
}

/** Annual Sharpe ratio: (mean(r) - rf/D) / std(r, ddof 1) · √D (Sharpe 1994). NaN where r does not vary. */
export function sharpeRatio(returns: Float64Array, riskFree: number, daysPerYear: number): number {
  return dailySharpe(returns, riskFree / daysPerYear) * Math.sqrt(daysPerYear);
}

/** Sharpe ratio a day, `riskFreeDay` off each return. */
export function dailySharpe(returns: Float64Array, riskFreeDay: number): number {
  const spread = deviation(returns, 1);
  return spread > 0 ? (mean(returns) - riskFreeDay) / spread : Number.NaN;
}

/** Annual Sortino ratio: (mean(r) - rf/D) / √(mean(min(r - rf/D, 0)²)) · √D. NaN where nothing fell. */
export function sortinoRatio(returns: Float64Array, riskFree: number, daysPerYear: number): number {
  const target = riskFree / daysPerYear;
  let squares = 0;
  for (const value of returns) squares += Math.min(value - target, 0) ** 2;
  const downside = Math.sqrt(squares / returns.length);
  return downside > 0 ? ((mean(returns) - target) / downside) * Math.sqrt(daysPerYear) : Number.NaN;
}

/** Slope and annual intercept of returns against a yardstick's: beta = cov / var, alpha = (mean excess - beta · its) · D. */
export function alphaBeta(
  returns: Float64Array,
  yardstick: Float64Array,
  riskFree: number,
  daysPerYear: number,
): { alpha: number; beta: number } {
  const a = mean(returns);
  const b = mean(yardstick);
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < returns.length; i++) {
    covariance += (returns[i] - a) * (yardstick[i] - b);
    variance += (yardstick[i] - b) ** 2;
  }
  const beta = variance > 0 ? covariance / variance : Number.NaN;
  const target = riskFree / daysPerYear;
  return { alpha: (a - target - beta * (b - target)) * daysPerYear, beta };
}

/** Skewness and full kurtosis (3 for a normal distribution), population form. */
export function shape(values: Float64Array): { skewness: number; kurtosis: number } {
  const middle = mean(values);
  const spread = deviation(values, 0);
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    const z = (value - middle) / spread;
    third += z ** 3;
    fourth += z ** 4;
  }
  return { skewness: third / values.length, kurtosis: fourth / values.length };
}

/**
 * Probabilistic Sharpe ratio (Bailey and López de Prado 2012): the probability that the true Sharpe ratio a day is above
 * `benchmark`, Φ((SR - SR*)·√(N - 1) / √(1 - g3·SR + (g4 - 1)/4·SR²)), g4 the full kurtosis.
 */
export function probabilisticSharpe(returns: Float64Array, riskFreeDay: number, benchmark: number): number {
  const sharpe = dailySharpe(returns, riskFreeDay);
  const variance = sharpeVariance(returns, sharpe);
  return variance > 0
    ? normalCdf(((sharpe - benchmark) * Math.sqrt(returns.length - 1)) / Math.sqrt(variance))
    : Number.NaN;
}

/** 1 - g3·SR + (g4 - 1)/4·SR²: the variance of an estimated daily Sharpe ratio times N - 1. */
export function sharpeVariance(returns: Float64Array, sharpe: number): number {
  const { skewness, kurtosis } = shape(returns);
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
}

const EULER_GAMMA = 0.5772156649015329;

/**
 * Sharpe ratio that the best of `trials` strategies without skill is expected to show (Bailey and López de Prado 2014):
 * σ·((1 - γ)·Φ⁻¹(1 - 1/T) + γ·Φ⁻¹(1 - 1/(T·e))); 0 for one trial.
 */
export function expectedMaxSharpe(deviationOfTrials: number, trials: number): number {
  if (trials <= 1) return 0;
  const first = normalInverse(1 - 1 / trials);
  const second = normalInverse(1 - 1 / (trials * Math.E));
  return deviationOfTrials * ((1 - EULER_GAMMA) * first + EULER_GAMMA * second);
}

/** Standard normal distribution function, by the complementary error function of Numerical Recipes' Chebyshev fit (1e-15). */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}

/** Inverse of `normalCdf` for p in (0, 1), to float accuracy; NaN outside. */
export function normalInverse(p: number): number {
  if (!(p > 0 && p < 1)) return Number.NaN;
  const q = p < 0.5 ? p : 1 - p;
  const r = Math.sqrt(-2 * Math.log(q));
  // Abramowitz and Stegun 26.2.23 as the start; Halley steps then triple its digits.
  let x = -(
    r -
    (2.515517 + 0.802853 * r + 0.010328 * r * r) / (1 + 1.432788 * r + 0.189269 * r * r + 0.001308 * r ** 3)
  );
  for (let step = 0; step < 4; step++) {
    const error = normalCdf(x) - q;
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const newton = error / density;
    x -= newton / (1 + (x * newton) / 2);
  }
  return p < 0.5 ? x : -x;
}

/** Coefficients of the Chebyshev series of erfc in Numerical Recipes (3rd edition, section 6.2.2). */
const ERFC_SERIES = [
  -1.3026537197817094, 0.6419697923564902, 1.9476473204185836e-2, -9.561514786808631e-3, -9.46595344482036e-4,
  3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8,
  -8.5238095915e-8, 6.529054439e-9, 5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12,
  -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
];

function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 2 / (2 + z);
  const ty = 4 * t - 2;
  let d = 0;
  let dd = 0;
  for (let j = ERFC_SERIES.length - 1; j > 0; j--) {
    const next = ty * d - dd + ERFC_SERIES[j];
    dd = d;
    d = next;
  }
  const tail = t * Math.exp(-z * z + 0.5 * (ERFC_SERIES[0] + ty * d) - dd);
  return x >= 0 ? tail : 2 - tail;
}
