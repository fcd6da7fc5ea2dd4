import type { TimeSpan } from "./chart-spec.ts";

/** Beside what is on screen, this share of it is loaded at each side, so that small moves need nothing new. */
const MARGIN_SHARE = 0.25;

interface IndicatorView {
  readonly visible: TimeSpan;
  /** What is loaded or asked for now. */
  readonly loaded: TimeSpan;
  readonly whole: TimeSpan;
  /** Whether the last reply held less than was asked for. */
  readonly truncated: boolean;
}

/**
 * The stretch of indicators to load for what is on screen, or undefined where what is loaded will do. A reply holds a
 * limited number of candles: one that was cut is asked for again as soon as less is on screen.
 */
export function nextIndicatorWindow({ visible, loaded, whole, truncated }: IndicatorView): TimeSpan | undefined {
  const fromMs = Math.max(whole.fromMs, visible.fromMs);
  const toMs = Math.min(whole.toMs, visible.toMs);
  if (toMs <= fromMs) return undefined;
  const inside = fromMs >= loaded.fromMs && toMs <= loaded.toMs;
  const margin = (toMs - fromMs) * MARGIN_SHARE;
  const wanted = {
    fromMs: Math.round(Math.max(whole.fromMs, fromMs - margin)),
    toMs: Math.round(Math.min(whole.toMs, toMs + margin)),
  };
  const smaller = wanted.toMs - wanted.fromMs < (loaded.toMs - loaded.fromMs) * (1 - MARGIN_SHARE);
  return inside && !(truncated && smaller) ? undefined : wanted;
}
