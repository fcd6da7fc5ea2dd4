import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { OrderToPlace, ReplaceTerms, VenueMark } from "../broker.ts";
import { cancelOutcome, changeOutcome } from "../change-outcome.ts";
import { reliable } from "../request/read-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type {
  ClientOutcome,
  PlacedOrder,
  VenueAccountFacts,
  VenueClient,
  VenueHistory,
  VenueHoldings,
  VenueInstrument,
} from "../venue-client.ts";
import type { VenueNews } from "../venue-news.ts";
import type { AccountRequests } from "./account-requests.ts";
import { alpacaHistory } from "./activities.ts";
import type { AlpacaDataParts } from "./candles.ts";
import { ALPACA_CAPABILITIES } from "./capabilities.ts";
import { type ChangeVerdict, changeVerdict } from "./errors.ts";
import { OrderFinder } from "./find-order.ts";
import { alpacaInstruments } from "./instruments.ts";
import { latestMarks } from "./latest.ts";
import { legName, orderBody, replacementBody, versionName } from "./order-body.ts";
import { ALPACA, holdingsOf, parseBody, typeOf, venueOrderOf } from "./parse.ts";
import { type AlpacaOrder, account, alpacaOrder, positionsReply } from "./payloads.ts";

/** Alpaca's trading protocol for one account. Its paper and its live side differ by host and key alone. */
export class AlpacaClient implements VenueClient {
  readonly venue = ALPACA;
  readonly capabilities = ALPACA_CAPABILITIES;
  private readonly account: AccountRequests;
  private readonly data: AccountRequests;
  private readonly finder: OrderFinder;
  private readonly feed: "iex" | "sip";

  constructor({ account, data, feed }: AlpacaDataParts) {
    this.account = account;
    this.data = data;
    this.finder = new OrderFinder(account);
    this.feed = feed;
  }

  async facts(): Promise<VenueAccountFacts> {
    const facts = await this.facet();
    const warnings: string[] = [];
    if (facts.account_blocked || facts.trading_blocked) warnings.push("The venue has blocked this account.");
    if (facts.trade_suspended_by_user) warnings.push("Trading is suspended in the account's own settings.");
    if (facts.status !== "ACTIVE") warnings.push(`The account must be active, was ${facts.status}.`);
    // Coins can be sent to addresses that the owner has put on the account's list; no call tells which a key may.
    if (!facts.transfers_blocked)
      warnings.push("A key of Alpaca may send coins to addresses on the account's own list.");
    const canTrade = facts.status === "ACTIVE" && !facts.account_blocked && !facts.trading_blocked;
    return {
      accountNumber: facts.account_number,
      currency: facts.currency,
      canTrade: canTrade && !facts.trade_suspended_by_user,
      ...{ canWithdraw: undefined, addressBound: false, permissions: ["read", "trade"], warnings },
    };
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return reliable(alpacaInstruments(this.account));
  }

  /** The venue names legs itself; here they go by their order's name. */
  legSentAs(leg: OrderToPlace["legs"][number], parent: ClientOrderId): string {
    return legName(parent, leg);
  }

  replacedAs(placed: PlacedOrder, revision: number): string {
    return versionName(placed, revision);
  }

  async place(order: OrderToPlace): Promise<ClientOutcome> {
    return changeOutcome(async (leaving) => {
      const body = orderBody(order);
      leaving();
      const reply = await this.account.change("POST", "/v2/orders", "order", body);
      const verdict = changeVerdict(reply, "place");
      if (verdict.verdict !== "done") return refusal(verdict);
      const placed = parseBody(alpacaOrder, reply.body);
      // A reply to another order says nothing of ours.
      if (placed.client_order_id !== order.id)
        throw new VenueSilence("the reply must name the order", { isSent: true });
      return placedOutcome(placed, order);
    });
  }

  async cancel(placed: PlacedOrder): Promise<ClientOutcome> {
    return cancelOutcome(async () => {
      const id = placed.venueOrderId ?? (await this.finder.find(placed))?.id;
      if (id === undefined) return unknownOrder();
      const verdict = changeVerdict(
        await this.account.change("DELETE", `/v2/orders/${encodeURIComponent(id)}`, "cancel"),
        "cancel",
      );
      return verdict.verdict === "done" ? ack(placed, id, []) : refusal(verdict);
    });
  }

