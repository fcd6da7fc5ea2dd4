import { magnitude, NO_QUANTITY, type Quantity } from "../../core/ledger/decimal.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { PlacedOrder } from "../venue-client.ts";
import { venuePrice, venueUnits } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import { type LegField, legField } from "./order-body.ts";
import { endingOf, partsOf, venueOrderOf } from "./parse.ts";
import { type OandaOrder, type OandaTransaction, orderReply, transactionPagesReply } from "./payloads.ts";

/** Versions of an order that are followed: the desk replaces an order far less often. */
const VERSIONS_MAX = 50;
/** Pages of transactions that an order is looked for in: 5,000 transactions since it was sent. */
const PAGES_MAX = 5;
/** How far our clock may be behind the venue's when it is asked from the moment of sending on. */
const CLOCK_MARGIN_MS = 120_000;

/** A number of the venue's own, not the stand-in of a leg that waits. */
const VENUE_ID = /^\d{1,20}$/;

/** What a path calls an order: its number, or its client id for those that have none or may have been replaced. */
export function specifierOf({ venueOrderId, sentAs, revision }: PlacedOrder): string {
  const isNumbered = venueOrderId !== undefined && VENUE_ID.test(venueOrderId) && revision === 0;
  return isNumbered ? venueOrderId : `@${encodeURIComponent(sentAs)}`;
}

/** What a leg is called before its order has filled: until then the venue has no order for it. */
export function waitingId(parentId: string, field: LegField): string {
  return `${parentId}.${field}`;
}

/** Finds orders, and what became of them, however long ago. */
export class OrderFinder {
  private readonly account: AccountRequests;

  constructor(account: AccountRequests) {
    this.account = account;
  }

  /** The order as the venue shows it now; undefined where it shows none, for certain. */
  async find(placed: PlacedOrder): Promise<VenueOrder | undefined> {
    const found = await this.current(placed);
    if (found !== undefined) return this.describe(found, placed);
    return placed.parent === undefined ? this.search(placed) : this.findLeg(placed, placed.parent);
  }

  /** The order's own record in its present version. */
  async current(placed: PlacedOrder): Promise<OandaOrder | undefined> {
    const byClient = `@${encodeURIComponent(placed.sentAs)}`;
    const first = specifierOf(placed);
    const found = await this.get(first);
    if (found !== undefined || first === byClient) {
      // A client id names pending orders first; the number is what is left of one that ended.
      if (found !== undefined || placed.venueOrderId === undefined || !VENUE_ID.test(placed.venueOrderId)) return found;
      return this.get(placed.venueOrderId);
    }
    return this.get(byClient);
  }

  private async get(specifier: string): Promise<OandaOrder | undefined> {
    let found = (await this.account.ask(orderReply, `/orders/${specifier}`))?.order;
    for (let version = 0; found?.replacedByOrderID !== undefined; version++) {
      if (version === VERSIONS_MAX) throw new VenueSilence("order must have fewer versions", { isSent: true });
      found = (await this.account.ask(orderReply, `/orders/${found.replacedByOrderID}`))?.order;
    }
    return found;
  }

  /** What became of an order that is ours. */
  private async describe(found: OandaOrder, placed: PlacedOrder): Promise<VenueOrder> {
    const { instrument, side, quantity } = placed.order;
    const { status, filled } = await this.stateOf(found, placed);
    const shown = venueOrderOf(found, { like: { instrument, side, quantity }, status, filled });
    return { ...shown, clientOrderId: placed.order.id };
  }

  private async stateOf(
    found: OandaOrder,
    { order, sentAs }: PlacedOrder,
  ): Promise<{ status: VenueOrder["status"]; filled: Quantity }> {
    if (found.state === "PENDING" || found.state === "TRIGGERED") return { status: "open", filled: NO_QUANTITY };
    const id = found.state === "FILLED" ? found.fillingTransactionID : found.cancellingTransactionID;
    const last = id === undefined ? undefined : await this.account.transaction(id);
    // How much an order traded, or why it ended, stands in that transaction alone.
    if (last === undefined) throw new VenueSilence(`order ${found.id} must have the transaction of its end`, SENT);
    if (found.state === "CANCELLED") return { status: endingOf(last, order).status, filled: NO_QUANTITY };
    const filled = magnitude(venueUnits(last.units ?? "0", "fill.units"));
    // What is left of an order that filled in part may go on under a new number.
    const whole = found.units === undefined ? filled : magnitude(venueUnits(found.units, "order.units"));
    const rest = filled < whole ? await this.get(`@${encodeURIComponent(sentAs)}`) : undefined;
    return { status: rest?.state === "PENDING" ? "open" : "filled", filled };
  }

