import { add, larger, NO_QUANTITY, type Quantity } from "../core/ledger/decimal.ts";
import { formatDecimal, parsePrice } from "../core/ledger/decimal-text.ts";
import { heldOf, type VenueFill, type VenueOrder } from "../core/ledger/venue-report.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import type { OrderToPlace, VenueMark } from "./broker.ts";
import { JournalFlows } from "./journal-flows.ts";
import { isNextVersion } from "./next-version.ts";
import type { PlacedOrder, VenueClient } from "./venue-client.ts";
import { isOpenInJournal, type JournalOrder, type Movement, type VenueJournal } from "./venue-journal.ts";
import type { VenueNews } from "./venue-news.ts";

const MARK = "mark:";

/**
 * Makes numbered events of what a venue says: each trade once, each end once, an order accepted before anything else is
 * told of it. News may come twice, late and in any order. Everything here is immediate; nothing is kept in fields.
 */
export class JournalBooks {
  readonly journal: VenueJournal;
  readonly flows: JournalFlows;
  readonly now: () => number;
  private readonly coinOf: (instrument: string) => string | undefined;

  /** `coinOf`: what an instrument trades where the venue keeps coins, of which it may take its fees. */
  constructor(journal: VenueJournal, now: () => number, coinOf: JournalBooks["coinOf"] = () => undefined) {
    this.journal = journal;
    this.flows = new JournalFlows(journal);
    this.now = now;
    this.coinOf = coinOf;
  }

  /** Remembers an order and its legs before they are sent; `legSentAs` names those that the venue knows by other names. */
  begin(order: OrderToPlace, legSentAs: VenueClient["legSentAs"] = ({ id }) => id): void {
    this.journal.transaction(() => {
      this.journal.putOrder(this.newOrder(order, undefined));
      for (const leg of order.legs) {
        const row = this.newOrder({ ...leg, legs: [] }, order.id);
        this.journal.putOrder({ ...row, placed: { ...row.placed, sentAs: legSentAs(leg, order.id) } });
      }
    });
  }

  private newOrder(order: OrderToPlace, parent: ClientOrderId | undefined): JournalOrder {
    const placed: PlacedOrder = {
      ...{ order, parent, venueOrderId: undefined, sentAs: order.id, revision: 0, sentAt: this.now() },
    };
    const { quantity, limit, stop } = order;
    return {
      ...{ placed, state: "doubt", quantity, limit, stop },
      ...{ filled: NO_QUANTITY, known: NO_QUANTITY, filledBefore: NO_QUANTITY, pastVenueIds: [] },
      ...{ replacing: undefined, code: "", endedSequence: undefined, endedAt: undefined },
    };
  }

  /** Takes in news in one write. True where something may have been missed. */
  take(news: readonly VenueNews[]): boolean {
    if (news.length === 0) return false;
    return this.journal.transaction(() => news.map((item) => this.takeOne(item)).some((gap) => gap));
  }

  private takeOne(news: VenueNews): boolean {
    switch (news.type) {
      case "order":
        this.show(news.order, news.reason);
        return false;
      case "fill":
        this.fill(news.fill);
        return false;
      case "rejected":
        this.reject(news.id, news.code);
        return false;
      case "movement":
        this.move(news.movement);
        return false;
      case "mark":
        this.mark(news.mark);
        return false;
      case "gap":
        return true;
    }
  }

  /** The order that the venue means, by whatever it names it. */
  find({ clientOrderId, venueOrderId }: Pick<VenueOrder, "clientOrderId" | "venueOrderId">): JournalOrder | undefined {
    const bySent = clientOrderId === undefined ? undefined : this.journal.orderSentAs(clientOrderId);
    return bySent ?? this.journal.orderOfVenue(venueOrderId);
  }

  /** The venue has named an order that it took. */
  accept(order: JournalOrder, venueOrderId: string): JournalOrder {
    if (order.state !== "doubt") return order;
    const { placed } = order;
    const after: JournalOrder = { ...order, state: "open", placed: { ...placed, venueOrderId } };
    this.journal.putOrder(after);
    this.journal.addEvent({ type: "accepted", id: placed.order.id, venueOrderId });
    return after;
  }

  reject(id: ClientOrderId, code: string): void {
    const order = this.journal.order(id);
    if (order === undefined) return;
    // What the venue had taken before was ended by it, whatever it calls that.
    if (order.state === "open") this.end(order, "canceled", code);
    if (order.state !== "doubt") return;
    this.journal.addEvent({ type: "rejected", id, code });
    this.putEnded({ ...order, state: "rejected", code });
  }

