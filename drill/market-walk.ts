import { onGrid } from "../e2e/venues/emulated-path.ts";
import { Chance } from "../workers/account/testing/simulate/chance.ts";

/** How far one step goes at most, as a share of the price: a limit or a stop that stands by is met within some steps. */
const STEP_SHARE_MAX = 0.0006;
/** How far the walk gets from where it began: no further than what an account's collar lets orders be apart. */
const AWAY_SHARE_MAX = 0.01;
/** Of steps: so little trades there that orders are filled in parts. */
const THIN_SHARE = 0.6;

export interface WalkTerms {
  readonly seed: number;
  /** Where it begins. */
  readonly price: number;
  /** Grid of its prices, as text. */
  readonly tick: string;
  /** Decimals of its quantities. */
  readonly quantityDecimals: number;
  /** The most that trades at a thin step, in units of the instrument. */
  readonly thinMax: number;
}

/** The market is put to `price`; of each order at most `quantity` trades there, all of it where that is undefined. */
export interface WalkStep {
  readonly price: string;
  readonly quantity: string | undefined;
}

/** Prices of a market that wanders around where it began. The same seed goes the same steps. */
export class MarketWalk {
  private readonly terms: WalkTerms;
  private readonly chance: Chance;
  /** How far it is from where it began, as a share. */
  private away = 0;

  constructor(terms: WalkTerms) {
    this.terms = terms;
    this.chance = new Chance(terms.seed);
  }

  next(): WalkStep {
    const { price, tick, quantityDecimals, thinMax } = this.terms;
    const drawn = this.away + this.chance.share(2 * STEP_SHARE_MAX) - STEP_SHARE_MAX;
    this.away = Math.max(-AWAY_SHARE_MAX, Math.min(AWAY_SHARE_MAX, drawn));
    const isThin = this.chance.happens(THIN_SHARE);
    const lots = this.chance.whole(1, Math.max(1, Math.round(thinMax * 10 ** quantityDecimals)));
    return {
      price: onGrid(price * (1 + this.away), tick),
      quantity: isThin ? (lots / 10 ** quantityDecimals).toFixed(quantityDecimals) : undefined,
    };
  }
}