  /** A leg has no order of its own before its parent has filled, and is not found by its client id once it has ended. */
  private async findLeg(placed: PlacedOrder, parentId: string): Promise<VenueOrder | undefined> {
    const created = await this.parentOf(placed, parentId);
    if (created === undefined) return undefined;
    const { id: orderId, parent } = created;
    const field = legField(placed.order);
    const venueOrderId = waitingId(orderId, field);
    const ended = (status: VenueOrder["status"]) => waiting(placed, { venueOrderId, status });
    if (parent === undefined) return ended("rejected");
    const leg = parent[field];
    const isCarried = leg?.clientExtensions?.id === placed.sentAs;
    if (parent.state === "CANCELLED") {
      const last = await this.account.transaction(parent.cancellingTransactionID ?? "0");
      if (last === undefined) throw new VenueSilence(`order ${parent.id} must have the transaction of its end`, SENT);
      const { status } = endingOf(last, { reduceOnly: false });
      return ended(status === "rejected" ? "rejected" : "canceled");
    }
    if (parent.state === "FILLED") {
      const fill = await this.account.transaction(parent.fillingTransactionID ?? parent.id);
      // An order that only closed has opened nothing that could be protected.
      const isNeeded = isCarried && (fill === undefined || partsOf(fill).opened !== undefined);
      return isNeeded ? this.searchAfter(placed, parent.id) : ended("canceled");
    }
    if (!isCarried) return ended("canceled");
    const price = venuePrice(leg.price, "leg.price");
    const isLimit = field === "takeProfitOnFill";
    const terms = { limit: isLimit ? price : undefined, stop: field === "stopLossOnFill" ? price : undefined };
    return { ...ended("open"), ...terms };
  }

  /** The order that a leg protects, in its present version; without a record where the venue refused it. */
  private async parentOf(
    placed: PlacedOrder,
    parentId: string,
  ): Promise<{ readonly id: string; readonly parent: OandaOrder | undefined } | undefined> {
    const pending = await this.get(`@${encodeURIComponent(parentId)}`);
    if (pending !== undefined) return { id: pending.id, parent: pending };
    const after = await this.firstSince(instantBefore(placed));
    const created = after === undefined ? undefined : await this.createdAfter(parentId, after);
    if (created === undefined) return undefined;
    const parent = isRefusal(created) ? undefined : await this.get(created.id);
    return { id: parent?.id ?? created.id, parent };
  }

  /** Looks through everything that happened since an order was sent. */
  private async search(placed: PlacedOrder): Promise<VenueOrder | undefined> {
    const after = await this.firstSince(instantBefore(placed));
    return after === undefined ? undefined : this.searchAfter(placed, after);
  }

  /** The number before the first transaction since a moment; undefined where nothing happened since. */
  async firstSince(from: string): Promise<string | undefined> {
    const reply = await this.account.ask(
      transactionPagesReply,
      `/transactions?from=${encodeURIComponent(from)}&pageSize=1000`,
    );
    if (reply === undefined) throw new VenueSilence("the venue must list its transactions", SENT);
    const [page] = reply.pages;
    if (page === undefined) return undefined;
    // Of the address only the number is taken: it is the venue's text and leads nowhere.
    const number = /[?&]from=(\d{1,20})(?:&|$)/.exec(page)?.[1];
    if (number === undefined) throw new VenueSilence("a page of transactions must name its first", SENT);
    return String(BigInt(number) - 1n);
  }

  private async searchAfter(placed: PlacedOrder, after: string): Promise<VenueOrder | undefined> {
    const created = await this.createdAfter(placed.sentAs, after);
    if (created === undefined) return undefined;
    if (isRefusal(created)) return waiting(placed, { venueOrderId: created.id, status: "rejected" });
    const found = await this.get(created.id);
    return found && this.describe(found, placed);
  }

  /** The transaction that created an order of ours or refused it; undefined where there is none, for certain. */
  private async createdAfter(clientId: string, after: string): Promise<OandaTransaction | undefined> {
    let from = after;
    let refused: OandaTransaction | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const reply = await this.account.since(from);
      if (reply === undefined) throw new VenueSilence("the venue must list its transactions", SENT);
      const named = reply.transactions.filter(({ clientExtensions }) => clientExtensions?.id === clientId);
      const created = named.findLast((one) => !isRefusal(one));
      if (created !== undefined) return created;
      // A refusal counts only where there is no order: of that name there may be both.
      refused = named.findLast(({ intendedReplacesOrderID }) => intendedReplacesOrderID === undefined) ?? refused;
      const last = reply.transactions.at(-1)?.id;
      if (last === undefined || BigInt(last) >= BigInt(reply.lastTransactionID)) return refused;
      from = last;
    }
    throw new VenueSilence("too much has happened since the order was sent to look for it", SENT);
  }
}

/** A moment from which on everything that an order did is told, by the venue's clock too. */
function instantBefore({ sentAt }: PlacedOrder): string {
  return new Date(sentAt - CLOCK_MARGIN_MS).toISOString();
}

function isRefusal({ type }: OandaTransaction): boolean {
  return type.endsWith("_REJECT");
}

const SENT = { isSent: true } as const;

/** An order that the venue has no record of, as it was sent. */
export function waiting(
  { order }: Pick<PlacedOrder, "order">,
  { venueOrderId, status }: Pick<VenueOrder, "venueOrderId" | "status">,
): VenueOrder {
  const { id, instrument, side, quantity, limit, stop } = order;
  return {
    clientOrderId: id,
    ...{ venueOrderId, instrument, side, quantity, limit, stop, status },
    filled: NO_QUANTITY,
  };
}