  async replace(placed: PlacedOrder, revision: number, terms: ReplaceTerms): Promise<ClientOutcome> {
    return changeOutcome(async (leaving) => {
      const body = replacementBody(terms, placed, revision);
      const old = await this.finder.find(placed);
      if (old === undefined) return unknownOrder();
      // How much a version may trade beyond what the one before it did is nowhere said.
      if (venueOrderOf(old).filled > 0n) {
        return {
          outcome: "rejected",
          code: "PARTLY_FILLED",
          message: "order must be unfilled to be changed",
          news: [],
        };
      }
      const path = `/v2/orders/${encodeURIComponent(old.id)}`;
      leaving();
      const reply = await this.account.change("PATCH", path, "order", body);
      const verdict = changeVerdict(reply, "replace");
      if (verdict.verdict !== "done") return refusal(verdict);
      const shown = venueOrderOf(parseBody(alpacaOrder, reply.body));
      if (shown.clientOrderId !== versionName(placed, revision)) {
        throw new VenueSilence("the reply must name the new order", { isSent: true });
      }
      const acknowledged = ack(placed, shown.venueOrderId, [{ type: "order", order: shown, reason: "" }]);
      return { ...acknowledged, sentAs: versionName(placed, revision) } as ClientOutcome;
    });
  }

  order(placed: PlacedOrder): Promise<VenueOrder | undefined> {
    return reliable(this.finder.find(placed).then((found) => found && venueOrderOf(found, placed.sentAs)));
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return reliable(this.finder.open());
  }

  async clientIdOf({ venueOrderId }: { readonly venueOrderId: string }): Promise<string | undefined> {
    return (await this.finder.byId(venueOrderId))?.client_order_id;
  }

  holdings(): Promise<VenueHoldings> {
    return reliable(this.askHoldings());
  }

  private async askHoldings(): Promise<VenueHoldings> {
    const facts = await this.facet();
    const positions = await this.account.ask(positionsReply, "/v2/positions");
    if (positions === undefined) throw new VenueSilence("the venue must list its positions", { isSent: true });
    return holdingsOf(facts, positions);
  }

  history(asked: { readonly cursor: string; readonly since: number }): Promise<VenueHistory> {
    return reliable(alpacaHistory(this.account, asked));
  }

  prices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    return reliable(latestMarks(this.data, this.feed, instruments));
  }

  private async facet() {
    const facts = await this.account.ask(account, "/v2/account");
    if (facts === undefined) throw new VenueRefusal("ACCOUNT", "the venue must show the account", { isKey: true });
    return facts;
  }
}

/** What a reply to a placed order says of it and of its legs. */
function placedOutcome(placed: AlpacaOrder, order: OrderToPlace): ClientOutcome {
  if (placed.status === "rejected") {
    return { outcome: "rejected", code: "REJECTED", message: "the venue rejected the order", news: [] };
  }
  const venueOrderIds = new Map([[order.id, placed.id]]);
  const news: VenueNews[] = [{ type: "order", order: venueOrderOf(placed), reason: "" }];
  for (const leg of order.legs) {
    const type = leg.kind === "limit" ? "limit" : "stop";
    const shown = (placed.legs ?? []).find((one) => typeOf(one).startsWith(type));
    if (shown === undefined) throw new VenueSilence("the reply must name the legs", { isSent: true });
    venueOrderIds.set(leg.id, shown.id);
    news.push({ type: "order", order: venueOrderOf(shown, legName(order.id, leg)), reason: "" });
  }
  return { outcome: "ack", venueOrderIds, news };
}

function ack({ order }: PlacedOrder, venueOrderId: string, news: ClientOutcome["news"]): ClientOutcome {
  return { outcome: "ack", venueOrderIds: new Map([[order.id, venueOrderId]]), news };
}

function refusal(verdict: Exclude<ChangeVerdict, { verdict: "done" }>): ClientOutcome {
  if (verdict.verdict === "unknown") return { outcome: "unknown", message: verdict.message, news: [] };
  return { outcome: "rejected", code: verdict.code, message: verdict.message, news: [] };
}

function unknownOrder(): ClientOutcome {
  return { outcome: "rejected", code: "NOT_FOUND", message: "order must be known to the venue", news: [] };
}
