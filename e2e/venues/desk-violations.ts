import type { Desk } from "../../workers/account/desk.ts";
import { ACCOUNT_SCOPE } from "../../workers/account/desk-account.ts";
import type { DeskDisk } from "../../workers/account/testing/desk-disk.ts";
import { NO_QUANTITY, subtract } from "../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../workers/core/ledger/decimal-text.ts";
import { cashOf, ledgerFaults } from "../../workers/core/ledger/ledger.ts";
import { quantityOf } from "../../workers/core/ledger/position.ts";
import { asClientOrderId } from "../../workers/core/order/order-id.ts";
import type { FaultVenue } from "./desk-faults.ts";
import { type EmulatedOrder, isLive } from "./emulated-order.ts";

interface Ended {
  readonly desk: Desk;
  readonly disk: DeskDisk;
  readonly venue: FaultVenue;
  readonly killed: boolean;
}

/** Our client id in that of an order's later version. */
export function ownId(clientId: string): string {
  return clientId.replace(/-[0-9]+$/, "");
}

/** Whose order it is, by our own id. */
function ownerOf({ venue, desk }: Pick<Ended, "venue" | "desk">, order: EmulatedOrder): string {
  return venue.ownerOf?.(order, desk) ?? ownId(order.clientId);
}

/** What does not hold once a venue has been well for long enough: our books against its own. */
export function deskViolations(ended: Ended): string[] {
  return [...orderViolations(ended), ...bookViolations(ended), ...stateViolations(ended)];
}

/** I4, I5, I6: every order of the venue was intended, and once. */
function orderViolations(ended: Ended): string[] {
  const { desk, venue } = ended;
  const found: string[] = [];
  const versions = new Map<string, { live: number; filled: bigint }>();
  for (const order of venue.emulator.book.orders.values()) {
    const id = asClientOrderId(ownerOf(ended, order));
    if (id === undefined || desk.books.order(id) === undefined) {
      found.push(`I4: order ${order.clientId} was never intended`);
      continue;
    }
    const known = versions.get(id) ?? { live: 0, filled: 0n };
    versions.set(id, { live: known.live + (isLive(order) ? 1 : 0), filled: known.filled + order.filled });
  }
  for (const [id, { live, filled }] of versions) {
    const order = desk.books.order(id as never)?.order;
    if (live > 1) found.push(`I6: ${id} is live ${live} times`);
    if (order !== undefined && filled > order.quantity) found.push(`I5: ${id} was filled for more than was asked`);
    if (order !== undefined && filled !== order.filled) {
      const [theirs, ours] = [filled as never, order.filled].map((value) => formatDecimal(value));
      found.push(`I2: ${id} (${order.state}) filled ${theirs} at the venue and ${ours} with us`);
    }
  }
  return found;
}

/** I1, I2, I8, I9: positions and cash are the venue's, each trade once. */
function bookViolations({ desk, disk, venue }: Ended): string[] {
  const found: string[] = [];
  const { ledger } = desk.books.scope(ACCOUNT_SCOPE);
  found.push(...ledgerFaults(ledger).map((fault) => `I1: ${fault}`));
  const { book } = venue.emulator;
  const position = ledger.positions.get(venue.instrument.id);
  const [ours, theirs] = [
    position === undefined ? NO_QUANTITY : quantityOf(position),
    book.positions.get(venue.symbol) ?? NO_QUANTITY,
  ];
  if (ours !== theirs) found.push(`I8: position must be ${formatDecimal(theirs)}, was ${formatDecimal(ours)}`);
  const [cash, funds] = [cashOf(ledger, venue.currency), book.funds.get(venue.currency) ?? NO_QUANTITY];
  const off = subtract<typeof NO_QUANTITY>(cash as never, funds as never);
  if (off !== 0n) found.push(`I9: cash must be ${formatDecimal(funds)}, was ${formatDecimal(cash)}`);
  const booked = [...disk.booked.keys()].filter((id) => id.startsWith("fill:")).length;
  if (booked !== book.fills.length) found.push(`I2: ${book.fills.length} trades were made and ${booked} booked`);
  return found;
}

/** I10: nothing is stuck, nothing has halted, and after a kill switch nothing is open. */
function stateViolations(ended: Ended): string[] {
  const { desk, venue, killed } = ended;
  const live = venue.emulator.book.liveOrders();
  const found = live
    .filter((one) => desk.books.openOrders().every(({ order }) => order.id !== ownerOf(ended, one)))
    .map(({ clientId }) => `I10: ${clientId} is open at the venue and not with us`);
  for (const { order } of desk.books.openOrders()) {
    const isThere = live.some((one) => ownerOf(ended, one) === order.id);
    if (!isThere && order.state !== "LOST")
      found.push(`I10: ${order.id} is ${order.state} with us and not open at the venue`);
  }
  for (const { code, ours, theirs } of desk.books.record.halts) found.push(`halt ${code}: ${ours} and ${theirs}`);
  if (killed && live.length > 0) found.push(`I17: ${live.length} orders are open after a kill switch`);
  return found;
}
