import type { TimeSpan } from "./chart-spec.ts";

/** What is loaded covers this many times the screen, so that small moves need nothing new. */
const WINDOW_SCREENS = 4;
/** Under this share of what is loaded, finer candles are worth a request. */
const FINER_SHARE = 0.12;
/** Windows start and end on this share of their length, so that going back finds candles already in memory. */
const GRID_SHARE = 0.25;

interface WindowState {
  readonly visible: TimeSpan;
  /** What is loaded now; null is everything. */
  readonly loaded: TimeSpan | null;
  /** The whole stretch of the run. */
  readonly whole: TimeSpan;
}

/**
 * The stretch of candles to load for what is on screen, or undefined where what is loaded will do. The server answers
 * a limited number of candles, as fine as fits: a narrower stretch brings finer ones. `null` is never answered: the
 * whole is asked for as itself.
 */
export function nextWindow({ visible, loaded, whole }: WindowState): TimeSpan | undefined {
  const have = loaded ?? whole;
  const length = visible.toMs - visible.fromMs;
  const from = Math.max(visible.fromMs, whole.fromMs);
  const to = Math.min(visible.toMs, whole.toMs);
  const covered = from >= have.fromMs && to <= have.toMs;
  if (covered && length > FINER_SHARE * (have.toMs - have.fromMs)) return undefined;
  if (!(length > 0) || to <= from) return undefined;
  const step = Math.max(1, Math.round(length * GRID_SHARE));
  const margin = (length * (WINDOW_SCREENS - 1)) / 2;
  const wanted = {
    fromMs: Math.max(whole.fromMs, Math.floor((visible.fromMs - margin) / step) * step),
    toMs: Math.min(whole.toMs, Math.ceil((visible.toMs + margin) / step) * step),
  };
  return wanted.fromMs === have.fromMs && wanted.toMs === have.toMs ? undefined : wanted;
}
