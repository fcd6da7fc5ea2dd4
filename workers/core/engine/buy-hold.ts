import type { Block } from "./block.ts";
import { DailyEquity } from "./daily-equity.ts";
import { DrawdownTracker } from "./drawdown.ts";
import { type Snapshot, snapshotField } from "./snapshot.ts";

/**
 * The yardstick: the same cash, split equally over the instruments, each bought at its first traded open with the taker's
 * fee and never sold. Marked at every close, as the strategy is.
 */
export class BuyHold {
  readonly daily = new DailyEquity();
  readonly drawdown: DrawdownTracker;
  equity = new Float64Array(0);
  private falls = new Float64Array(0);
  private readonly quantity: Float64Array;
  private readonly close: Float64Array;
  private readonly share: number;
  private readonly fee: number;

  constructor({ cash, fee, instruments, time }: { cash: number; fee: number; instruments: number; time: number }) {
    this.share = cash / instruments;
    this.fee = fee;
    this.quantity = new Float64Array(instruments).fill(Number.NaN);
    this.close = new Float64Array(instruments);
    this.drawdown = new DrawdownTracker(cash, time);
  }

  step(block: Block, shiftMs: number): void {
    if (this.equity.length < block.length) this.equity = new Float64Array(block.length);
    if (block.instruments.length === 1) this.stepAlone(block);
    else this.stepMerged(block);
    if (this.falls.length < block.length) this.falls = new Float64Array(block.length);
    this.drawdown.pushAll(this.equity, block.time, { length: block.length, shiftMs, falls: this.falls });
    this.daily.add(block.time, this.equity, block.length);
  }

  private stepAlone(block: Block): void {
    const [{ candles, start }] = block.instruments;
    const { quantity, equity } = this;
    if (Number.isNaN(quantity[0])) quantity[0] = this.share / (candles.open[start] * (1 + this.fee));
    const held = quantity[0];
    for (let j = 0; j < block.length; j++) equity[j] = held * candles.close[start + j];
    this.close[0] = candles.close[start + block.length - 1];
  }

  private stepMerged(block: Block): void {
    const at = block.instruments.map((part) => part.start);
    const { quantity, close, equity } = this;
    for (let j = 0; j < block.length; j++) {
      const time = block.time[j];
      let sum = 0;
      for (let k = 0; k < quantity.length; k++) {
        const { candles } = block.instruments[k];
        const i = at[k];
        if (i < candles.length && candles.time[i] === time) {
          if (Number.isNaN(quantity[k])) quantity[k] = this.share / (candles.open[i] * (1 + this.fee));
          close[k] = candles.close[i];
          at[k]++;
        }
        sum += Number.isNaN(quantity[k]) ? this.share : quantity[k] * close[k];
      }
      equity[j] = sum;
    }
  }

  snapshot(): Snapshot {
    return {
      daily: this.daily.snapshot(),
      drawdown: this.drawdown.snapshot(),
      quantity: this.quantity.slice(),
      close: this.close.slice(),
    };
  }

  restore(snapshot: Snapshot): void {
    this.daily.restore(snapshotField(snapshot, "daily"));
    this.drawdown.restore(snapshotField(snapshot, "drawdown"));
    this.quantity.set(snapshotField(snapshot, "quantity") as Float64Array);
    this.close.set(snapshotField(snapshot, "close") as Float64Array);
  }
}
