/** Fees of a venue: shares of the traded amount, plus an amount a unit, with a least fee an order. */
export interface FeeRates {
  readonly maker: number;
  readonly taker: number;
  readonly perUnit: number;
  readonly minimum: number;
}

/** Fee of a fill by its rate alone, before the least fee of its order; negative for a rebate. */
export function rateFee(rates: FeeRates, rate: number, quantity: number, price: number): number {
  return quantity * (price * rate + rates.perUnit);
}

/** What an order that owes `owed` by its rates pays in all: at least the least fee. */
export function orderFee(rates: FeeRates, owed: number): number {
  return rates.minimum > 0 ? Math.max(owed, rates.minimum) : owed;
}

/**
 * Largest quantity that `budget` pays for at `price` with the initial margin 1 / `leverage` and its fee; 0 where the
 * budget does not even cover the least fee.
 */
export function affordableQuantity(
  rates: FeeRates,
  rate: number,
  { budget, price, leverage }: { budget: number; price: number; leverage: number },
): number {
  if (budget <= 0) return 0;
  const quantity = budget / (price * (1 / leverage + rate) + rates.perUnit);
  if (quantity * (price * rate + rates.perUnit) >= rates.minimum) return quantity;
  return Math.max(0, (budget - rates.minimum) / (price / leverage));
}

/** The same rates times `multiple`, for the cost stress. Rebates (negative rates) are left as they are. */
export function scaledFees(rates: FeeRates, multiple: number): FeeRates {
  return {
    maker: rates.maker > 0 ? rates.maker * multiple : rates.maker,
    taker: rates.taker * multiple,
    perUnit: rates.perUnit * multiple,
    minimum: rates.minimum * multiple,
  };
}
