import { notional } from "../../../workers/core/ledger/decimal.ts";
import { parseDecimal, parseMoney } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookRefusal, EmulatedInstrument, EmulatedOrder, EmulatedTerms } from "../emulated-order.ts";
import { isLive } from "../emulated-order.ts";
import type { EmulatorParts } from "../emulator-parts.ts";
import { FaultSwitches } from "../fault-switches.ts";
import type { EmulatedReply, EmulatedRequest, SocketHandler, VenueEmulator } from "../venue-emulator.ts";
import { OandaLedger, type Transaction } from "./oanda-ledger.ts";
import { clientIdOf, legsOf, OrderReject, orderType, priceOf, termsOf } from "./oanda-order.ts";
import { OandaReads } from "./oanda-reads.ts";
import { OandaStreams } from "./oanda-streams.ts";
import { OandaViews } from "./oanda-views.ts";

export const OANDA_KEYS = { token: "practice-token-of-nobody", accountId: "101-004-1435156-001" } as const;

const FUNDS = parseMoney("100000", "funds");

const REASONS: Readonly<Record<BookRefusal, string>> = {
  "no-instrument": "INSTRUMENT_UNKNOWN",
  "not-trading": "INSTRUMENT_NOT_TRADEABLE",
  "off-tick": "PRICE_PRECISION_EXCEEDED",
  "off-lot": "UNITS_PRECISION_EXCEEDED",
  "too-small": "UNITS_MIMIMUM_NOT_MET",
  "too-cheap": "UNITS_MIMIMUM_NOT_MET",
  "no-funds": "INSUFFICIENT_MARGIN",
  "would-trade": "PRICE_INVALID",
  "would-trigger": "PRICE_INVALID",
  "no-price": "INSTRUMENT_PRICE_UNKNOWN",
};

export interface OandaEmulatorParts extends EmulatorParts {
  readonly currency?: string;
  /** The venue finds an order by its client id only while it is pending, or for ever. */
  readonly clientIds?: "pending" | "ever";
}

/** OANDA's v20 as a server of our own: one account, instruments of currencies and one of euro. */
export class OandaEmulator implements VenueEmulator {
  readonly name = "OANDA";
  readonly keys = OANDA_KEYS;
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly ledger: OandaLedger;
  readonly reads: OandaReads;
  /** Requests of a second that it lets through. */
  requestsPerSecondMax = 120;
  private readonly parts: OandaEmulatorParts;
  readonly views: OandaViews;
  private readonly streams: OandaStreams;
  private second = { at: 0, count: 0 };

  constructor(parts: OandaEmulatorParts) {
    this.parts = parts;
    const { currency = "USD", now } = parts;
    this.faults = new FaultSwitches(parts);
    const funds = { [currency]: FUNDS };
    this.book = new EmulatedBook({ instruments: instruments(), funds, holds: "positions", now });
    // What trades there trades whole.
    const trade = this.book.trade.bind(this.book);
    this.book.trade = (symbol, price) => trade(symbol, price);
    const accountId = OANDA_KEYS.accountId;
    this.ledger = new OandaLedger({ book: this.book, accountId, currency });
    this.views = new OandaViews({ book: this.book, ledger: this.ledger });
    this.reads = new OandaReads({ book: this.book, ledger: this.ledger, views: this.views, accountId, currency });
    this.streams = new OandaStreams({ ...this, accountId, now });
    this.ledger.onTransaction = (transaction) => this.streams.tell(transaction);
    this.book.onTrade = (symbol) => this.streams.quote(symbol);
    this.ledger.transfer(FUNDS);
  }

  handle(request: EmulatedRequest): EmulatedReply {
    if (this.isTooFast()) return reply(429, { errorMessage: "Requests limit exceeded" });
    if (request.headers.authorization !== `Bearer ${OANDA_KEYS.token}`) {
      return reply(401, { errorMessage: "Insufficient authorization to perform request." });
    }
    const path = decodeURIComponent(request.path);
    if (request.method === "GET") return this.reads.answer(path, new URLSearchParams(request.rawQuery), this.finder());
    const [, action = "?"] = path.split(`/v3/accounts/${OANDA_KEYS.accountId}`);
    return this.ledger.inBatch(() => this.change(request.method, action, bodyOf(request)));
  }

  private isTooFast(): boolean {
    const at = Math.floor(this.parts.now() / 1_000);
    this.second = this.second.at === at ? { at, count: this.second.count + 1 } : { at, count: 1 };
    return this.second.count > this.requestsPerSecondMax;
  }

