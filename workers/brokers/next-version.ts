import type { VenueOrder } from "../core/ledger/venue-report.ts";
import type { JournalOrder } from "./venue-journal.ts";

/** Whether the venue shows the version that was asked for: by its client id, or by its terms where that stays the same. */
export function isNextVersion(order: JournalOrder, shown: VenueOrder): boolean {
  const { placed, replacing } = order;
  if (replacing === undefined) return false;
  if (replacing.sentAs !== placed.sentAs) return shown.clientOrderId === replacing.sentAs;
  const { quantity, limit, stop } = replacing;
  const same = shown.quantity === quantity && shown.limit === limit && shown.stop === stop;
  const isOther = placed.venueOrderId !== undefined && shown.venueOrderId !== placed.venueOrderId;
  // An order on the terms that it has now is no new version of itself, whatever the venue calls it.
  const isSame = shown.quantity === order.quantity && shown.limit === order.limit && shown.stop === order.stop;
  return same || (isOther && !isSame);
}
