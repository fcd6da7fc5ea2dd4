import {
  add,
  type Decimal,
  divideUnits,
  type Money,
  magnitude,
  negate,
  ONE,
  ofUnits,
  type Price,
  type Quantity,
  smaller,
  subtract,
} from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, EmulatedFill, EmulatedOrder } from "../emulated-order.ts";
import { isLive } from "../emulated-order.ts";
import { type LegSpec, legsOf, orderType } from "./oanda-order.ts";

/** A transaction as the venue writes it down. */
export type Transaction = Record<string, unknown> & { readonly id: string; readonly type: string };

export interface Trade {
  readonly id: bigint;
  readonly instrument: string;
  readonly price: Price;
  readonly initialUnits: Quantity;
  currentUnits: Quantity;
  /** Orders that protect it. */
  readonly protectors: EmulatedOrder[];
}

/** Why an order ends that protected a trade which has closed, and one that may only reduce and finds nothing. */
const LINKED = "LINKED_TRADE_CLOSED";
const NOTHING_TO_CLOSE = "POSITION_CLOSEOUT_FAILED";
/** Decimals to which the venue rounds what a closed trade made. */
const PL_STEP = 10n ** 14n;

/**
 * The account behind the emulated venue: what the book does becomes numbered transactions, trades that are opened and
 * closed one by one, and a balance in the account's currency that knows only what closed trades made.
 */
export class OandaLedger {
  readonly transactions: Transaction[] = [];
  readonly trades = new Map<bigint, Trade>();
  balance: Money;
  onTransaction: (transaction: Transaction) => void = () => undefined;
  /** Why the next orders that the book ends were ended. */
  cancelReason: string = LINKED;
  /** The new version that an order makes way for. */
  replacedBy: bigint | undefined;
  private readonly book: EmulatedBook;
  private readonly accountId: string;
  private readonly currency: string;
  private batch: string | undefined;

  constructor({ book, accountId, currency }: { book: EmulatedBook; accountId: string; currency: string }) {
    this.book = book;
    this.accountId = accountId;
    this.currency = currency;
    this.balance = 0n as Money;
    book.onEvent = (event) => this.hear(event);
    this.write("CREATE", {});
  }

  get lastId(): string {
    return this.transactions.at(-1)?.id ?? "0";
  }

  /** Everything that `act` writes is one batch. */
  inBatch<T>(act: () => T): T {
    if (this.batch !== undefined) return act();
    this.batch = "next";
    try {
      return act();
    } finally {
      this.batch = undefined;
    }
  }

  write(type: string, fields: Record<string, unknown>, id: bigint = this.book.nextId()): Transaction {
    const text = String(id);
    if (this.batch === "next") this.batch = text;
    const time = new Date(this.book.now()).toISOString().replace("Z", "000000Z");
    const common = { id: text, time, userID: 1435156, accountID: this.accountId, batchID: this.batch ?? text };
    const transaction: Transaction = { ...common, type, ...fields };
    this.transactions.push(transaction);
    this.onTransaction(transaction);
    return transaction;
  }

  transfer(amount: Money): void {
    this.balance = add(this.balance, amount);
    this.write("TRANSFER_FUNDS", {
      amount: formatDecimal(amount),
      fundingReason: "CLIENT_FUNDING",
      accountBalance: formatDecimal(this.balance),
    });
  }

  /** What holding costs: told once a day. */
  finance(instrument: string, financing: Money): void {
    this.balance = add(this.balance, financing);
    this.write("DAILY_FINANCING", {
      financing: formatDecimal(financing),
      accountBalance: formatDecimal(this.balance),
      positionFinancings: [{ instrument, financing: formatDecimal(financing) }],
    });
  }

  openTrades(instrument?: string): Trade[] {
    const open = [...this.trades.values()].filter(({ currentUnits }) => currentUnits !== 0n);
    return instrument === undefined ? open : open.filter((trade) => trade.instrument === instrument);
  }

  private hear(event: BookEvent): void {
    const { order } = event;
    switch (event.type) {
      case "new":
        this.write(`${orderType(order)}_ORDER`, this.created(order), order.id);
        break;
      case "fill":
        this.inBatch(() => this.filled(event.fill));
        break;
      case "canceled":
      case "expired":
        this.write("ORDER_CANCEL", {
          orderID: String(order.id),
          ...(order.clientId === "" ? {} : { clientOrderID: order.clientId }),
          reason: order.reduceOnly === true && this.cancelReason === LINKED ? NOTHING_TO_CLOSE : this.cancelReason,
          ...(this.replacedBy === undefined ? {} : { replacedByOrderID: String(this.replacedBy) }),
        });
        break;
      default:
        break;
    }
  }

  private created(order: EmulatedOrder): Record<string, unknown> {
    const { note = {} } = order;
    const own = note.tradeID === undefined ? ownFields(order) : { tradeID: note.tradeID };
    return {
      ...own,
      ...priceField(order),
      timeInForce: order.kind === "market" ? "FOK" : "GTC",
      triggerCondition: "DEFAULT",
      ...(order.clientId === "" ? {} : { clientExtensions: { id: order.clientId } }),
      ...(note.replaces === undefined ? {} : { replacesOrderID: note.replaces }),
      reason: note.reason ?? "CLIENT_ORDER",
      ...Object.fromEntries(legsOf(order).map((leg) => [leg.field, leg.spec])),
    };
  }

