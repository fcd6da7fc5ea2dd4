import { isMultiple, oppositeSide } from "../ledger/decimal-grid.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import type { OrderIntent } from "../order/desk-order.ts";
import { type Denial, denial, rulesIn } from "./check.ts";
import { checkForm } from "./permission-checks.ts";
import type { RiskBook } from "./risk-book.ts";

/**
 * Why a leg may not go along with its entry; undefined where it may. A leg shares the verdict of its entry: it can only
 * close what that opened, so no cap of size is asked again, but its form, its grid and its quantity are.
 */
export function legDenial(leg: OrderIntent, entry: OrderIntent, book: RiskBook): Denial | undefined {
  if (leg.parent !== entry.id) return denial("LEG", { value: leg.parent ?? "no parent", limit: entry.id });
  const same = leg.instrument === entry.instrument && leg.bot === entry.bot && leg.side === oppositeSide(entry.side);
  if (!same)
    return denial("LEG", { value: `${leg.side} ${leg.instrument}`, limit: `against ${entry.side} of its entry` });
  if (leg.quantity > entry.quantity) {
    return denial("LEG", { value: formatDecimal(leg.quantity), limit: `its entry's ${formatDecimal(entry.quantity)}` });
  }
  const form = checkForm({ intent: leg });
  if (form !== undefined) return form;
  const { tick } = rulesIn(book, leg.instrument);
  const off = [leg.limit, leg.stop].find((price) => price !== undefined && !isMultiple(price, tick));
  if (off === undefined) return undefined;
  return denial("OFF_TICK", { value: formatDecimal(off), limit: `a multiple of ${formatDecimal(tick)}` });
}
