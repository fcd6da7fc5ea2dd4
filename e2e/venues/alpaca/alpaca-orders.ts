import { notional, type Price } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import {
  type BookRefusal,
  type EmulatedKind,
  type EmulatedOrder,
  type EmulatedTerms,
  isLive,
} from "../emulated-order.ts";
import { type AlpacaViews, uuidOf } from "./alpaca-views.ts";

type Body = Readonly<Record<string, unknown>>;

/** A refusal as the venue words it. */
export class AlpacaRefusal extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const KINDS: Readonly<Record<string, EmulatedKind>> = {
  market: "market",
  limit: "limit",
  stop: "stop",
  stop_limit: "stop-limit",
  trailing_stop: "trailing-stop",
};

const REFUSALS: Readonly<Record<BookRefusal, readonly [number, number, string]>> = {
  "no-instrument": [422, 42210000, "asset not found"],
  "not-trading": [422, 42210000, "asset is not tradable"],
  "off-tick": [422, 42210000, "sub-penny increment does not fulfill minimum pricing criteria"],
  "off-lot": [422, 42210000, "qty must be a multiple of the asset's increment"],
  "too-small": [403, 40310000, "cost basis must be >= minimal amount of order 1"],
  "too-cheap": [403, 40310000, "cost basis must be >= minimal amount of order 1"],
  "no-funds": [403, 40310000, "insufficient buying power"],
  "would-trade": [422, 42210000, "order would trade"],
  "would-trigger": [422, 42210000, "stop price must be beyond the current price"],
  "no-price": [422, 42210000, "asset has no price"],
};

/** How orders are placed, canceled and replaced there. */
export class AlpacaOrders {
  private readonly book: EmulatedBook;
  private readonly views: AlpacaViews;
  private readonly after: (delayMs: number, act: () => void) => void;
  /** How long a cancel takes that was accepted, ms. */
  cancelMs = 50;
  private names = 0;

  constructor(parts: { book: EmulatedBook; views: AlpacaViews; after: (delayMs: number, act: () => void) => void }) {
    this.book = parts.book;
    this.views = parts.views;
    this.after = parts.after;
  }

  place(body: Body): EmulatedOrder {
    const terms = this.termsOf(body);
    this.check(terms);
    const legs = this.legsOf(body, terms);
    for (const leg of legs) this.check(leg, { isLeg: true });
    const order = this.book.place({ ...terms, note: { ...terms.note, class: String(body.order_class ?? "") } });
    const group = legs.length > 1 ? order.id : undefined;
    for (const leg of legs) this.book.place(leg, { parent: order.id, ...(group === undefined ? {} : { group }) });
    return order;
  }

  private termsOf(body: Body): EmulatedTerms {
    const kind = KINDS[String(body.type)];
    if (kind === undefined) throw new AlpacaRefusal(422, 42210000, "invalid order type");
    const read = <T>(parse: () => T): T => {
      try {
        return parse();
      } catch (error) {
        throw new AlpacaRefusal(422, 42210000, String(error));
      }
    };
    const price = (name: string) =>
      body[name] === undefined || body[name] === null ? undefined : read(() => parsePrice(String(body[name]), name));
    const trail = price("trail_price");
    return {
      clientId: String(body.client_order_id ?? this.newName()),
      symbol: this.symbolOf(String(body.symbol)),
      side: body.side === "sell" ? "sell" : "buy",
      kind,
      quantity: read(() => parseQuantity(String(body.qty), "qty")),
      limit: price("limit_price"),
      stop: price("stop_price"),
      ...(trail === undefined ? {} : { trail: { price: trail } }),
      life: body.time_in_force === "ioc" ? "ioc" : "rest",
      note: { life: String(body.time_in_force ?? "day") },
    };
  }

  private newName(): string {
    this.names++;
    return uuidOf(BigInt(this.names), 9);
  }

  private symbolOf(symbol: string): string {
    if (this.book.instruments.has(symbol)) return symbol;
    return [...this.book.instruments.keys()].find((name) => name.replace("/", "") === symbol) ?? symbol;
  }

