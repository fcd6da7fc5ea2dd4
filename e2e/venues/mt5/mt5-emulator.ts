import {
  type Decimal,
  type Money,
  multiply,
  notional,
  type Quantity,
  ZERO,
} from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parseMoney, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, BookRefusal, EmulatedKind, EmulatedOrder, EmulatedTerms } from "../emulated-order.ts";
import { isLive } from "../emulated-order.ts";
import type { EmulatorParts } from "../emulator-parts.ts";
import { FaultSwitches } from "../fault-switches.ts";
import type {
  EmulatedReply,
  EmulatedRequest,
  EmulatedSocket,
  SocketHandler,
  VenueEmulator,
} from "../venue-emulator.ts";
import { contractOf, Mt5Views, type Params } from "./mt5-views.ts";

/** What a terminal's own events are handed to, in their order. */
export type HearEvent = (event: { readonly e: string; readonly d: Record<string, unknown> }) => void;

const RETCODES: Readonly<Record<BookRefusal, number>> = {
  "no-instrument": 10013,
  "not-trading": 10018,
  "off-tick": 10015,
  "off-lot": 10014,
  "too-small": 10014,
  "too-cheap": 10014,
  "no-funds": 10019,
  "would-trade": 10015,
  "would-trigger": 10015,
  "no-price": 10021,
};
/** Of what is traded: 2.20 USD for 0.10 lots of EURUSD at 1.10. */
const COMMISSION_SHARE = parseQuantity("0.0002", "commission");
/**
 * When the account was opened and its money came: long before anybody asks, and the same however often the terminal is started. A
 * deposit of today would be one more than its history had.
 */
const OPENED_AT = Date.UTC(2020, 0, 6);

/** A refusal of a request, by its code or by the return code of the trade server. */
class Refused extends Error {
  readonly code: string;
  readonly retcode: number;
  constructor(code: string, retcode = 0) {
    super(`refused: ${code}`);
    this.code = code;
    this.retcode = retcode;
  }
}

/**
 * A MetaTrader 5 terminal with our Expert Advisor, on a netting account: it answers requests of MTB/1, one to a path
 * `/mtb/<method>`, and tells events. The connection is `EmulatedTerminal`'s.
 */
export class Mt5Emulator implements VenueEmulator {
  readonly name = "mt5";
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly keys = {
    login: "5012345",
    server: "Emulated-Demo",
    keyId: "demo",
    secret: "0123456789abcdef0123456789abcdef",
  };
  private readonly listeners = new Set<HearEvent>();
  /** Ids of orders by client id: what a terminal keeps in its file. */
  private readonly known = new Map<string, bigint>();
  private readonly views: Mt5Views;

  constructor(parts: EmulatorParts) {
    this.faults = new FaultSwitches({ random: parts.random, after: parts.after, lateMsMax: 20_000 });
    const grid = (tick: string, lot: string) => ({
      tick: parseQuantity(tick, "tick") as Decimal,
      lot: parseQuantity(lot, "lot") as Decimal,
      quantityMin: parseQuantity(lot, "lot") as Decimal,
      notionalMin: ZERO,
      status: "trading" as const,
    });
    const deposit = parseMoney("100000", "deposit");
    this.book = new EmulatedBook({
      instruments: [
        { symbol: "BTCUSD", base: "BTC", quote: "USD", ...grid("0.01", "0.01") },
        { symbol: "EURUSD", base: "EUR", quote: "USD", ...grid("0.00001", "1000") },
      ],
      funds: { USD: deposit },
      holds: "positions",
      now: parts.now,
      feeOf: ({ price, quantity }) => ({
        fee: multiply(notional(price, quantity, "half-even"), COMMISSION_SHARE, {
          decimals: 8,
          rounding: "half-even",
        }) as Money,
        feeCurrency: "USD",
      }),
      // Tickets are beyond what a double holds.
      firstId: 9_007_199_254_741_001n,
    });
    this.views = new Mt5Views({ book: this.book, keys: this.keys, deposit, openedAt: OPENED_AT });
    this.book.onEvent = (event) => this.tell(event);
  }

  /** Tells whoever listens what happens, in its order. What it answers ends that. */
  listen(hear: HearEvent): () => void {
    this.listeners.add(hear);
    return () => void this.listeners.delete(hear);
  }

  connect(path: string, _rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    if (path !== "/mtb/events") return undefined;
    const end = this.listen((event) => socket.send(JSON.stringify(event)));
    return { take: () => undefined, closed: end };
  }

