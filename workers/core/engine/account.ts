import type { ExactGrid } from "../fill/exact-grid.ts";
import type { ExitReason } from "../fill/order.ts";
import { type Snapshot, snapshotField, snapshotList, snapshotNumber } from "./snapshot.ts";
import { type TradeKeep, TradeLog } from "./trade-log.ts";

/** Share of a lot below which a rest is float error of summed quantities, not a quantity. */
const QUANTITY_TOLERANCE = 1e-12;

/** What one entry bought or sold and still holds. */
interface Lot {
  /** Signed quantity left. */
  quantity: number;
  price: number;
  readonly time: number;
  /** Candle count of the instrument at the entry. */
  readonly openedAt: number;
  /** Order that opened it. */
  readonly order: number;
  readonly tag: string;
  readonly equityBefore: number;
  /** Fees and funding paid for what is left. */
  fees: number;
  funding: number;
  high: number;
  low: number;
  risk: number;
}

/** The position in one instrument: lots in the order they were opened. */
export class Position {
  quantity = 0;
  /** Last price the position was valued at. */
  mark = 0;
  lots: Lot[] = [];
  /** Keeps quantities on the exact grid, where there is one. */
  readonly grid: ExactGrid | undefined;

  constructor(grid: ExactGrid | undefined) {
    this.grid = grid;
  }

  /** Takes prices seen while the position was open into the excursions of its lots. */
  extend(high: number, low: number): void {
    for (const lot of this.lots) {
      if (high > lot.high) lot.high = high;
      if (low < lot.low) lot.low = low;
    }
  }

  /** Signed quantity of the lots of one order. */
  quantityOf(order: number): number {
    let sum = 0;
    for (const lot of this.lots) if (lot.order === order) sum += lot.quantity;
    return this.grid === undefined ? sum : this.grid.sum(sum);
  }
}

/** One fill as the account books it. `side` 1 buys, -1 sells; `reference` is the price before slippage. */
export interface Fill {
  readonly instrument: number;
  readonly side: number;
  readonly quantity: number;
  readonly price: number;
  readonly reference: number;
  readonly fee: number;
  readonly time: number;
  readonly candle: number;
  readonly order: number;
  /** Lots of this order are closed first; the rest in the order they were opened. */
  readonly group: number;
  readonly reason: ExitReason;
  readonly tag: string;
  /** Loss a unit at the protective stop; NaN without one. */
  readonly risk: number;
  /** Equity that the trade is measured against; NaN for what it is just before the fill. */
  readonly equityBefore: number;
  /** It took what rested instead of resting itself. */
  readonly taker: boolean;
}

/**
 * One cash account with a position an instrument. Equity = cash + Σ quantity · mark at every moment: a sale adds its
 * proceeds to cash, so a short position counts negative.
 */
export class Account {
  cash: number;
  feesPaid = 0;
  slippagePaid = 0;
  fundingPaid = 0;
  turnover = 0;
  fills = 0;
  liquidations = 0;
  readonly positions: readonly Position[];
  readonly trades: TradeLog;
  /** Sees every fill as it is booked. */
  observer: ((fill: Fill) => void) | undefined;

  constructor(cash: number, instruments: number, keep: TradeKeep, grids?: readonly ExactGrid[]) {
    this.cash = cash;
    this.trades = new TradeLog(keep);
    this.positions = Array.from({ length: instruments }, (_, index) => new Position(grids?.[index]));
  }

  equity(): number {
    let equity = this.cash;
    for (const position of this.positions) equity += position.quantity * position.mark;
    return equity;
  }

  /** Value of all positions, longs and shorts both counted positive. */
  exposure(): number {
    let sum = 0;
    for (const position of this.positions) sum += Math.abs(position.quantity) * position.mark;
    return sum;
  }

  book(fill: Fill): void {
    const position = this.positions[fill.instrument];
    const signed = fill.side * fill.quantity;
    const opens = position.quantity === 0 || position.quantity * signed > 0;
    const decided = fill.equityBefore;
    const equityBefore = opens ? (Number.isNaN(decided) ? this.equity() : decided) : 0;
    this.cash -= signed * fill.price + fill.fee;
    this.feesPaid += fill.fee;
    this.slippagePaid += Math.abs(fill.price - fill.reference) * fill.quantity;
    this.turnover += fill.quantity * fill.price;
    this.fills++;
    position.mark = fill.price;
    if (opens) {
      this.open(position, fill, signed, equityBefore);
      position.quantity = summed(position, position.quantity + signed);
    } else {
      this.close(position, fill);
      // Summed again, so that a position whose lots are gone is exactly flat.
      position.quantity = summed(
        position,
        position.lots.reduce((sum, lot) => sum + lot.quantity, 0),
      );
    }
    if (this.observer !== undefined) this.observer(fill);
  }

