import { type ClosedTrade, type EquityPoint, entryPause, historyMs, type Protection } from "../risk/protection.ts";
import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";
import type { TradeRow } from "./trade-log.ts";

/**
 * Keeps as much of a lane's history as its protections look at, and says whether an entry pauses. Once a pause is known it
 * is not asked for again before it ends.
 */
export class EntryGuard {
  private readonly protections: readonly Protection[];
  private readonly symbols: readonly string[];
  private readonly keptMs: number;
  private readonly followsEquity: boolean;
  private trades: ClosedTrade[] = [];
  private equity: EquityPoint[] = [];
  private pausedUntil: Float64Array;
  private kinds: string[];
  /** The close that is being decided on, UTC ms, and the marked equity at it. */
  private now = Number.NEGATIVE_INFINITY;
  private equityNow = Number.NaN;
  /** Closes of the block that were taken over. */
  private taken = 0;

  constructor(protections: readonly Protection[], symbols: readonly string[]) {
    this.protections = protections;
    this.symbols = symbols;
    this.keptMs = historyMs(protections);
    this.followsEquity = protections.some((protection) => protection.kind === "drawdown-guard");
    this.pausedUntil = new Float64Array(symbols.length).fill(Number.NEGATIVE_INFINITY);
    this.kinds = symbols.map(() => "");
  }

  trade({ instrument, exitTime, profit, equityBefore, reason }: TradeRow): void {
    this.trades.push({ instrument: this.symbols[instrument], closedAt: exitTime, profit, equityBefore, reason });
  }

  /** A new block of closes. What no protection looks at any more goes, so that no memory grows with a run. */
  beginBlock(): void {
    this.taken = 0;
    this.now = Math.max(this.now, this.equity.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
    this.forget();
  }

  /** Takes over the equity at the closes of a block up to `end`, exclusive. */
  follow(time: Float64Array, equity: Float64Array, { end, stepMs }: { end: number; stepMs: number }): void {
    if (!this.followsEquity) return;
    for (; this.taken < end; this.taken++) {
      this.equity.push({ at: time[this.taken] + stepMs, equity: equity[this.taken] });
    }
  }

  /** The close that is decided on next. */
  decideAt(now: number, equity: number): void {
    this.now = now;
    this.equityNow = equity;
  }

  /** The protection that an entry in an instrument pauses for, if one does. */
  pause(instrument: number): string | undefined {
    if (this.now < this.pausedUntil[instrument]) return this.kinds[instrument];
    this.forget();
    const equity = [...this.equity, { at: this.now, equity: this.equityNow }];
    const moment = { instrument: this.symbols[instrument], now: this.now };
    const found = entryPause(this.protections, { trades: this.trades, equity }, moment);
    if (found === undefined) return undefined;
    this.pausedUntil[instrument] = found.until;
    this.kinds[instrument] = found.kind;
    return found.kind;
  }

  private forget(): void {
    const from = this.now - this.keptMs;
    const trades = this.trades.findIndex((trade) => trade.closedAt > from);
    this.trades.splice(0, trades < 0 ? this.trades.length : trades);
    const points = this.equity.findIndex((point) => point.at > from);
    this.equity.splice(0, points < 0 ? this.equity.length : points);
  }

  snapshot(): Snapshot {
    return {
      trades: this.trades.map((trade) => ({ ...trade })),
      equity: this.equity.map((point) => ({ ...point })),
      pausedUntil: this.pausedUntil.slice(),
      kinds: [...this.kinds],
    };
  }

  restore(snapshot: Snapshot): void {
    this.trades = [...(snapshotList(snapshot, "trades") as unknown as readonly ClosedTrade[])];
    this.equity = [...(snapshotList(snapshot, "equity") as unknown as readonly EquityPoint[])];
    this.pausedUntil = (snapshotField(snapshot, "pausedUntil") as Float64Array).slice();
    this.kinds = [...(snapshotList(snapshot, "kinds") as readonly string[])];
  }
}