  handle({ path, body }: EmulatedRequest): EmulatedReply {
    const method = path.replace("/mtb/", "");
    try {
      const r = this.answer(method, JSON.parse(body === "" ? "{}" : body) as Params);
      return { status: 200, body: JSON.stringify({ ok: true, r }) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const err = { code: error.code, retcode: error.retcode, msg: error.message };
      return { status: 200, body: JSON.stringify({ ok: false, err }) };
    }
  }

  private answer(method: string, params: Params): unknown {
    switch (method) {
      case "time.get":
        return { at: this.book.now() };
      case "account.get":
        return this.views.account();
      case "symbols.list":
        return { symbols: this.views.symbols(), more: false };
      case "prices.get":
        return { prices: this.views.prices(params.symbols as readonly string[]) };
      case "holdings.get":
        return this.views.holdings();
      case "orders.get":
        return { orders: this.book.liveOrders().map((order) => this.views.shown(order)) };
      case "order.find":
        return { order: this.found(String(params.cid)) };
      case "order.place":
        return this.place(params);
      case "order.modify":
        return this.modify(params);
      case "order.cancel":
        return this.cancel(params);
      case "history.get":
        return this.views.history(params);
      case "bars.get": {
        const bars = this.views.bars(params);
        if (bars === undefined) throw new Refused("unknown_symbol");
        return bars;
      }
      default:
        throw new Refused("unknown_method");
    }
  }

  private found(cid: string) {
    const id = this.known.get(cid);
    const order = id === undefined ? undefined : this.book.orders.get(id);
    return order === undefined ? null : this.views.shown(order);
  }

  private place(params: Params) {
    const known = this.known.get(String(params.cid));
    const legs = (params.legs ?? []) as readonly Params[];
    if (known !== undefined) return this.placed(known, legs);
    const terms = termsOf(params);
    const refusal = this.book.refusalOf(terms, { checksFunds: false });
    if (refusal === "no-instrument") throw new Refused("unknown_symbol");
    if (refusal !== undefined) throw new Refused("server", RETCODES[refusal]);
    const group = this.book.nextId();
    // The book tells of an order while it places it, and by then its name must be known.
    const order = this.enter(terms, {});
    for (const leg of legs) this.enter(termsOf(leg), { group, parent: order.id });
    return this.placed(order.id, legs);
  }

  private enter(terms: EmulatedTerms, ties: { group?: bigint; parent?: bigint }): EmulatedOrder {
    const order = this.book.place(terms, ties);
    this.known.set(terms.clientId, order.id);
    return order;
  }

  private placed(id: bigint, legs: readonly Params[]) {
    const named = legs.flatMap(({ cid }) => {
      const leg = this.known.get(String(cid));
      return leg === undefined ? [] : [{ cid, order: this.views.nameOf(leg) }];
    });
    return { retcode: 10009, order: this.views.nameOf(id), legs: named };
  }

  private modify(params: Params) {
    const order = this.open(params);
    const volume = parseQuantity(String(params.volume), "volume");
    const contract = parsePrice(contractOf(order.symbol), "contract");
    const quantity = multiply(volume, contract, { decimals: 18, rounding: "half-even" }) as Quantity;
    if (quantity !== order.quantity && order.filled > 0n) throw new Refused("not_open");
    const { price, stop } = params;
    this.book.amend(order, {
      quantity,
      ...(price === undefined ? {} : { limit: parsePrice(price, "price") }),
      ...(stop === undefined ? {} : { stop: parsePrice(stop, "stop") }),
    });
    return { retcode: 10009, order: this.views.nameOf(order.id) };
  }

  private cancel(params: Params) {
    const order = this.open(params);
    this.book.end(order, "canceled");
    return { retcode: 10009, order: this.views.nameOf(order.id) };
  }

  private open({ cid }: Params): EmulatedOrder {
    const id = this.known.get(String(cid));
    const order = id === undefined ? undefined : this.book.orders.get(id);
    if (order === undefined) throw new Refused("unknown_order");
    if (!isLive(order)) throw new Refused("not_open");
    return order;
  }

  private tell(event: BookEvent): void {
    if (event.type === "rejected") return;
    if (event.type === "fill") this.emit("deal", this.views.deal(event.fill));
    this.emit("order", this.views.shown(event.order));
  }

  private emit(e: string, d: Record<string, unknown>): void {
    const copies = this.faults.eventCopies();
    for (let copy = 0; copy < copies; copy++) for (const hear of this.listeners) hear({ e, d });
  }

  /** Tells the price as it is, as a terminal does with each tick. */
  tick(): void {
    for (const [symbol, price] of this.book.prices) {
      const d = { symbol, bid: formatDecimal(price), at: this.book.now() };
      for (const hear of this.listeners) hear({ e: "tick", d });
    }
  }
}

function termsOf(params: Params): EmulatedTerms {
  const symbol = String(params.symbol);
  const volume = parseQuantity(params.volume, "volume");
  const contract = parsePrice(contractOf(symbol), "contract");
  const { price, stop, trail } = params;
  return {
    ...{ clientId: String(params.cid), symbol, side: params.side as EmulatedTerms["side"] },
    kind: params.type as EmulatedKind,
    quantity: multiply(volume, contract, { decimals: 18, rounding: "half-even" }) as Quantity,
    ...(price === undefined ? {} : { limit: parsePrice(price, "price") }),
    ...(stop === undefined ? {} : { stop: parsePrice(stop, "stop") }),
    ...(trail === undefined ? {} : { trail: { price: parsePrice(trail, "trail") } }),
    reduceOnly: params.reduce === true,
  };
}