  private finder(): (specifier: string) => EmulatedOrder | undefined {
    return (specifier) => {
      if (!specifier.startsWith("@")) return this.book.orders.get(/^\d+$/.test(specifier) ? BigInt(specifier) : -1n);
      const found = this.book.orderOfClient(specifier.slice(1));
      return found !== undefined && (isLive(found) || this.parts.clientIds === "ever") ? found : undefined;
    };
  }

  private change(method: string, action: string, body: Record<string, unknown>): EmulatedReply {
    const [, specifier, verb] = /^\/orders(?:\/([^/]+))?(?:\/(cancel))?$/.exec(action) ?? [];
    if (method === "POST" && action === "/orders") return this.place(body, undefined);
    if (method !== "PUT" || specifier === undefined) return reply(405, { errorMessage: "Method not allowed" });
    const order = this.finder()(specifier);
    if (order === undefined || !isLive(order)) {
      const about = specifier.startsWith("@") ? { clientOrderID: specifier.slice(1) } : { orderID: specifier };
      const reason = "ORDER_DOESNT_EXIST";
      const reject = this.ledger.write("ORDER_CANCEL_REJECT", { ...about, rejectReason: reason });
      return reply(404, {
        orderCancelRejectTransaction: reject,
        ...this.tail([reject]),
        errorCode: reason,
        errorMessage: "The order ID specified does not exist",
      });
    }
    return verb === "cancel" ? this.cancel(order) : this.place(body, order);
  }

  private cancel(order: EmulatedOrder): EmulatedReply {
    const transaction = this.end(order, "CLIENT_REQUEST");
    return reply(200, { orderCancelTransaction: transaction, ...this.tail([transaction]) });
  }

  private end(order: EmulatedOrder, reason: string, replacedBy?: bigint): Transaction {
    const before = this.ledger.transactions.length;
    this.ledger.cancelReason = reason;
    this.ledger.replacedBy = replacedBy;
    this.book.end(order, "canceled");
    this.ledger.cancelReason = "LINKED_TRADE_CLOSED";
    this.ledger.replacedBy = undefined;
    return this.ledger.transactions[before];
  }

  private place(body: Record<string, unknown>, replaces: EmulatedOrder | undefined): EmulatedReply {
    let terms: EmulatedTerms;
    try {
      terms = this.termsOf((body.order ?? {}) as Record<string, unknown>, replaces);
      this.check(terms, replaces);
    } catch (error) {
      if (!(error instanceof OrderReject)) throw error;
      const { reason } = error;
      const order = (body.order ?? {}) as Record<string, unknown>;
      const about = replaces === undefined ? {} : { intendedReplacesOrderID: String(replaces.id) };
      const type = `${String(order.type)}_ORDER_REJECT`;
      const reject = this.ledger.write(type, {
        ...order,
        type,
        ...about,
        reason: "CLIENT_ORDER",
        rejectReason: reason,
      });
      return reply(400, {
        orderRejectTransaction: reject,
        ...this.tail([reject]),
        errorCode: reason,
        errorMessage: `The order was refused: ${reason}`,
      });
    }
    const before = this.ledger.transactions.length;
    // The number of the new version is the next but one: first comes the end of the old.
    const canceled = replaces && this.end(replaces, "CLIENT_REQUEST_REPLACED", BigInt(this.ledger.lastId) + 2n);
    const order = this.enter(terms);
    if (replaces?.note?.tradeID !== undefined) {
      this.ledger.trades.get(BigInt(replaces.note.tradeID))?.protectors.push(order);
    }
    const written = this.ledger.transactions.slice(before);
    const of = (type: string) => written.find((one) => one.type === type && one.orderID === String(order.id));
    const fill = of("ORDER_FILL");
    const dead = of("ORDER_CANCEL");
    return reply(201, {
      orderCreateTransaction: written.find(({ id }) => id === String(order.id)),
      ...(fill === undefined ? {} : { orderFillTransaction: fill }),
      ...(canceled === undefined ? {} : { orderCancelTransaction: canceled }),
      ...(dead === undefined
        ? {}
        : { [canceled ? "replacingOrderCancelTransaction" : "orderCancelTransaction"]: dead }),
      ...this.tail(written),
    });
  }

