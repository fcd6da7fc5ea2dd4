import type { Account } from "../engine/account.ts";
import { settledDouble } from "../ledger/decimal-double.ts";
import type { EntrySizer, SizingSite } from "./entry-sizer.ts";
import type { ExactGrid } from "./exact-grid.ts";
import { type FeeRates, orderFee, rateFee } from "./fee.ts";
import type { Order } from "./order.ts";

/** Where and when a fill happens. */
export interface FillPlace {
  readonly instrument: number;
  readonly time: number;
  /** Candle count of the instrument. */
  readonly candle: number;
}

/** Books fills on the account with their slippage and fees. */
export class Booking {
  private readonly account: Account;
  private readonly sizer: EntrySizer;
  private readonly fees: FeeRates;

  constructor(account: Account, sizer: EntrySizer, fees: FeeRates) {
    this.account = account;
    this.sizer = sizer;
    this.fees = fees;
  }

  /** A fill of `quantity` of an order that meets `reference`; a taker pays slippage on top. */
  fill(
    order: Order,
    place: FillPlace,
    { site, reference, quantity, taker }: { site: SizingSite; reference: number; quantity: number; taker: boolean },
  ): void {
    const { fees } = this;
    const exact = site.grid !== undefined;
    const met = taker ? this.sizer.slipped(site, reference, order.side, quantity) : reference;
    const price = exact ? settledDouble(met) : met;
    order.feeOwed += rateFee(fees, taker ? fees.taker : fees.maker, quantity, price);
    const owed = orderFee(fees, order.feeOwed) - order.feePaid;
    const fee = exact ? settledDouble(owed) : owed;
    order.feePaid += fee;
    const distance = order.side * (price - order.legStop);
    this.account.book({
      ...place,
      side: order.side,
      quantity,
      price,
      reference,
      fee,
      order: order.id,
      group: order.group,
      reason: order.reason,
      tag: order.tag,
      risk: Number.isNaN(distance) ? order.legTrail : distance > 0 ? distance : Number.NaN,
      equityBefore: order.equity,
      taker,
    });
  }

  /** Closes a whole position at one price, with the taker's fee, as liquidations and the end of a run do. */
  closeOut(
    order: number,
    place: FillPlace,
    { price, reason, grid }: { price: number; reason: "liquidation" | "end"; grid: ExactGrid | undefined },
  ): void {
    const { fees } = this;
    const held = this.account.positions[place.instrument].quantity;
    const quantity = grid === undefined ? Math.abs(held) : grid.quantity(Math.abs(held));
    const fee = orderFee(fees, rateFee(fees, fees.taker, quantity, price));
    this.account.book({
      ...place,
      side: -Math.sign(held),
      quantity,
      price,
      reference: price,
      fee: grid === undefined ? fee : settledDouble(fee),
      order,
      group: 0,
      reason,
      tag: "",
      risk: Number.NaN,
      equityBefore: Number.NaN,
      taker: true,
    });
  }
}
