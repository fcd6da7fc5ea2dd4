import type { VenueName } from "../../schema/wire/connection.ts";
import type { OrderPreview, OrderVerdict, PreviewOrder } from "../../schema/wire/trading.ts";
import type { VenueTold } from "../brokers/broker.ts";
import { orderFee, rateFee } from "../core/fill/fee.ts";
import { DecimalError, notional, ONE, type Price, type Quantity, ZERO } from "../core/ledger/decimal.ts";
import { exactText, toDouble } from "../core/ledger/decimal-double.ts";
import { ofSteps } from "../core/ledger/decimal-grid.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import { PLATFORM_CEILINGS } from "../core/risk/cap.ts";
import { logEvent } from "../platform/log-event.ts";
import type { OpenAccount } from "./account-outbox.ts";
import type { Desk } from "./desk.ts";
import type { DeskInstrument } from "./desk-account.ts";
import { type DeskIntent, MANUAL_BOT } from "./desk-calls.ts";
import { intendedOrders } from "./desk-intent.ts";
import { ofPerson } from "./desk-lists.ts";
import { hearVenue } from "./hear-venue.ts";
import { NOT_RECONCILED } from "./not-reconciled.ts";

export type OrderToPreview = Omit<PreviewOrder, "accountId">;

/** Digits of a fee that is only for the eye. */
const FEE_DIGITS = 8;

/**
 * What would become of a person's order now: the verdict of the desk's own gate, without anything being written down.
 * The room is found by asking the same gate about other quantities. Throws DecimalError for numbers that are none.
 */
export async function previewOrder(
  {
    desk,
    account,
    reach,
  }: {
    readonly desk: Desk;
    readonly account: Pick<OpenAccount["record"]["account"], "id" | "fees" | "market">;
    /** What the market told last of an instrument, where the desk knows nothing fresh. */
    readonly reach: (instrument: string) => Promise<VenueTold | undefined>;
  },
  order: OrderToPreview,
): Promise<OrderPreview> {
  // A look is answered also while the venue is away: without a fresh price the gate says what is missing.
  const mark = await reach(order.instrument).catch((error: unknown) => void logEvent("price_not_told", { error }));
  // Only the price is taken over: to look must send nothing.
  if (mark !== undefined) hearVenue(desk.books, mark);
  if (!desk.isReady()) await desk.sweepNow();
  const known = desk.books.record.marks[order.instrument];
  const price = known === undefined ? undefined : parsePrice(known.price, "price");
  const judge = (quantity: Quantity): OrderVerdict => {
    if (!desk.isReady()) return NOT_RECONCILED;
    const asked = intent(order, formatDecimal(quantity));
    const { main } = intendedOrders(asked, { account: account.id, bot: MANUAL_BOT });
    return ofPerson(desk.gate.judge(main, [], { closes: undefined }));
  };
  const worthAt = priceOf(order, price);
  const worth = (quantity: Quantity) => (worthAt === undefined ? null : worthOf(worthAt, quantity));
  const quantity = order.quantity === undefined ? undefined : parseQuantity(order.quantity, "quantity");
  const rules = desk.books.account.instruments.get(order.instrument);
  const room = within(() => roomOf(rules, { price: worthAt, judge })) ?? NO_ROOM;
  return {
    price: known?.price ?? null,
    priceAt: known?.at ?? null,
    worth: quantity === undefined ? null : worth(quantity),
    fee:
      quantity === undefined || !knowsFees(account)
        ? null
        : feeOf(order, { quantity, price, worthAt, fees: account.fees }),
    verdict: quantity === undefined ? null : judge(quantity),
    room: { quantity: formatDecimal(room.quantity), worth: worth(room.quantity), denial: room.denial },
  };
}

