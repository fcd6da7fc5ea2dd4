import type { ClientOrderId } from "../core/order/order-id.ts";
import type { OrderToPlace, SendOutcome } from "./broker.ts";
import { isOpenInJournal, type VenueJournal } from "./venue-journal.ts";

interface FreeLegsParts {
  readonly journal: VenueJournal;
  readonly cancel: (id: ClientOrderId) => Promise<SendOutcome>;
}

/**
 * Takes back the legs of a bot that hold what an order shall close: they would else have it refused, and sell what is not
 * there once it is gone. Only for an order that closes all at once: what is left would stand without protection. False
 * where one of them may still be open.
 */
export async function freeLegs(order: OrderToPlace, { journal, cancel }: FreeLegsParts): Promise<boolean> {
  const isLeg = ({ placed }: ReturnType<VenueJournal["openOrders"]>[number]) =>
    placed.parent !== undefined &&
    placed.order.bot === order.bot &&
    placed.order.instrument === order.instrument &&
    placed.order.side === order.side;
  const legs = journal
    .openOrders()
    .filter(isLeg)
    .map(({ placed }) => placed.order.id);
  const isOpen = (id: ClientOrderId) => {
    const leg = journal.order(id);
    return leg !== undefined && isOpenInJournal(leg);
  };
  // Taking one back may take its sibling with it.
  for (const id of legs) if (isOpen(id)) await cancel(id);
  return !legs.some(isOpen);
}
