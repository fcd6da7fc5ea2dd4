import { notional } from "../ledger/decimal.ts";
import { isMultiple } from "../ledger/decimal-grid.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import { type CheckInput, type Denial, denial, referenceIn, rulesIn } from "./check.ts";
import { highestPrice } from "./exposure.ts";

/** Prices on the tick, quantity on the lot and not below the instrument's least, by quantity and by value. */
export function checkGrid({ intent, book }: CheckInput): Denial | undefined {
  const rules = rulesIn(book, intent.instrument);
  const { quantity, limit, stop } = intent;
  for (const price of [limit, stop]) {
    if (price === undefined || isMultiple(price, rules.tick)) continue;
    return denial("OFF_TICK", { value: formatDecimal(price), limit: `a multiple of ${formatDecimal(rules.tick)}` });
  }
  if (!isMultiple(quantity, rules.lot)) {
    return denial("OFF_LOT", { value: formatDecimal(quantity), limit: `a multiple of ${formatDecimal(rules.lot)}` });
  }
  if (quantity < rules.quantityMin) {
    return denial("QUANTITY_MIN", { value: formatDecimal(quantity), limit: formatDecimal(rules.quantityMin) });
  }
  const value = notional(highestPrice(intent, referenceIn(book)(intent.instrument)), quantity, "floor");
  if (value >= rules.notionalMin) return undefined;
  return denial("NOTIONAL_MIN", { value: formatDecimal(value), limit: formatDecimal(rules.notionalMin) });
}
