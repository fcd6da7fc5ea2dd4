import type { AccountState, Fill, Order } from "../schema/wire/trading.ts";
import type { Book, BookOrder } from "./broker-process.ts";

/** What a client of the API was answered for an order that it placed; `order` is undefined where no answer came. */
export interface Asked {
  readonly key: string;
  readonly accountId: string;
  readonly body: object;
  /** When it was asked for first, UTC ms. */
  readonly at: number;
  order: { readonly id: string; readonly state: string } | undefined;
}

/** What the desk says of one account. */
export interface DeskBooksShown {
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly state: AccountState;
}

/** States of an order at the desk that agree with what the broker says of it. */
const AGREES: Readonly<Record<BookOrder["status"], readonly string[]>> = {
  open: ["ACCEPTED", "PENDING_CANCEL"],
  filled: ["FILLED"],
  canceled: ["CANCELED"],
  rejected: ["REJECTED"],
};
/** States of an order that the broker never had: it was refused before it left, or its request was lost on the way. */
const NEVER_THERE = new Set(["DENIED", "REJECTED", "UNKNOWN", "PENDING_CANCEL", "LOST", "SUBMITTING"]);

/** `differences` of several accounts, each with what is its own of `desk` and `asked`. */
export function differencesByAccount(parts: {
  readonly books: Readonly<Record<string, Book>>;
  readonly states: readonly AccountState[];
  readonly desk: Omit<DeskBooksShown, "state">;
  readonly asked: readonly Asked[];
  readonly since: number;
}): string[] {
  const { books, states, desk, asked, since } = parts;
  return states.flatMap((state) => {
    const { accountId } = state;
    const isMine = (row: { accountId: string }) => row.accountId === accountId;
    const own = { orders: desk.orders.filter(isMine), fills: desk.fills.filter(isMine), state };
    return differences({ book: books[accountId], desk: own, asked: asked.filter(isMine), since });
  });
}

/**
 * Everything in which the broker's own books, what clients were answered and the desk's books differ; empty where nothing
 * was lost, doubled or is unaccounted for. Orders and fills at the broker from `since` on are looked at, UTC ms.
 */
export function differences(parts: {
  readonly book: Book;
  readonly desk: DeskBooksShown;
  readonly asked: readonly Asked[];
  readonly since: number;
}): string[] {
  const { book, desk, asked, since } = parts;
  const found: string[] = [];
  const mine = new Map(desk.orders.map((order) => [order.id, order]));
  const theirs = new Map<string, BookOrder>();
  for (const order of book.orders) {
    if (theirs.has(order.clientOrderId)) found.push(`DOUBLED ${order.clientOrderId}`);
    theirs.set(order.clientOrderId, order);
  }
  for (const order of theirs.values()) {
    if (order.receivedAt < since) continue;
    const own = mine.get(order.clientOrderId);
    if (own === undefined) found.push(`order ${order.clientOrderId} is at the broker and not at the desk`);
    else if (!AGREES[order.status].includes(own.state) || own.filled !== order.filled) {
      found.push(
        `order ${own.id} is ${own.state} ${own.filled} at the desk, ${order.status} ${order.filled} there, received ${order.receivedAt}`,
      );
    }
  }
  for (const { id, state, filled } of desk.orders) {
    const gone = !theirs.has(id) && (!NEVER_THERE.has(state) || filled !== "0");
    if (gone) found.push(`order ${id} is ${state} at the desk and not at the broker`);
  }
  for (const { key, at, order } of asked) {
    if (at >= since && order !== undefined && !mine.has(order.id))
      found.push(`order ${order.id} of ${key} was acknowledged and is LOST`);
  }
  return [...found, ...fillDifferences(book, desk.fills, since), ...stateDifferences(book, desk.state)];
}

function fillDifferences(book: Book, fills: readonly Fill[], since: number): string[] {
  const text = (id: string, quantity: string, price: string) => `${id} ${quantity} at ${price}`;
  const ours = new Set(fills.map((fill) => text(fill.id, fill.quantity, fill.price)));
  const theirs = new Set(book.fills.map((fill) => text(fill.tradeId, fill.quantity, fill.price)));
  const recent = book.fills
    .filter(({ at }) => at >= since)
    .map((fill) => text(fill.tradeId, fill.quantity, fill.price));
  return [
    ...recent.filter((fill) => !ours.has(fill)).map((fill) => `fill ${fill} is at the broker and not at the desk`),
    ...[...ours].filter((fill) => !theirs.has(fill)).map((fill) => `fill ${fill} is at the desk and not at the broker`),
    ...(ours.size === fills.length ? [] : ["a fill is at the desk twice"]),
  ];
}

function stateDifferences(book: Book, { accountId, state, stateReason, halts, positions }: AccountState): string[] {
  const ours = positions.map(({ instrument, quantity }) => `${instrument} ${quantity}`).sort();
  const theirs = book.positions.map(([instrument, quantity]) => `${instrument} ${quantity}`).sort();
  return [
    ...(ours.join() === theirs.join() ? [] : [`positions are ${ours.join()} at the desk, ${theirs.join()} there`]),
    ...halts.map((halt) => `HALTED ${accountId}: ${halt.code}, we have ${halt.ours}, they ${halt.theirs}`),
    ...(state === "ACTIVE" ? [] : [`account ${accountId} is ${state}: ${stateReason}`]),
  ];
}
