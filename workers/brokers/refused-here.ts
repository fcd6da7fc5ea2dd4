import { type Decimal, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import type { OrderToPlace } from "./broker.ts";
import type { VenueCapabilities } from "./venue-client.ts";

/** Why an order is refused without asking the venue; undefined where it is to be asked. `closable`: of its bot's share. */
export function refusedHere(
  { reduceOnly, quantity, kind, legs }: OrderToPlace,
  capabilities: VenueCapabilities,
  closable: () => Decimal,
): { readonly code: string; readonly message: string } | undefined {
  if (!capabilities.kinds.includes(kind)) {
    return { code: "KIND", message: `kind must be one of ${capabilities.kinds.join(", ")}, was ${kind}` };
  }
  if (legs.length > 0 && !capabilities.legs) return { code: "LEGS", message: "the venue has no protective orders" };
  // A venue counts the account as a whole, which tells nothing of the share of one bot.
  if (!reduceOnly) return undefined;
  const most = closable();
  if (quantity <= most) return undefined;
  const shown = formatDecimal(most > 0n ? most : ZERO);
  return { code: "REDUCE_ONLY", message: `quantity must be at most ${shown}, was ${formatDecimal(quantity)}` };
}