  private show(shown: VenueOrder, reason: string): void {
    const found = this.find(shown);
    if (found === undefined) return;
    const { replacing, placed } = found;
    if (placed.venueOrderId !== shown.venueOrderId && found.pastVenueIds.includes(shown.venueOrderId)) {
      this.showPast(found, shown);
      return;
    }
    const isNext = replacing !== undefined && isNextVersion(found, shown);
    if (isNext && shown.status === "rejected") {
      this.refuseReplacement(found, replacing.revision);
      return;
    }
    const order = isNext ? this.replaced(found, shown.venueOrderId) : this.renamed(found, shown.venueOrderId);
    if (shown.status === "rejected") {
      this.reject(placed.order.id, reason === "" ? "REJECTED" : reason);
      return;
    }
    this.showPresent(this.accept(order, shown.venueOrderId), shown, reason);
  }

  /** Some venues give a leg its own id only when it wakes: what it is called then is no other version of it. */
  private renamed(order: JournalOrder, venueOrderId: string): JournalOrder {
    const { placed, pastVenueIds } = order;
    const before = placed.venueOrderId;
    if (before === undefined || before === venueOrderId) return order;
    return { ...order, pastVenueIds: [...pastVenueIds, before], placed: { ...placed, venueOrderId } };
  }

  /** An earlier version of an order: it may have traded more than we knew when it was replaced. */
  private showPast(order: JournalOrder, shown: VenueOrder): void {
    const filledBefore = larger(order.filledBefore, shown.filled);
    const filled = larger(order.filled, filledBefore);
    this.journal.putOrder({ ...order, filledBefore, filled });
  }

  private showPresent(order: JournalOrder, shown: VenueOrder, reason: string): void {
    const filled = larger(order.filled, add(order.filledBefore, shown.filled));
    if (!isOpenInJournal(order)) {
      if (filled > order.filled && order.state !== "rejected") this.journal.putOrder({ ...order, filled });
      // A venue that shows what it refused has broken its word: the next report says so.
      else if (order.state === "rejected" && shown.status === "open")
        this.journal.putOrder({ ...order, state: "open", endedSequence: undefined, endedAt: undefined });
      return;
    }
    const quantity = add(order.filledBefore, shown.quantity);
    const { limit, stop } = shown;
    // A market order is shown with prices that are none of its terms by some venues.
    const terms = order.placed.order.kind === "market" ? {} : { limit, stop };
    const after: JournalOrder = { ...order, filled, quantity, ...terms };
    switch (shown.status) {
      case "open":
        this.journal.putOrder(after);
        break;
      case "filled":
        this.putEnded({ ...after, state: "filled" });
        break;
      case "canceled":
      case "expired":
        this.endVersion(after, shown.status, reason);
        break;
      case "rejected":
        break;
    }
  }

  /** A version that ended while a change was on its way may have been ended by that. */
  private endVersion(order: JournalOrder, status: "canceled" | "expired", reason: string): void {
    const { replacing, placed } = order;
    if (replacing === undefined || replacing.sentAs === placed.sentAs) this.end(order, status, reason);
    else this.journal.putOrder({ ...order, replacing: { ...replacing, oldEnd: { status, reason } } });
  }

  end(order: JournalOrder, status: "canceled" | "expired", reason: string): void {
    const { id } = order.placed.order;
    const why = reason === "" && this.isLinkedEnd(order) ? "linked" : reason;
    this.journal.addEvent({ type: status, id, filled: order.filled, reason: why });
    this.putEnded({ ...order, state: status, replacing: undefined });
  }

  private putEnded(order: JournalOrder): void {
    this.journal.putOrder({ ...order, endedSequence: this.journal.lastEvent(), endedAt: this.now() });
  }

  /** Whether a leg ended with its sibling or with the order that it protects. */
  private isLinkedEnd({ placed }: JournalOrder): boolean {
    if (placed.parent === undefined) return false;
    const parent = this.journal.order(placed.parent);
    const others = this.journal.legsOf(placed.parent).filter((leg) => leg.placed.order.id !== placed.order.id);
    const parentIsGone = parent !== undefined && !isOpenInJournal(parent) && parent.filled === NO_QUANTITY;
    return parentIsGone || others.some((leg) => leg.filled > NO_QUANTITY || !isOpenInJournal(leg));
  }

