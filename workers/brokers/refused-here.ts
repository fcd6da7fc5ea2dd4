import { type Decimal, negate, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import type { OrderToPlace } from "./broker.ts";
import type { VenueCapabilities } from "./venue-client.ts";

/** Why an order is refused without asking the venue; undefined where it is to be asked. `held`: by instrument, signed. */
export function refusedHere(
  { reduceOnly, instrument, side, quantity, kind, legs }: OrderToPlace,
  capabilities: VenueCapabilities,
  held: ReadonlyMap<string, Decimal>,
): { readonly code: string; readonly message: string } | undefined {
  if (!capabilities.kinds.includes(kind)) {
    return { code: "KIND", message: `kind must be one of ${capabilities.kinds.join(", ")}, was ${kind}` };
  }
  if (legs.length > 0 && !capabilities.legs) return { code: "LEGS", message: "the venue has no protective orders" };
  // Where the venue does not hold an order to closing, it must not be able to open anything when it gets there.
  if (!reduceOnly || capabilities.reduceOnly) return undefined;
  const position = held.get(instrument) ?? ZERO;
  const most = side === "sell" ? position : negate(position);
  if (quantity <= most) return undefined;
  const shown = formatDecimal(most > 0n ? most : ZERO);
  return { code: "REDUCE_ONLY", message: `quantity must be at most ${shown}, was ${formatDecimal(quantity)}` };
}