function intent({ instrument, side, kind, limit, stop, reduceOnly }: OrderToPreview, quantity: string): DeskIntent {
  return {
    ...{ candleTime: 0, leg: "preview", ordinal: 0, instrument, side, kind, quantity, reduceOnly },
    ...{ role: reduceOnly ? "exit" : "entry", signal: "preview" },
    ...(limit === undefined ? {} : { limit }),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** Null where it is more than any amount can be: the verdict says what is wrong with it. */
function worthOf(price: Price, quantity: Quantity): string | null {
  return within(() => formatDecimal(notional(price, quantity, "half-even"))) ?? null;
}

/** Undefined where numbers of an order lead past the largest ones that there are. */
function within<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof DecimalError) return undefined;
    throw error;
  }
}

/** The price that an order is valued at: its own where it names one, otherwise the market's. */
function priceOf({ limit, stop }: OrderToPreview, price: Price | undefined): Price | undefined {
  const own = limit ?? stop;
  return own === undefined ? price : parsePrice(own, "price");
}

interface Room {
  readonly quantity: Quantity;
  /** Why not more; null where there is no price, or nothing would deny it. */
  readonly denial: OrderVerdict | null;
}

const NO_ROOM: Room = { quantity: ZERO as Quantity, denial: null };

interface RoomInput {
  readonly price: Price | undefined;
  readonly judge: (quantity: Quantity) => OrderVerdict;
}

/** The largest quantity on the lot that passes, by halving, and what denies the next one. */
function roomOf(rules: DeskInstrument | undefined, { price, judge }: RoomInput): Room {
  if (rules === undefined || price === undefined || price <= 0n) return NO_ROOM;
  const at = (lots: bigint) => judge(ofSteps<Quantity>(lots, rules.lot));
  let passed = leastLots(rules, price);
  const first = at(passed);
  if (first.verdict === "denied") return { ...NO_ROOM, denial: first };
  // Past the platform's ceiling nothing passes, so that the answer lies between the two.
  const most = lotsFor(PLATFORM_CEILINGS.caps.orderNotional ?? ZERO, price, rules.lot);
  let denied = passed + 1n + (most > passed ? most - passed : 0n);
  while (denied - passed > 1n) {
    const middle = (denied + passed) / 2n;
    if (at(middle).verdict === "pass") passed = middle;
    else denied = middle;
  }
  const next = at(denied);
  return { quantity: ofSteps<Quantity>(passed, rules.lot), denial: next.verdict === "denied" ? next : null };
}

/** How many whole lots an amount buys. */
function lotsFor(amount: bigint, price: bigint, lot: bigint): bigint {
  return (amount * ONE) / (price * lot);
}

/** The fewest lots that the venue takes, by quantity and by value. */
function leastLots({ lot, quantityMin, notionalMin }: DeskInstrument, price: Price): bigint {
  const byQuantity = (quantityMin + lot - 1n) / lot;
  const byValue = (notionalMin * ONE + price * lot - 1n) / (price * lot);
  return [byQuantity, byValue].reduce((most, lots) => (lots > most ? lots : most), 1n);
}

/** Venues that say what an account pays. At any other the rates of an account are no more than a guess. */
const RATES_TOLD: ReadonlySet<VenueName> = new Set(["BINANCE"]);

/** Whether the rates of an account are those that it pays: a simulated venue goes by them. */
function knowsFees({ market }: Pick<OpenAccount["record"]["account"], "market">): boolean {
  return market.kind !== "venue" || RATES_TOLD.has(market.venue);
}

interface FeeInput {
  readonly quantity: Quantity;
  readonly price: Price | undefined;
  readonly worthAt: Price | undefined;
  readonly fees: OpenAccount["record"]["account"]["fees"];
}

/** A limit that would wait pays the maker's rate; everything else is taken from the book. */
function feeOf({ kind, side }: OrderToPreview, { quantity, price, worthAt, fees }: FeeInput): string | null {
  if (worthAt === undefined) return null;
  const waits = kind === "limit" && price !== undefined && (side === "buy" ? worthAt < price : worthAt > price);
  const rate = waits ? fees.maker : fees.taker;
  const owed = orderFee(fees, rateFee(fees, rate, toDouble(quantity), toDouble(worthAt)));
  return within(() => exactText(Number(owed.toFixed(FEE_DIGITS)) + 0)) ?? null;
}