  /** The venue agreed to a change. */
  private replaced(order: JournalOrder, venueOrderId: string): JournalOrder {
    const { replacing, placed } = order;
    if (replacing === undefined) return order;
    const before = placed.venueOrderId;
    const accepted = this.accept(order, before ?? venueOrderId);
    const isOther = before !== undefined && before !== venueOrderId;
    const { revision, sentAs, quantity, limit, stop } = replacing;
    const after: JournalOrder = {
      ...accepted,
      ...{ state: "open", quantity, limit, stop, replacing: undefined },
      filledBefore: isOther ? larger(order.filled, order.known) : order.filledBefore,
      pastVenueIds: isOther ? [...order.pastVenueIds, before] : order.pastVenueIds,
      placed: { ...placed, venueOrderId, sentAs, revision },
    };
    this.journal.putOrder(after);
    this.journal.addEvent({ type: "replaced", id: placed.order.id, revision, venueOrderId });
    return after;
  }

  /** A change was refused, or its order has ended: the order is as it was, or gone. */
  refuseReplacement(order: JournalOrder, revision: number): void {
    const { placed, replacing } = order;
    const { id } = placed.order;
    this.journal.transaction(() => {
      this.journal.addEvent({ type: "replace-rejected", id, revision, venueOrderId: placed.venueOrderId ?? "" });
      const after: JournalOrder = { ...order, replacing: undefined };
      if (replacing?.oldEnd === undefined) this.journal.putOrder(after);
      else this.end(after, replacing.oldEnd.status, replacing.oldEnd.reason);
    });
  }

  private fill(told: VenueFill): void {
    const found = this.find(told);
    // Ours carry our own id, whatever version traded.
    const named = found === undefined ? told : { ...told, clientOrderId: found.placed.order.id };
    const isOfCoin = told.fee !== 0n && told.feeCurrency === this.coinOf(told.instrument);
    const inKind = { ...named, feeInKind: true };
    // Of what came nothing would be left: no trade, whatever the venue says, and no reason to stop at it for ever.
    const fill = isOfCoin && heldOf(inKind) > 0n ? inKind : named;
    const entry = this.journal.addEntry(`fill:${fill.tradeId}`, { fill });
    if (entry === undefined) return;
    this.flows.fill(fill, found?.placed.order.bot);
    if (found !== undefined) this.fillOrder(this.versionOf(found, told), fill);
    this.journal.addEvent({ type: "fill", entry });
    const after = found === undefined ? undefined : this.journal.order(found.placed.order.id);
    if (after?.state === "filled") this.putEnded(after);
  }

  /** A trade under another name than the order's present one shows that the change on its way was made. */
  private versionOf(order: JournalOrder, { venueOrderId }: VenueFill): JournalOrder {
    const { placed, replacing, pastVenueIds } = order;
    const isKnown = placed.venueOrderId === venueOrderId || pastVenueIds.includes(venueOrderId);
    if (replacing === undefined || isKnown || placed.venueOrderId === undefined) return order;
    return this.replaced(order, venueOrderId);
  }

  private fillOrder(order: JournalOrder, fill: VenueFill): void {
    const accepted = this.accept(order, fill.venueOrderId);
    const known = add(accepted.known, fill.quantity);
    const filled = larger(accepted.filled, known);
    const isWhole = accepted.state === "open" && filled >= accepted.quantity && accepted.replacing === undefined;
    this.journal.putOrder({ ...accepted, known, filled, state: isWhole ? "filled" : accepted.state });
  }

  move(movement: Movement): void {
    if (this.journal.addEntry(movement.id, { movement }) === undefined) return;
    this.flows.move(movement);
  }

  private mark(mark: VenueMark): void {
    const name = `${MARK}${mark.instrument}`;
    const known = this.journal.read(name);
    if (known !== undefined && (JSON.parse(known) as { at: number }).at > mark.at) return;
    this.journal.write(name, JSON.stringify({ ...mark, price: formatDecimal(mark.price) }));
  }

  marks(): VenueMark[] {
    return [...this.journal.readAll(MARK).values()].map((text) => {
      const mark = JSON.parse(text) as Omit<VenueMark, "price"> & { price: string };
      return { ...mark, price: parsePrice(mark.price, "mark.price") };
    });
  }
}

/** An order as the venue shows it, put together from all of its versions. */
export function shownOrder(order: JournalOrder, filled: Quantity = order.filled): VenueOrder {
  const { placed, quantity, limit, stop, state } = order;
  const { id, instrument, side } = placed.order;
  const status = state === "doubt" ? "open" : state;
  const venueOrderId = placed.venueOrderId ?? "";
  return { clientOrderId: asClientOrderId(id), venueOrderId, instrument, side, quantity, limit, stop, filled, status };
}
