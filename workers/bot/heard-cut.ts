import type { DeskCut } from "../account/desk-calls.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { add, type Decimal, larger, type Quantity, subtract, ZERO } from "../core/ledger/decimal.ts";
import { gridStep, toDouble } from "../core/ledger/decimal-double.ts";
import { roundQuantityToLot } from "../core/ledger/decimal-grid.ts";
import { formatDecimal, parseDecimal, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import type { BotStore } from "./bot-store.ts";
import { type Dust, dustName, type HeardAmounts, NO_DUST } from "./heard-fill.ts";

const HEARD = "cutsHeard";

/** Those that the bot has not heard of yet. */
export function freshCuts(store: Pick<BotStore, "get">, cuts: readonly DeskCut[]): readonly DeskCut[] {
  const heard = store.get<number>(HEARD) ?? 0;
  return cuts.filter(({ number }) => number > heard);
}

/** Counts them as heard. Inside a write. */
export function noteCuts(store: Pick<BotStore, "put">, cuts: readonly DeskCut[]): void {
  const last = cuts.at(-1);
  if (last !== undefined) store.put(HEARD, last.number);
}

/**
 * Counts them as heard by an engine that begins anew, and so holds nothing: what they took is of what it does not know of,
 * which stays where a version ends. Inside a write.
 */
export function passOverCuts(store: Pick<BotStore, "get" | "put">, cuts: readonly DeskCut[]): void {
  for (const { instrument, quantity } of freshCuts(store, cuts)) {
    const before = store.get<Dust>(dustName({ id: instrument })) ?? NO_DUST;
    const dust = parseDecimal(before.quantity, "dust");
    if (dust <= 0n) continue;
    const left = larger(subtract<Decimal>(dust, parseDecimal(quantity, "quantity")), ZERO);
    store.put(dustName({ id: instrument }), { ...before, quantity: formatDecimal(left) });
  }
  noteCuts(store, cuts);
}

/**
 * What a bot lost of its share, in the terms of its engine, which knows whole lots alone: what is less than one comes from
 * what the engine does not know of, and where there is too little of that, from one lot more.
 */
export function takeCut(
  store: Pick<BotStore, "get" | "put">,
  { quantity: text, price, at }: DeskCut,
  instrument: Instrument,
): HeardAmounts {
  const before = store.get<Dust>(dustName(instrument)) ?? NO_DUST;
  const quantity = parseQuantity(text, "quantity");
  const step = gridStep(instrument.lot, "lot");
  const whole = roundQuantityToLot(quantity, step);
  const dust = parseDecimal(before.quantity, "dust");
  const isCovered = subtract<Decimal>(quantity, whole) <= larger(dust, ZERO);
  const told = isCovered ? whole : add(whole, step as Quantity);
  const after = formatDecimal(add(dust, subtract<Decimal>(told, quantity)));
  if (after !== before.quantity) store.put(dustName(instrument), { ...before, quantity: after });
  return {
    quantity: toDouble(told),
    counted: toDouble(quantity),
    price: toDouble(parsePrice(price, "price")),
    fee: 0,
    at,
  };
}