  private legsOf(body: Body, parent: EmulatedTerms): EmulatedTerms[] {
    const target = body.take_profit as Body | undefined;
    const stop = body.stop_loss as Body | undefined;
    const side = parent.side === "buy" ? "sell" : "buy";
    const { symbol, quantity } = parent;
    const make = (kind: EmulatedKind, prices: Pick<EmulatedTerms, "limit" | "stop">): EmulatedTerms => ({
      ...{ clientId: this.newName(), symbol, side, quantity, kind, ...prices },
      note: { class: String(body.order_class), life: String(body.time_in_force) },
    });
    const price = (value: unknown, name: string): Price => parsePrice(String(value), name);
    return [
      ...(target === undefined
        ? []
        : [make("limit", { limit: price(target.limit_price, "limit_price"), stop: undefined })]),
      ...(stop === undefined ? [] : [make("stop", { limit: undefined, stop: price(stop.stop_price, "stop_price") })]),
    ];
  }

  private check(terms: EmulatedTerms, { isLeg = false, replaces }: { isLeg?: boolean; replaces?: bigint } = {}): void {
    const known = [...this.book.orders.values()].some(({ clientId }) => clientId === terms.clientId);
    if (known) throw new AlpacaRefusal(422, 40010001, "client_order_id must be unique");
    const refusal = this.book.refusalOf(terms, { checksFunds: false });
    if (refusal !== undefined) throw refuse(refusal);
    if (isLeg || replaces !== undefined) return;
    const price = terms.limit ?? terms.stop ?? this.book.prices.get(terms.symbol);
    const cash = this.book.funds.get("USD") ?? 0n;
    if (terms.side === "buy" && price !== undefined && notional(price, terms.quantity, "ceil") > cash)
      throw refuse("no-funds");
    const held = this.book.positions.get(terms.symbol) ?? 0n;
    const opensShortCoin = terms.side === "sell" && terms.symbol.includes("/") && terms.quantity > held;
    if (opensShortCoin) throw new AlpacaRefusal(403, 40310000, "insufficient balance");
  }

  cancel(order: EmulatedOrder): void {
    if (!isLive(order) || this.views.canceling.has(order.id)) {
      throw new AlpacaRefusal(422, 42210000, `order is already in "${this.views.statusOf(order)}" state`);
    }
    // One leg does not live without the other.
    const group = [...this.book.orders.values()].filter((one) => one.group !== undefined && one.group === order.group);
    const all = [order, ...group.filter((one) => one.id !== order.id && isLive(one))];
    for (const each of all) this.views.canceling.add(each.id);
    this.after(this.cancelMs, () => {
      for (const each of all) if (isLive(each)) this.book.end(each, "canceled");
    });
  }

  replace(order: EmulatedOrder, body: Body): EmulatedOrder {
    if (!isLive(order) || this.views.canceling.has(order.id)) {
      throw new AlpacaRefusal(422, 42210000, `cannot replace order in "${this.views.statusOf(order)}" status`);
    }
    if (order.status === "pending") throw new AlpacaRefusal(422, 42210000, "cannot replace a held order");
    if (this.views.legsOf(order).length > 0) throw new AlpacaRefusal(422, 42210000, "cannot replace order with legs");
    const was = (value: Price | undefined) => (value === undefined ? undefined : formatDecimal(value));
    const merged = {
      ...{ symbol: order.symbol, side: order.side, type: KIND_NAMES[order.kind], time_in_force: order.note?.life },
      ...{ qty: formatDecimal(order.quantity), limit_price: was(order.limit), stop_price: was(order.stop) },
      ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)),
    };
    const terms = this.termsOf(merged);
    this.check(terms, { replaces: order.id });
    const { group, parent } = order;
    const ties = { ...(group === undefined ? {} : { group }), ...(parent === undefined ? {} : { parent }) };
    const next = this.book.nextId() + 1n;
    this.views.replacedBy.set(order.id, next);
    this.book.end(order, "canceled");
    const note = { ...order.note, ...terms.note, replaces: uuidOf(order.id) };
    return this.book.place({ ...terms, note }, ties);
  }
}

const KIND_NAMES = {
  market: "market",
  limit: "limit",
  stop: "stop",
  "stop-limit": "stop_limit",
  "trailing-stop": "trailing_stop",
} as const;

function refuse(refusal: BookRefusal): AlpacaRefusal {
  const [status, code, message] = REFUSALS[refusal];
  return new AlpacaRefusal(status, code, message);
}
