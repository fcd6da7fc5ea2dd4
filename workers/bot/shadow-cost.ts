/** What a bot and the backtest beside it can differ by. */
export type ShadowKind = "price" | "delay" | "fee" | "quantity" | "missed" | "extra";

/** What one side filled of an order: quantity, price times quantity, fees, and when it began. */
export interface Leg {
  readonly quantity: number;
  readonly value: number;
  readonly fee: number;
  readonly at: number;
}

/** One order on both sides. `at` is when the first of them traded, UTC ms. */
export interface Compared {
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly at: number;
  readonly shadow: Leg;
  readonly real: Leg;
}

export function newLeg(): Leg {
  return { quantity: 0, value: 0, fee: 0, at: 0 };
}

export function withFill(
  leg: Leg,
  { quantity, price, fee, at }: { quantity: number; price: number; fee: number; at: number },
): Leg {
  return {
    quantity: leg.quantity + quantity,
    value: leg.value + quantity * price,
    fee: leg.fee + fee,
    at: leg.quantity === 0 ? at : leg.at,
  };
}

/**
 * What an order cost the bot more than the backtest, by kind; below zero where it cost less. With every order compared and
 * positions at one mark, the costs sum to the backtest's equity less the bot's: a fill adds side · quantity · (mark − price)
 * − fee to equity. `waits`: one side may still come; what only one has is not counted yet. Nothing without a mark.
 */
export function costsOf(
  { side, shadow, real }: Compared,
  { mark, waits, delayMs }: { readonly mark: number | undefined; readonly waits: boolean; readonly delayMs: number },
): readonly (readonly [ShadowKind, number])[] {
  const sign = side === "buy" ? 1 : -1;
  const both = Math.min(shadow.quantity, real.quantity);
  const costs: (readonly [ShadowKind, number])[] = [];
  if (both > 0) {
    const price = sign * both * (real.value / real.quantity - shadow.value / shadow.quantity);
    if (price !== 0) costs.push([Math.abs(real.at - shadow.at) >= delayMs ? "delay" : "price", price]);
    const fee = (real.fee * both) / real.quantity - (shadow.fee * both) / shadow.quantity;
    if (fee !== 0) costs.push(["fee", fee]);
  }
  const rest = shadow.quantity - real.quantity;
  if (rest === 0 || mark === undefined || (waits && both === 0)) return costs;
  const more = rest > 0 ? shadow : real;
  const gain =
    sign * Math.abs(rest) * (mark - more.value / more.quantity) - (more.fee * Math.abs(rest)) / more.quantity;
  const kind = both > 0 ? "quantity" : rest > 0 ? "missed" : "extra";
  costs.push([kind, rest > 0 ? gain : -gain]);
  return costs;
}
