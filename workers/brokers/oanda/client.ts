import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { OrderToPlace, ReplaceTerms, VenueMark } from "../broker.ts";
import { cancelOutcome, changeOutcome, FormError } from "../change-outcome.ts";
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
import type { AccountRequests } from "./account-requests.ts";
import { OANDA_CAPABILITIES } from "./capabilities.ts";
import { newsOf, placedOutcome } from "./change.ts";
import { type ChangeVerdict, changeVerdict } from "./errors.ts";
import { OrderFinder, specifierOf, waiting, waitingId } from "./find-order.ts";
import { oandaHistory } from "./history.ts";
import { holdingsOf } from "./money.ts";
import { legField, orderBody, replacementBody, restOf } from "./order-body.ts";
import { closingOf, markOf, nativeName, OANDA, venueOrderOf } from "./parse.ts";
import {
  accountReply,
  accountsReply,
  type OandaAccount,
  type OandaOrder,
  pricesReply,
  summaryReply,
} from "./payloads.ts";

/** Instruments whose prices are asked for at once: their names stand in the address. */
const PRICES_ASKED_MAX = 50;
/** How often a price is to be expected while a market is open, ms: quiet pairs move every few seconds. */
export const PRICE_INTERVAL_MS = 5_000;

/** OANDA's v20 protocol for one account. Its practice and its live side differ by `rest` alone. */
export class OandaClient implements VenueClient {
  readonly venue = OANDA;
  readonly capabilities = OANDA_CAPABILITIES;
  private readonly account: AccountRequests;
  private readonly finder: OrderFinder;
  private known: Promise<string> | undefined;

  constructor(account: AccountRequests) {
    this.account = account;
    this.finder = new OrderFinder(account);
  }

  facts(): Promise<VenueAccountFacts> {
    return reliable(this.askFacts());
  }

  private async askFacts(): Promise<VenueAccountFacts> {
    const { accountId } = this.account;
    const list = answered(await this.account.askVenue(accountsReply, "/accounts"), "its accounts");
    const own = list.accounts.find(({ id }) => id === accountId);
    if (own === undefined) {
      throw new VenueRefusal("ACCOUNT", `the token must be of account ${accountId}`, { isKey: true });
    }
    const { account } = answered(await this.account.ask(summaryReply, "/summary"), "the account");
    const isBridged = own.mt4AccountID !== undefined;
    const warnings: string[] = [];
    // The venue's own advice: client ids break the bridge, and without them no order can be told from another.
    if (isBridged) warnings.push("This account belongs to MetaTrader 4: connect one that does not.");
    if (account.hedgingEnabled) warnings.push("This account hedges: what is long and short at once is shown as one.");
    return {
      accountNumber: account.id,
      currency: account.currency,
      canTrade: !isBridged,
      // There is no call that moves money.
      ...{ canWithdraw: false, addressBound: false, permissions: ["read", "trade"], warnings },
    };
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return reliable(this.account.instruments());
  }

  async place(order: OrderToPlace): Promise<ClientOutcome> {
    return changeOutcome(async (leaving) => {
      const body = { order: orderBody(order) };
      const currency = await this.currency();
      leaving();
      const verdict = changeVerdict(await this.account.change("POST", "/orders", { kind: "order", body }));
      return verdict.verdict === "done" ? placedOutcome(verdict.change, order, currency) : refusal(verdict);
    });
  }

  async cancel(placed: PlacedOrder): Promise<ClientOutcome> {
    return cancelOutcome(async () => {
      const currency = await this.currency();
      const reply = await this.account.change("PUT", `/orders/${specifierOf(placed)}/cancel`, { kind: "cancel" });
      const verdict = changeVerdict(reply);
      if (verdict.verdict === "done") {
        const venueOrderId = verdict.change.orderCancelTransaction?.orderID;
        if (venueOrderId === undefined) throw new VenueSilence("the reply must name the order", { isSent: true });
        const { order } = placed;
        return ack(placed, venueOrderId, newsOf(verdict.change, { order, venueOrderId, currency }));
      }
      const waits = verdict.verdict === "refused" && verdict.code === "ORDER_DOESNT_EXIST" ? placed.parent : undefined;
      return waits === undefined ? refusal(verdict) : this.changeWaiting(placed, waits, undefined);
    });
  }

  async replace(placed: PlacedOrder, _revision: number, terms: ReplaceTerms): Promise<ClientOutcome> {
    return changeOutcome(async (leaving) => {
      const old = await this.finder.current(placed);
      if (old === undefined && placed.parent !== undefined) {
        leaving();
        return this.changeWaiting(placed, placed.parent, terms);
      }
      if (old?.state !== "PENDING") return notOpen(old);
      const body = replacementBody(old, terms, placed.order);
      await this.currency();
      leaving();
      return this.exchange(old, body, placed, terms);
    });
  }

  order(placed: PlacedOrder): Promise<VenueOrder | undefined> {
    return reliable(this.finder.find(placed));
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return reliable(this.askOpen());
  }

  private async askOpen(): Promise<readonly VenueOrder[]> {
    const account = await this.snapshot();
    const trades = new Map(account.trades.map((trade) => [trade.id, trade]));
    return account.orders
      .filter(({ state }) => state === "PENDING")
      .map((order) => {
        const trade = trades.get(order.tradeID ?? "");
        const like = trade && closingOf(trade);
        return venueOrderOf(order, { like, status: "open", filled: NOTHING });
      });
  }

