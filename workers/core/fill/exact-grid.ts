import type { Instrument } from "../candle/instrument.ts";
import type { Decimal } from "../ledger/decimal.ts";
import { gridDouble, gridStep } from "../ledger/decimal-double.ts";
import { roundToLot, roundToTick } from "../strategy/sizing.ts";

/** Lot where the instrument names none: finer than any venue trades, coarse enough that sums of doubles stay on it. */
const FINEST_LOT = 1e-8;

/**
 * The grid of an instrument for orders that leave the engine: every double is exactly the one that its decimal text reads
 * back as, so that whoever holds the order as a decimal and whoever holds it as a double compute with the same number.
 */
export class ExactGrid {
  private readonly tickSize: number;
  private readonly lotSize: number;
  private readonly tick: Decimal;
  private readonly lot: Decimal;

  constructor(instrument: Instrument) {
    this.tickSize = instrument.tick;
    this.lotSize = instrument.lot > 0 ? instrument.lot : FINEST_LOT;
    this.tick = gridStep(this.tickSize, "tick");
    this.lot = gridStep(this.lotSize, "lot");
  }

  /** A quantity, rounded down to the lot. */
  quantity(value: number): number {
    const lots = roundToLot(value, this.lotSize);
    return Number.isFinite(lots) ? gridDouble(lots, { step: this.lot, rounding: "floor" }) : lots;
  }

  /** A sum of quantities without its float error. */
  sum(value: number): number {
    return gridDouble(value, { step: this.lot, rounding: "half-even" });
  }

  /** A price on the tick; NaN, which stands for none, stays. */
  price(value: number, towards: "down" | "up" | "nearest"): number {
    const ticks = roundToTick(value, this.tickSize, towards);
    return Number.isFinite(ticks) ? gridDouble(ticks, { step: this.tick, rounding: "half-even" }) : ticks;
  }
}
