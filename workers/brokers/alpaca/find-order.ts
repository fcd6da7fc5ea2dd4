import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { PlacedOrder } from "../venue-client.ts";
import type { AccountRequests } from "./account-requests.ts";
import { legName } from "./order-body.ts";
import { type AlpacaLeg, typeOf, venueOrderOf } from "./parse.ts";
import { type AlpacaOrder, alpacaOrder, ordersReply } from "./payloads.ts";

/** Orders of one page, and pages of open ones that are read: the venue itself lets an account have fewer. */
const PAGE_ROWS = 500;
const PAGES_MAX = 10;
/** Names of legs that are remembered at once; then they are asked for anew. */
const NAMES_MAX = 5_000;

type Found = AlpacaOrder | AlpacaLeg;

/** Finds orders by either of their ids, and legs by the order that they protect. */
export class OrderFinder {
  private readonly account: AccountRequests;
  /** Names of legs by the venue's ids of them; undefined for those that have none. */
  private readonly names = new Map<string, string | undefined>();

  constructor(account: AccountRequests) {
    this.account = account;
  }

  /** The order's own record; undefined where the venue shows none. */
  find(placed: PlacedOrder): Promise<Found | undefined> {
    const { venueOrderId, parent, revision, sentAs } = placed;
    if (venueOrderId !== undefined) return this.byId(venueOrderId);
    const isLegOfVenue = parent !== undefined && revision === 0 && sentAs === legName(parent, placed.order);
    return isLegOfVenue ? this.leg(placed, parent) : this.byClientId(sentAs);
  }

  byId(id: string): Promise<AlpacaOrder | undefined> {
    return this.account.ask(alpacaOrder, `/v2/orders/${encodeURIComponent(id)}?nested=true`);
  }

  private async byClientId(clientId: string): Promise<AlpacaOrder | undefined> {
    const path = `/v2/orders:by_client_order_id?client_order_id=${encodeURIComponent(clientId)}`;
    const found = await this.account.ask(alpacaOrder, path);
    if (found !== undefined && found.client_order_id !== clientId) {
      throw new VenueSilence("the reply must be of the order that was asked for", { isSent: true });
    }
    return found;
  }

  /** The venue names legs by itself: before that name is known they are found through their order. */
  private async leg({ order }: PlacedOrder, parent: string): Promise<AlpacaLeg | undefined> {
    const found = await this.byClientId(parent);
    if (found === undefined) return undefined;
    const whole = found.legs?.length ? found : await this.byId(found.id);
    const type = order.kind === "limit" ? "limit" : "stop";
    const leg = whole?.legs?.find((one) => typeOf(one).startsWith(type));
    // An order that was taken with its legs has them: one without is not all that there is to see yet.
    if (leg === undefined) throw new VenueSilence("an order must show its legs", { isSent: true });
    return leg;
  }

  /** Every open order, legs under the name of their order. */
  async open(): Promise<readonly VenueOrder[]> {
    const rows = await this.list("open");
    const names = new Map(rows.flatMap(legNames));
    const flat = rows.flatMap((row): Found[] => [row, ...(row.legs ?? [])]);
    // Orders for an amount of money or of several options are not ours, and are known by their trades alone.
    const counted = flat.filter(({ qty, symbol }) => Boolean(qty) && Boolean(symbol));
    const open = counted.map((row) => venueOrderOf(row)).filter(({ status }) => status === "open");
    const isLeg = (row: Found) =>
      row.order_class === "bracket" || row.order_class === "oto" || row.order_class === "oco";
    // Legs whose order has filled stand by themselves: who they belong to is told with the orders that ended.
    const orphans = rows.filter((row) => isLeg(row) && !row.legs?.length && !names.has(row.id));
    await this.learn(orphans);
    const nameOf = ({ venueOrderId, clientOrderId }: VenueOrder) =>
      names.get(venueOrderId) ?? this.names.get(venueOrderId) ?? clientOrderId;
    return open.map((order) => ({ ...order, clientOrderId: nameOf(order) }));
  }

  /** Asks once for the names of legs whose order has ended: the list is long. */
  private async learn(orphans: readonly AlpacaOrder[]): Promise<void> {
    if (orphans.every(({ id }) => this.names.has(id))) return;
    const ended = await this.page("closed", "");
    if (this.names.size > NAMES_MAX) this.names.clear();
    for (const { id } of orphans) this.names.set(id, undefined);
    for (const row of ended) {
      for (const [id, name] of legNames(row)) if (this.names.has(id)) this.names.set(id, name);
    }
  }

  private async list(status: "open"): Promise<AlpacaOrder[]> {
    const all: AlpacaOrder[] = [];
    let before = "";
    for (let page = 0; page < PAGES_MAX; page++) {
      const rows = await this.page(status, before);
      all.push(...rows);
      const last = rows.at(-1)?.id;
      if (rows.length < PAGE_ROWS || last === undefined) return all;
      before = `&before_order_id=${last}`;
    }
    throw new VenueSilence("an account must have fewer open orders", { isSent: true });
  }

  private async page(status: "open" | "closed", before: string): Promise<AlpacaOrder[]> {
    const path = `/v2/orders?status=${status}&limit=${PAGE_ROWS}&direction=desc&nested=true${before}`;
    const rows = await this.account.ask(ordersReply, path);
    if (rows === undefined) throw new VenueSilence("the venue must list its orders", { isSent: true });
    return rows;
  }
}

/** Names of an order's legs by the venue's ids of them. */
function legNames(row: AlpacaOrder): [string, string][] {
  return (row.legs ?? []).map((leg) => {
    const kind = typeOf(leg).startsWith("limit") ? "limit" : "stop";
    return [leg.id, legName(row.client_order_id, { kind })];
  });
}