  holdings(): Promise<VenueHoldings> {
    return reliable(this.snapshot().then(holdingsOf));
  }

  history(asked: { readonly cursor: string; readonly since: number }): Promise<VenueHistory> {
    const { account, finder } = this;
    return reliable(this.currency().then((currency) => oandaHistory({ account, finder, currency }, asked)));
  }

  prices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    return reliable(this.askPrices(instruments));
  }

  private async askPrices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    const names = instruments.map(nativeName).filter((name) => name !== undefined);
    const marks: VenueMark[] = [];
    for (let from = 0; from < names.length; from += PRICES_ASKED_MAX) {
      const asked = names.slice(from, from + PRICES_ASKED_MAX).join(",");
      const reply = await this.account.ask(pricesReply, `/pricing?instruments=${asked}`, "data");
      const heardAt = this.account.venueNow();
      for (const price of reply?.prices ?? []) {
        const mark = markOf(price, heardAt, PRICE_INTERVAL_MS);
        if (mark !== undefined) marks.push(mark);
      }
    }
    return marks;
  }

  /** A leg whose order has not filled stands in that order: it is changed by replacing it. */
  private async changeWaiting(
    placed: PlacedOrder,
    parentId: ClientOrderId,
    terms: ReplaceTerms | undefined,
  ): Promise<ClientOutcome> {
    const order: OrderToPlace = { ...placed.order, id: parentId, legs: [] };
    const parent = await this.finder.current({ ...placed, order, sentAs: parentId, venueOrderId: undefined });
    const field = legField(placed.order);
    const leg = parent?.[field];
    if (parent?.state !== "PENDING" || leg?.clientExtensions?.id !== placed.sentAs) return notOpen(parent);
    const { [field]: _, ...others } = restOf(parent) as Record<string, unknown>;
    const { quantity, limit, stop } = terms ?? placed.order;
    const leaf: OrderToPlace = { ...placed.order, limit, stop };
    if (quantity !== placed.order.quantity) throw new FormError("a leg must keep its order's quantity");
    const changed = terms === undefined ? others : { ...others, [field]: orderBodyOfLeg(leaf) };
    const result = await this.exchange(parent, changed, { ...placed, order, sentAs: parentId }, undefined);
    if (result.outcome !== "ack") return result;
    const venueOrderId = waitingId(result.venueOrderIds.get(parentId) ?? parent.id, field);
    const status = terms === undefined ? "canceled" : "open";
    const shown = { ...waiting({ order: leaf }, { venueOrderId, status }), quantity };
    return ack(placed, venueOrderId, [{ type: "order", order: shown, reason: terms === undefined ? "client" : "" }]);
  }

  private async exchange(
    old: OandaOrder,
    body: unknown,
    placed: PlacedOrder,
    terms: ReplaceTerms | undefined,
  ): Promise<ClientOutcome> {
    const currency = await this.currency();
    const reply = await this.account.change("PUT", `/orders/${old.id}`, { kind: "order", body: { order: body } });
    const verdict = changeVerdict(reply);
    if (verdict.verdict !== "done") return refusal(verdict);
    const venueOrderId = verdict.change.orderCreateTransaction?.id;
    if (venueOrderId === undefined) throw new VenueSilence("the reply must name the order", { isSent: true });
    const order = terms === undefined ? placed.order : { ...placed.order, ...terms };
    return ack(placed, venueOrderId, newsOf(verdict.change, { order, venueOrderId, currency }));
  }

  private async snapshot(): Promise<OandaAccount> {
    return answered(await this.account.ask(accountReply, ""), "the account").account;
  }

  /** The account's currency, which never changes. */
  currency(): Promise<string> {
    this.known ??= this.account
      .ask(summaryReply, "/summary")
      .then((reply) => answered(reply, "the account").account.currency);
    // A question that failed is asked again.
    this.known.catch(() => {
      this.known = undefined;
    });
    return this.known;
  }
}

const NOTHING = 0n as VenueOrder["filled"];

function orderBodyOfLeg(leg: OrderToPlace): unknown {
  const side = leg.side === "buy" ? "sell" : "buy";
  const field = legField(leg);
  const entry: OrderToPlace = { ...leg, side, kind: "market", reduceOnly: false, legs: [leg] };
  return orderBody(entry)[field];
}

function ack({ order }: PlacedOrder, venueOrderId: string, news: ClientOutcome["news"]): ClientOutcome {
  return { outcome: "ack", venueOrderIds: new Map([[order.id, venueOrderId]]), news };
}

function refusal(verdict: Exclude<ChangeVerdict, { verdict: "done" }>): ClientOutcome {
  if (verdict.verdict === "unknown") return { outcome: "unknown", message: verdict.message, news: [] };
  return { outcome: "rejected", code: verdict.code, message: verdict.message, news: [] };
}

function notOpen(found: OandaOrder | undefined): ClientOutcome {
  const was = found?.state ?? "unknown";
  return { outcome: "rejected", code: "NOT_OPEN", message: `order must be pending, was ${was}`, news: [] };
}

function answered<T>(reply: T | undefined, what: string): T {
  if (reply === undefined) throw new VenueRefusal("ACCOUNT", `the venue must show ${what}`);
  return reply;
}