  private filled(fill: EmulatedFill): void {
    const { order, price, side, symbol } = fill;
    const units = side === "buy" ? fill.quantity : negate(fill.quantity);
    const { closed, opened, made } = this.net(fill, units);
    const rounded = ofUnits<Money>(divideUnits(this.home(symbol, made), PL_STEP, "half-even") * PL_STEP);
    this.balance = add(this.balance, subtract(rounded, fill.fee));
    const text = formatDecimal(price);
    this.write(
      "ORDER_FILL",
      {
        orderID: String(order.id),
        ...(order.clientId === "" ? {} : { clientOrderID: order.clientId }),
        instrument: symbol,
        units: formatDecimal(units),
        price: text,
        fullVWAP: text,
        reason: order.kind === "market" ? "MARKET_ORDER" : `${orderType(order)}_ORDER`,
        pl: formatDecimal(rounded),
        financing: "-0.0000",
        commission: formatDecimal(fill.fee),
        accountBalance: formatDecimal(this.balance),
        ...(opened === undefined ? {} : { tradeOpened: part(opened.id, opened.initialUnits, text) }),
        ...(closed.length === 0 ? {} : { tradesClosed: closed.map(({ trade, by }) => part(trade.id, by, text)) }),
      },
      fill.id,
    );
    for (const { trade } of closed) this.release(trade);
    if (opened !== undefined) for (const leg of legsOf(order)) this.protect(opened, leg);
  }

  /** Closes what is held the other way, the oldest first or the one that the order protects, and opens the rest. */
  private net(fill: EmulatedFill, units: Quantity) {
    const { order, symbol, price } = fill;
    const only = order.note?.tradeID;
    const against = this.openTrades(symbol).filter(
      ({ id, currentUnits }) => currentUnits < 0n !== units < 0n && (only === undefined || String(id) === only),
    );
    let left = units;
    let made = 0n as Money;
    const closed: { trade: Trade; by: Quantity }[] = [];
    for (const trade of against) {
      if (left === 0n) break;
      const size = smaller(magnitude(left), magnitude(trade.currentUnits));
      const by = left < 0n ? negate(size) : size;
      made = add(made, ofUnits<Money>(((trade.price - price) * by) / ONE));
      trade.currentUnits = add(trade.currentUnits, by);
      left = subtract(left, by);
      closed.push({ trade, by });
    }
    if (left === 0n || only !== undefined) return { closed, opened: undefined, made };
    const opened = { id: fill.id, instrument: symbol, price, initialUnits: left, currentUnits: left, protectors: [] };
    this.trades.set(fill.id, opened);
    return { closed, opened, made };
  }

  /** An amount of what an instrument is counted in, in the account's currency. */
  private home(instrument: string, amount: Money): Decimal {
    const quote = instrument.slice(instrument.indexOf("_") + 1);
    if (quote === this.currency) return amount;
    const rate = this.book.prices.get(`${quote}_${this.currency}`) ?? (ONE as Price);
    return ofUnits((amount * rate) / ONE);
  }

  /** Orders that protect a trade end with it, and shrink with it. */
  private release(trade: Trade): void {
    for (const order of trade.protectors) {
      if (!isLive(order)) continue;
      if (trade.currentUnits === 0n) this.book.end(order, "canceled");
      else order.quantity = add(order.filled, magnitude(trade.currentUnits));
    }
  }

  private protect(trade: Trade, { kind, price, distance, clientId }: LegSpec): void {
    const order = this.book.place({
      clientId,
      symbol: trade.instrument,
      side: trade.initialUnits < 0n ? "buy" : "sell",
      kind,
      quantity: magnitude(trade.initialUnits),
      ...(kind === "limit" ? { limit: price } : {}),
      ...(kind === "stop" ? { stop: price } : {}),
      ...(distance === undefined ? {} : { trail: { price: distance } }),
      note: { tradeID: String(trade.id), reason: "ON_FILL" },
    });
    trade.protectors.push(order);
  }
}

function part(id: bigint, units: Quantity, price: string): Record<string, string> {
  return { tradeID: String(id), units: formatDecimal(units), price };
}

function ownFields({ symbol, side, quantity, reduceOnly }: EmulatedOrder): Record<string, unknown> {
  const units = formatDecimal(side === "buy" ? quantity : negate(quantity));
  return { instrument: symbol, units, positionFill: reduceOnly === true ? "REDUCE_ONLY" : "REDUCE_FIRST" };
}

/** Price or distance, under the name that the type has it. */
export function priceField({ kind, limit, stop, trail }: EmulatedOrder): Record<string, string> {
  if (kind === "trailing-stop")
    return trail !== undefined && "price" in trail ? { distance: formatDecimal(trail.price) } : {};
  const price = kind === "limit" ? limit : stop;
  return price === undefined ? {} : { price: formatDecimal(price) };
}
