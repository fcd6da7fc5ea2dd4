import type { DeskEvent } from "../account/desk-calls.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import {
  add,
  type Decimal,
  type Money,
  NO_MONEY,
  NO_QUANTITY,
  notional,
  type Price,
  type Quantity,
  subtract,
  ZERO,
} from "../core/ledger/decimal.ts";
import { gridStep, toDouble } from "../core/ledger/decimal-double.ts";
import { roundQuantityToLot, type Side } from "../core/ledger/decimal-grid.ts";
import { formatDecimal, parseDecimal, parseMoney, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import type { BotStore } from "./bot-store.ts";

type DeskFill = NonNullable<DeskEvent["fill"]>;

/** What a bot has of an instrument that its engine does not know of; decimals are text. */
export interface Dust {
  /** Held beyond whole lots; below zero where a fee took from one. */
  readonly quantity: string;
  /** Paid and not told yet, in the quote currency; below zero where the coins that were sold as a fee are to be bought back. */
  readonly owed: string;
}

export const NO_DUST: Dust = { quantity: "0", owed: "0" };

/** Where the store keeps it. */
export function dustName({ id }: Pick<Instrument, "id">): string {
  return `dust/${id}`;
}

/** A trade as the bot's engine hears of it. */
export interface HeardAmounts {
  /** Whole lots that came or went: 0 where what came is none yet. */
  readonly quantity: number;
  /** How much of the order it filled. */
  readonly counted: number;
  readonly price: number;
  /** In the quote currency. */
  readonly fee: number;
  readonly at: number;
}

interface Heard extends HeardAmounts {
  /** What stays behind. */
  readonly dust: Dust;
}

interface HearTerms {
  readonly side: Side;
  readonly instrument: Instrument;
  /** Of what the engine holds, what no exit of its may still sell, this trade's order among them. */
  readonly spare: number;
}

/**
 * A trade in the terms of the engine, which knows one currency and whole lots. Coins that a venue takes as its fee are gone
 * at the trade's price, and so is what is left of a lot, until later trades have made it a whole one: what was paid in all
 * stays the same. A sale whose fee took from a lot that the engine still counts takes that lot from it, so that its next exit
 * asks for no more than there is. A fee in a third currency is in the account's books alone, since its worth is not known here.
 */
export function heardFill(
  fill: DeskFill,
  { side, instrument, dust, spare }: HearTerms & { readonly dust: Dust },
): Heard {
  const { lot } = instrument;
  const quantity = parseQuantity(fill.quantity, "quantity");
  const price = parsePrice(fill.price, "price");
  const fee = parseMoney(fill.fee, "fee");
  const before = parseDecimal(dust.quantity, "dust");
  const plain = { quantity: toDouble(quantity), counted: toDouble(quantity), price: toDouble(price), at: fill.at };
  const inKind = fill.feeInKind === true;
  if (!inKind || side === "sell") {
    if (!inKind) return { ...plain, fee: toDouble(inQuote(fill, instrument, { price, fee })), dust };
    const left = subtract<Decimal>(before, fee);
    const broken = brokenLots(left, { lot, spare });
    if (broken > 0n) {
      const gone = add(notional(price, broken, "half-even"), parseMoney(dust.owed, "owed"));
      const rest = { quantity: formatDecimal(add<Decimal>(left, broken)), owed: formatDecimal(ZERO) };
      return { ...plain, quantity: toDouble(add(quantity, broken)), fee: toDouble(gone), dust: rest };
    }
    const worth = notional(price, fee as Decimal as Quantity, "half-even");
    // What buys these coins back is told as a fee with a later trade: told now, it must not be told then.
    const owed = subtract(parseMoney(dust.owed, "owed"), worth);
    const after = { quantity: formatDecimal(left), owed: formatDecimal(owed) };
    return { ...plain, fee: toDouble(worth), dust: after };
  }
  const come = add(subtract<Decimal>(quantity, fee), before);
  const whole = come > 0n ? roundQuantityToLot(come as Quantity, gridStep(lot, "lot")) : NO_QUANTITY;
  const worth = add(parseMoney(dust.owed, "owed"), notional(price, subtract(quantity, whole), "half-even"));
  const rest = formatDecimal(subtract<Decimal>(come, whole));
  // What is paid for with nothing to show for it yet is told with the next lot.
  if (whole === 0n) return { ...plain, quantity: 0, fee: 0, dust: { quantity: rest, owed: formatDecimal(worth) } };
  const told = { quantity: toDouble(whole), fee: toDouble(worth) };
  return { ...plain, ...told, dust: { quantity: rest, owed: formatDecimal(ZERO) } };
}

/** Whole lots that a fee broke into, where the engine has as many to spare: none of what an exit is still to sell. */
function brokenLots(left: Decimal, { lot, spare }: { readonly lot: number; readonly spare: number }): Quantity {
  if (left >= 0n) return NO_QUANTITY;
  const step = gridStep(lot, "lot");
  const missing = -left as Quantity;
  const whole = roundQuantityToLot(missing, step);
  const broken = whole === missing ? whole : add(whole, step as Quantity);
  return toDouble(broken) <= spare ? broken : NO_QUANTITY;
}

/** An account may be kept in what an instrument is the price of: that makes no coins of its fees. */
function inQuote(
  { feeCurrency }: DeskFill,
  { base, quote }: Instrument,
  { price, fee }: { readonly price: Price; readonly fee: Money },
): Money {
  if (feeCurrency === quote) return fee;
  return feeCurrency === base ? notional(price, fee as Decimal as Quantity, "half-even") : NO_MONEY;
}

/** A trade of an order in the engine's terms; what its lots leave behind is kept in the store for the next. */
export function takeFill(
  store: Pick<BotStore, "get" | "put">,
  fill: DeskFill,
  { side, instrument, spare }: HearTerms,
): HeardAmounts {
  const name = dustName(instrument);
  const before = store.get<Dust>(name) ?? NO_DUST;
  const { dust, ...heard } = heardFill(fill, { side, instrument, spare, dust: before });
  if (dust !== before) store.put(name, dust);
  return heard;
}
