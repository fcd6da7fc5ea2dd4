import type { Instrument } from "../candle/instrument.ts";

/** How large an entry is. Percentages are of 100; amounts in quote currency. */
export type Sizing =
  | { readonly kind: "all" }
  | { readonly kind: "quantity"; readonly quantity: number }
  | { readonly kind: "quote"; readonly amount: number }
  | { readonly kind: "percent"; readonly percent: number }
  /** Loss at the protective stop = `percent` of equity, fees both ways counted. */
  | { readonly kind: "risk"; readonly percent: number }
  /** Position whose own volatility is `percent` of equity a year, estimated over `period` candles. */
  | { readonly kind: "volatility"; readonly percent: number; readonly period: number };

export interface SizingInput {
  readonly price: number;
  readonly equity: number;
  /** Most that the free margin buys. */
  readonly affordable: number;
  /** 1 buys, -1 sells. */
  readonly side: number;
  /** Price that leaving at the protective stop is expected to get; NaN without one. */
  readonly stop: number;
  /** Taker's rate and amount a unit: what it costs to leave at the stop. */
  readonly feeRate: number;
  readonly feePerUnit: number;
  /** Volatility of the instrument a year as a share; NaN while unknown. */
  readonly volatility: number;
}

/** Quantity wanted, before the grid and the minima; NaN where the rule lacks something (a stop, a volatility). */
export function wantedQuantity(sizing: Sizing, input: SizingInput): number {
  const { price, equity } = input;
  switch (sizing.kind) {
    case "all":
      return input.affordable;
    case "quantity":
      return sizing.quantity;
    case "quote":
      return sizing.amount / price;
    case "percent":
      return (equity * sizing.percent) / 100 / price;
    case "risk": {
      const distance = input.side * (price - input.stop);
      const fees = (price + input.stop) * input.feeRate + 2 * input.feePerUnit;
      // An entry that has gapped through its stop has no risk to size by.
      return distance > 0 ? (equity * sizing.percent) / 100 / (distance + fees) : Number.NaN;
    }
    case "volatility":
      return input.volatility > 0 ? (equity * sizing.percent) / 100 / input.volatility / price : Number.NaN;
  }
}

/** Share of a lot that float error may lack without losing the lot. */
const LOT_TOLERANCE = 1e-9;

/** The quantity rounded down to the instrument's lot. */
export function roundToLot(quantity: number, lot: number): number {
  if (lot <= 0) return quantity;
  const lots = Math.floor(quantity / lot + LOT_TOLERANCE);
  // Dividing by a whole number keeps 3 lots of 0.1 at 0.3, where multiplying gives 0.30000000000000004.
  const perUnit = 1 / lot;
  return Math.abs(perUnit - Math.round(perUnit)) < LOT_TOLERANCE ? lots / Math.round(perUnit) : lots * lot;
}

/** The price on the instrument's tick: `down` and `up` for limits, so that they are never better than asked. */
export function roundToTick(price: number, tick: number, towards: "down" | "up" | "nearest"): number {
  if (tick <= 0 || !Number.isFinite(price)) return price;
  const ticks = price / tick;
  const whole =
    towards === "nearest"
      ? Math.round(ticks)
      : towards === "down"
        ? Math.floor(ticks + LOT_TOLERANCE)
        : Math.ceil(ticks - LOT_TOLERANCE);
  const perUnit = 1 / tick;
  return Math.abs(perUnit - Math.round(perUnit)) < LOT_TOLERANCE ? whole / Math.round(perUnit) : whole * tick;
}

/** The rule that a rounded quantity breaks, or undefined. */
export function brokenMinimum(instrument: Instrument, quantity: number, price: number): string | undefined {
  if (quantity <= 0) return "lot";
  if (quantity < instrument.quantityMin) return "quantityMin";
  if (quantity * price < instrument.notionalMin) return "notionalMin";
  return undefined;
}
