import type { ExitReason } from "../fill/order.ts";

/**
 * Pauses after losses. They keep entries from being made, never exits. All of them are measured on money: profits against
 * the equity that stood behind them, draw-down on marked equity with open positions included; never on sums of ratios.
 * The facts are doubles since these are rules of a strategy, as in a backtest, and no accounts.
 */
export type Protection =
  /** No entry in an instrument for a time after a trade in it ended: any trade, or one that lost. */
  | { readonly kind: "cooldown"; readonly after: "trade" | "loss"; readonly pauseMs: number }
  /** No entry after so many trades lost by stops (fixed, trailing, liquidation) within a time. */
  | {
      readonly kind: "stop-loss-guard";
      readonly scope: ProtectionScope;
      readonly trades: number;
      readonly lookbackMs: number;
      readonly pauseMs: number;
    }
  /** No entry in an instrument whose trades within a time made less than a share of the equity before the first of them. */
  | {
      readonly kind: "low-profit";
      readonly trades: number;
      readonly profitShareMin: number;
      readonly lookbackMs: number;
      readonly pauseMs: number;
    }
  /** No entry after marked equity fell by a share from its highest within a time. */
  | {
      readonly kind: "drawdown-guard";
      readonly drawdown: number;
      readonly lookbackMs: number;
      readonly pauseMs: number;
    };

/** Whose trades are counted, and whose entries pause: each instrument for itself, or all together. */
export type ProtectionScope = "instrument" | "all";

/** A trade that ended. `profit` is net of fees and funding, in the currency of `equityBefore`, the equity at its entry. */
export interface ClosedTrade {
  readonly instrument: string;
  readonly closedAt: number;
  readonly profit: number;
  readonly equityBefore: number;
  readonly reason: ExitReason;
}

/** Marked equity at a close, UTC ms. */
export interface EquityPoint {
  readonly at: number;
  readonly equity: number;
}

/** What happened so far, in order of time; as far back as `historyMs` says is enough. */
export interface TradingHistory {
  readonly trades: readonly ClosedTrade[];
  readonly equity: readonly EquityPoint[];
}

/** Why entries pause, and until when (UTC ms, exclusive). */
export interface EntryPause {
  readonly kind: Protection["kind"];
  readonly until: number;
}

const STOPPED: ReadonlySet<ExitReason> = new Set(["stop", "trailing", "liquidation"]);

/**
 * The pause that an entry in `instrument` at `now` would fall into, the longest if there are several; undefined if it may
 * be made. It depends on the history up to `now` alone, not on when it was asked before.
 */
export function entryPause(
  protections: readonly Protection[],
  history: TradingHistory,
  { instrument, now }: { readonly instrument: string; readonly now: number },
): EntryPause | undefined {
  let longest: EntryPause | undefined;
  for (const protection of protections) {
    const last = lastTrigger(protection, history, { instrument, now });
    if (last === undefined) continue;
    const until = last + protection.pauseMs;
    if (until > now && (longest === undefined || until > longest.until)) longest = { kind: protection.kind, until };
  }
  return longest;
}

/** How far back a history has to go for these protections, ms. */
export function historyMs(protections: readonly Protection[]): number {
  return protections.reduce((longest, protection) => {
    const lookback = protection.kind === "cooldown" ? 0 : protection.lookbackMs;
    return Math.max(longest, lookback + protection.pauseMs);
  }, 0);
}

interface Moment {
  readonly instrument: string;
  readonly now: number;
}

/** When a protection last struck, up to now. */
function lastTrigger(protection: Protection, history: TradingHistory, { instrument, now }: Moment): number | undefined {
  const until = history.trades.filter((trade) => trade.closedAt <= now);
  const own = until.filter((trade) => trade.instrument === instrument);
  switch (protection.kind) {
    case "cooldown":
      return own.findLast((trade) => protection.after === "trade" || trade.profit < 0)?.closedAt;
    case "stop-loss-guard": {
      const stopped = (protection.scope === "all" ? until : own).filter(isStoppedOut);
      return lastWindow(stopped, protection, (window) => window.length >= protection.trades);
    }
    case "low-profit":
      return lastWindow(own, protection, (window) => isLowProfit(window, protection));
    case "drawdown-guard":
      return lastFall(
        history.equity.filter((point) => point.at <= now),
        protection,
      );
  }
}

function isStoppedOut({ reason, profit }: ClosedTrade): boolean {
  return profit < 0 && STOPPED.has(reason);
}

function isLowProfit(
  window: readonly ClosedTrade[],
  { trades, profitShareMin }: { readonly trades: number; readonly profitShareMin: number },
): boolean {
  if (window.length < trades) return false;
  const profit = window.reduce((sum, trade) => sum + trade.profit, 0);
  return profit < profitShareMin * window[0].equityBefore;
}

/** The last close at which the trades of the time before it, that one included, are such as `strikes` says. */
function lastWindow(
  trades: readonly ClosedTrade[],
  { lookbackMs }: { readonly lookbackMs: number },
  strikes: (window: readonly ClosedTrade[]) => boolean,
): number | undefined {
  for (let last = trades.length - 1; last >= 0; last--) {
    const { closedAt } = trades[last];
    const window = trades.slice(0, last + 1).filter((trade) => trade.closedAt > closedAt - lookbackMs);
    if (strikes(window)) return closedAt;
  }
  return undefined;
}

/** The last close that was `drawdown` or more below the highest of the time before it. One pass: `peaks` only falls. */
function lastFall(
  points: readonly EquityPoint[],
  { drawdown, lookbackMs }: { readonly drawdown: number; readonly lookbackMs: number },
): number | undefined {
  const peaks: EquityPoint[] = [];
  let first = 0;
  let last: number | undefined;
  for (const point of points) {
    while (peaks.length > first && peaks[peaks.length - 1].equity <= point.equity) peaks.pop();
    peaks.push(point);
    while (peaks[first].at <= point.at - lookbackMs) first++;
    const peak = peaks[first].equity;
    if (point.equity < peak && peak - point.equity >= drawdown * peak) last = point.at;
  }
  return last;
}