  /** A market order that cannot be filled is created all the same, and canceled in the same breath. */
  private enter(terms: EmulatedTerms): EmulatedOrder {
    const { symbol, kind } = terms;
    const isHalted = this.book.instruments.get(symbol)?.status !== "trading";
    const price = this.book.prices.get(symbol);
    if (kind !== "market" || price === undefined || (!isHalted && this.hasMargin(terms))) return this.book.place(terms);
    // Nothing trades without a price.
    this.book.prices.delete(symbol);
    const order = this.book.place(terms);
    this.book.prices.set(symbol, price);
    this.end(order, isHalted ? "MARKET_HALTED" : "INSUFFICIENT_MARGIN");
    return order;
  }

  private termsOf(body: Record<string, unknown>, replaces: EmulatedOrder | undefined): EmulatedTerms {
    if (replaces === undefined) return termsOf(body);
    // What protects is not taken over from the old version; its client id is.
    const note = { replaces: String(replaces.id), reason: "REPLACEMENT" };
    const clientId = clientIdOf(body) === "" ? replaces.clientId : clientIdOf(body);
    if (replaces.note?.tradeID === undefined) {
      const terms = termsOf(body);
      return { ...terms, clientId, note: { ...terms.note, ...note } };
    }
    if (body.type !== orderType(replaces) || body.tradeID !== replaces.note.tradeID) {
      throw new OrderReject("REPLACING_TRADE_ID_INVALID");
    }
    const { symbol, side, quantity, kind } = replaces;
    const price = kind === "trailing-stop" ? undefined : priceOf(body.price, "PRICE_INVALID");
    const prices = { limit: kind === "limit" ? price : undefined, stop: kind === "stop" ? price : undefined };
    const trail =
      kind === "trailing-stop" ? { trail: { price: priceOf(body.distance, "PRICE_DISTANCE_INVALID") } } : {};
    return { clientId, symbol, side, quantity, kind, ...prices, ...trail, note: { ...replaces.note, ...note } };
  }

  private check(terms: EmulatedTerms, replaces: EmulatedOrder | undefined): void {
    const refusal = this.book.refusalOf(terms, { checksFunds: false });
    const isDeadOrder = refusal === "not-trading" && terms.kind === "market";
    // A stop beyond the market is filled at once.
    if (refusal !== undefined && refusal !== "would-trigger" && !isDeadOrder) throw new OrderReject(REASONS[refusal]);
    const pending = this.book.liveOrders().filter(({ id }) => id !== replaces?.id);
    const isTaken = (id: string) => id !== "" && pending.some(({ clientId }) => clientId === id);
    if (isTaken(terms.clientId)) throw new OrderReject("CLIENT_ORDER_ID_ALREADY_EXISTS");
    for (const { clientId } of legsOf(terms)) {
      if (isTaken(clientId)) throw new OrderReject("STOP_LOSS_ON_FILL_CLIENT_ORDER_ID_ALREADY_EXISTS");
    }
  }

  private hasMargin({ symbol, quantity, reduceOnly }: EmulatedTerms): boolean {
    const price = this.book.prices.get(symbol);
    if (price === undefined || reduceOnly === true) return true;
    return notional(price, quantity, "ceil") / 20n <= this.ledger.balance;
  }

  private tail(written: readonly Transaction[]) {
    return { relatedTransactionIDs: written.map(({ id }) => id), lastTransactionID: this.ledger.lastId };
  }

  connect(): SocketHandler | undefined {
    return undefined;
  }

  openLines(request: EmulatedRequest, line: (text: string) => void): (() => void) | undefined {
    const isKnown = request.headers.authorization === `Bearer ${OANDA_KEYS.token}`;
    return isKnown ? this.streams.open(request, line) : undefined;
  }

  tick(): void {
    this.streams.tick();
  }
}

function reply(status: number, body: unknown): EmulatedReply {
  return { status, headers: { requestid: "42106218954732176" }, body: JSON.stringify(body) };
}

function bodyOf({ body }: EmulatedRequest): Record<string, unknown> {
  try {
    return JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function instruments(): EmulatedInstrument[] {
  const make = (symbol: string, tick: string, lot: string): EmulatedInstrument => {
    const [base, quote] = symbol.split("_");
    const step = (text: string) => parseDecimal(text, "step");
    const zero = step("0");
    return {
      symbol,
      base,
      quote,
      tick: step(tick),
      lot: step(lot),
      quantityMin: step(lot),
      notionalMin: zero,
      status: "trading",
    };
  };
  return [make("EUR_USD", "0.00001", "1"), make("XAG_USD", "0.001", "0.01"), make("DE30_EUR", "0.1", "0.1")];
}