  /** Pays funding of `rate` on the position at `price`: positive rates cost longs and pay shorts. */
  fund(instrument: number, rate: number, price: number): void {
    for (const lot of this.positions[instrument].lots) {
      const paid = lot.quantity * price * rate;
      lot.funding += paid;
      this.cash -= paid;
      this.fundingPaid += paid;
    }
  }

  private open(position: Position, fill: Fill, signed: number, equityBefore: number): void {
    const last = position.lots.at(-1);
    if (last !== undefined && last.order === fill.order) {
      const total = summed(position, last.quantity + signed);
      last.price = (last.price * last.quantity + fill.price * signed) / total;
      last.quantity = total;
      last.fees += fill.fee;
      last.high = Math.max(last.high, fill.price);
      last.low = Math.min(last.low, fill.price);
      return;
    }
    position.lots.push({
      quantity: signed,
      price: fill.price,
      time: fill.time,
      openedAt: fill.candle,
      order: fill.order,
      tag: fill.tag,
      equityBefore,
      fees: fill.fee,
      funding: 0,
      high: fill.price,
      low: fill.price,
      risk: fill.risk,
    });
  }

  private close(position: Position, fill: Fill): void {
    let left = fill.quantity;
    while (left > 0 && position.lots.length > 0) {
      const own = position.lots.findIndex((lot) => lot.order === fill.group);
      const index = Math.max(0, own);
      const lot = position.lots[index];
      const size = Math.abs(lot.quantity);
      const part = size - left < size * QUANTITY_TOLERANCE ? size : left;
      this.record(lot, fill, part, part / size);
      if (part === size) position.lots.splice(index, 1);
      else lot.quantity = summed(position, lot.quantity - Math.sign(lot.quantity) * part);
      left = summed(position, left - part);
    }
  }

  /** Logs `part` of a lot as a trade and takes that share of its costs with it. */
  private record(lot: Lot, fill: Fill, part: number, share: number): void {
    const sign = Math.sign(lot.quantity);
    const entryFees = lot.fees * share;
    const funding = lot.funding * share;
    lot.fees -= entryFees;
    lot.funding -= funding;
    const fees = entryFees + fill.fee * (part / fill.quantity);
    const high = Math.max(lot.high, fill.price);
    const low = Math.min(lot.low, fill.price);
    this.trades.push({
      instrument: fill.instrument,
      quantity: sign * part,
      entryTime: lot.time,
      entryPrice: lot.price,
      exitTime: fill.time,
      exitPrice: fill.price,
      fees,
      profit: sign * part * (fill.price - lot.price) - fees - funding,
      mae: (sign > 0 ? low - lot.price : lot.price - high) / lot.price,
      mfe: (sign > 0 ? high - lot.price : lot.price - low) / lot.price,
      risk: lot.risk,
      candles: fill.candle - lot.openedAt,
      equityBefore: lot.equityBefore,
      reason: fill.reason,
      tag: lot.tag,
    });
  }

  snapshot(): Snapshot {
    return {
      totals: [this.cash, this.feesPaid, this.slippagePaid, this.fundingPaid, this.turnover],
      counts: [this.fills, this.liquidations],
      trades: this.trades.snapshot(),
      positions: this.positions.map(({ quantity, mark, lots }) => ({
        quantity,
        mark,
        lots: lots.map((lot) => ({ ...lot })),
      })),
    };
  }

  restore(snapshot: Snapshot): void {
    const totals = snapshotList(snapshot, "totals") as readonly number[];
    [this.cash, this.feesPaid, this.slippagePaid, this.fundingPaid, this.turnover] = totals;
    [this.fills, this.liquidations] = snapshotList(snapshot, "counts") as readonly number[];
    this.trades.restore(snapshotField(snapshot, "trades"));
    snapshotList(snapshot, "positions").forEach((saved, index) => {
      const position = this.positions[index];
      position.quantity = snapshotNumber(saved, "quantity");
      position.mark = snapshotNumber(saved, "mark");
      position.lots = snapshotList(saved, "lots").map((lot) => ({ ...(lot as unknown as Lot) }));
    });
  }
}

function summed({ grid }: Position, quantity: number): number {
  return grid === undefined ? quantity : grid.sum(quantity);
}
