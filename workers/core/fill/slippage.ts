/** How far the price of a taking order moves against it. */
export type Slippage =
  | { readonly kind: "none" }
  /** Basis points of the price. */
  | { readonly kind: "bps"; readonly bps: number }
  | { readonly kind: "ticks"; readonly ticks: number }
  /** The price moves by `coefficient` x (quantity / volume of the candle), as a share of the price. */
  | { readonly kind: "volume"; readonly coefficient: number };

/** Largest share of the price that volume slippage may cost: thin candles would otherwise give absurd prices. */
const VOLUME_SLIPPAGE_MAX = 0.2;

/** Price of a taking fill of `quantity` on `side` (1 buys, -1 sells); `volume` is the candle's, `tick` the price step. */
export function slippedPrice(
  slippage: Slippage,
  price: number,
  side: number,
  { quantity, volume, tick }: { quantity: number; volume: number; tick: number },
): number {
  switch (slippage.kind) {
    case "none":
      return price;
    case "bps":
      return price * (1 + (side * slippage.bps) / 10_000);
    case "ticks":
      return Math.max(price + side * slippage.ticks * tick, price * 0.5);
    case "volume": {
      const share = volume > 0 ? (slippage.coefficient * quantity) / volume : VOLUME_SLIPPAGE_MAX;
      return price * (1 + side * Math.min(share, VOLUME_SLIPPAGE_MAX));
    }
  }
}

/** The same slippage times `multiple`, for the cost stress. */
export function scaledSlippage(slippage: Slippage, multiple: number): Slippage {
  switch (slippage.kind) {
    case "none":
      return slippage;
    case "bps":
      return { kind: "bps", bps: slippage.bps * multiple };
    case "ticks":
      return { kind: "ticks", ticks: slippage.ticks * multiple };
    case "volume":
      return { kind: "volume", coefficient: slippage.coefficient * multiple };
  }
}
