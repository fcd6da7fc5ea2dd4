import type { Account } from "../engine/account.ts";
import type { EntrySizer, SizingSite } from "./entry-sizer.ts";
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
    const price = taker ? this.sizer.slipped(site, reference, order.side, quantity) : reference;
    order.feeOwed += rateFee(fees, taker ? fees.taker : fees.maker, quantity, price);
    const fee = orderFee(fees, order.feeOwed) - order.feePaid;
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
    });
  }

  /** Closes a whole position at one price, with the taker's fee, as liquidations and the end of a run do. */
  closeOut(order: number, place: FillPlace, price: number, reason: "liquidation" | "end"): void {
    const { fees } = this;
    const held = this.account.positions[place.instrument].quantity;
    const quantity = Math.abs(held);
    this.account.book({
      ...place,
      side: -Math.sign(held),
      quantity,
      price,
      reference: price,
      fee: orderFee(fees, rateFee(fees, fees.taker, quantity, price)),
      order,
      group: 0,
      reason,
      tag: "",
      risk: Number.NaN,
    });
  }
}
