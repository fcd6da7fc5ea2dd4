import { dayOfTime, newYorkToUtcMs } from "../../../workers/core/candle/us-market-day.ts";
import {
  add,
  type Decimal,
  type Money,
  notional,
  type Price,
  type Quantity,
  subtract,
} from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import { type EmulatedFill, type EmulatedInstrument, type EmulatedOrder, isLive } from "../emulated-order.ts";

type View = Record<string, unknown>;

const KINDS = {
  market: "market",
  limit: "limit",
  stop: "stop",
  "stop-limit": "stop_limit",
  "trailing-stop": "trailing_stop",
} as const;

/** The venue's ids have the form of UUIDs. */
export function uuidOf(id: bigint, space = 0): string {
  const hex = id.toString(16).padStart(12, "0");
  return `0000000${space}-0000-4000-8000-${hex}`;
}

export function idOf(uuid: string): bigint {
  const [, hex] = /^0000000\d-0000-4000-8000-([0-9a-f]{12})$/.exec(uuid) ?? [];
  return hex === undefined ? -1n : BigInt(`0x${hex}`);
}

/** What the venue shows of its records. */
export class AlpacaViews {
  /** New versions of orders by their old ones. */
  readonly replacedBy = new Map<bigint, bigint>();
  /** Orders whose cancel was taken and not done yet. */
  readonly canceling = new Set<bigint>();
  private readonly book: EmulatedBook;

  constructor(book: EmulatedBook) {
    this.book = book;
  }

  order(order: EmulatedOrder, { nested = true } = {}): View {
    const legs = nested ? this.legsOf(order) : [];
    const { note = {}, trail } = order;
    const type = KINDS[order.kind];
    const at = timeOf(order.createdAt);
    const price = (value: Price | undefined, has: boolean) =>
      value === undefined || !has ? null : formatDecimal(value);
    const replacedBy = this.replacedBy.get(order.id);
    const replaces = note.replaces === undefined ? null : note.replaces;
    return {
      id: uuidOf(order.id),
      client_order_id: order.clientId,
      ...{ created_at: at, updated_at: timeOf(order.updatedAt), submitted_at: at },
      ...{ filled_at: null, expired_at: null, canceled_at: null, failed_at: null, replaced_at: null },
      replaced_by: replacedBy === undefined ? null : uuidOf(replacedBy),
      replaces,
      asset_id: uuidOf(1n, 7),
      symbol: order.symbol,
      asset_class: order.symbol.includes("/") ? "crypto" : "us_equity",
      notional: null,
      qty: formatDecimal(order.quantity),
      filled_qty: formatDecimal(order.filled),
      filled_avg_price: order.filled === 0n ? null : formatDecimal(this.averageOf(order)),
      order_class: note.class ?? "",
      ...{ order_type: type, type, side: order.side, time_in_force: note.life ?? "gtc" },
      limit_price: price(order.limit, order.kind === "limit" || order.kind === "stop-limit"),
      stop_price: price(order.stop, order.kind !== "market" && order.kind !== "limit"),
      status: this.statusOf(order),
      extended_hours: false,
      legs: legs.length === 0 ? null : legs.map((leg) => this.order(leg, { nested: false })),
      trail_percent: null,
      trail_price: trail !== undefined && "price" in trail ? formatDecimal(trail.price) : null,
      hwm: null,
    };
  }

  legsOf(order: EmulatedOrder): EmulatedOrder[] {
    const legs = [...this.book.orders.values()].filter(({ parent }) => parent === order.id);
    return legs.filter(({ id }) => !this.replacedBy.has(id));
  }

  private averageOf({ filled, value }: EmulatedOrder): Price {
    return ((value * 10n ** 18n) / filled) as Price;
  }

  statusOf(order: EmulatedOrder): string {
    if (this.replacedBy.has(order.id)) return "replaced";
    if (this.canceling.has(order.id) && isLive(order)) return "pending_cancel";
    if (order.status === "pending") return "held";
    // Whoever ends with its sibling was canceled by the venue.
    if (order.status === "expired" && order.group !== undefined) return "canceled";
    if (!isLive(order)) return order.status;
    return order.filled > 0n ? "partially_filled" : "new";
  }

  fill({ id, order, side, symbol, quantity, price, at }: EmulatedFill): View {
    // As it is in New York, where the clocks go back once a year.
    const local = at - newYorkToUtcMs(dayOfTime(at));
    const stamp = new Date(local).toISOString().replace(/[-:.TZ]/g, "");
    return {
      id: `${stamp}::${uuidOf(id, 5)}`,
      activity_type: "FILL",
      transaction_time: timeOf(at),
      type: order.status === "filled" ? "fill" : "partial_fill",
      ...{ price: formatDecimal(price), qty: formatDecimal(quantity), side, symbol },
      leaves_qty: "0",
      order_id: uuidOf(order.id),
      cum_qty: formatDecimal(order.filled),
      order_status: this.statusOf(order),
    };
  }

  account(number: string): View {
    const total = this.book.funds.get("USD") ?? (0n as Quantity);
    const worth = [...this.book.positions].reduce((sum, [symbol, units]) => {
      const price = this.book.prices.get(symbol) ?? (0n as Price);
      return add(sum, notional(price, units, "half-even"));
    }, 0n as Money);
    // Of what is called cash open orders of coins hold back their part.
    const held = this.book.liveOrders().reduce((sum, order) => {
      const price = order.limit ?? order.stop ?? this.book.prices.get(order.symbol) ?? (0n as Price);
      const isCoinBuy = order.side === "buy" && order.symbol.includes("/");
      return isCoinBuy ? add(sum, notional(price, subtract(order.quantity, order.filled), "ceil")) : sum;
    }, 0n as Money);
    const cash = formatDecimal(subtract<Decimal>(total, held));
    const equity = formatDecimal(add<Decimal>(total, worth));
    return {
      id: "e6fe16f3-64a4-4921-8928-cadf02f92f98",
      account_number: number,
      ...{ status: "ACTIVE", crypto_status: "ACTIVE", currency: "USD" },
      ...{ cash, equity, portfolio_value: equity, buying_power: cash, multiplier: "1" },
      position_market_value: formatDecimal(worth),
      ...{ account_blocked: false, trading_blocked: false, transfers_blocked: false, trade_suspended_by_user: false },
      ...{ pattern_day_trader: false, shorting_enabled: true, accrued_fees: "0", daytrade_count: 0 },
    };
  }

  positions(): View[] {
    return [...this.book.positions].flatMap(([symbol, units]) => {
      if (units === 0n) return [];
      const price = this.book.prices.get(symbol) ?? (0n as Price);
      const value = formatDecimal(notional(price, units, "half-even"));
      const isCoin = symbol.includes("/");
      return [
        {
          asset_id: uuidOf(1n, 7),
          // Without the slash that orders have.
          symbol: symbol.replace("/", ""),
          exchange: isCoin ? "CRYPTO" : "NASDAQ",
          asset_class: isCoin ? "crypto" : "us_equity",
          ...{ avg_entry_price: formatDecimal(price), qty: formatDecimal(units), qty_available: formatDecimal(units) },
          side: units < 0n ? "short" : "long",
          asset_marginable: !isCoin,
          ...{ market_value: value, cost_basis: value, unrealized_pl: "0", unrealized_plpc: "0" },
          ...{ unrealized_intraday_pl: "0", unrealized_intraday_plpc: "0" },
          ...{ current_price: formatDecimal(price), lastday_price: formatDecimal(price), change_today: "0" },
        },
      ];
    });
  }

  asset({ symbol, base, quote, tick, lot, quantityMin, status }: EmulatedInstrument): View {
    const isCoin = symbol.includes("/");
    const steps = {
      min_order_size: formatDecimal(quantityMin),
      min_trade_increment: formatDecimal(lot),
      price_increment: formatDecimal(tick),
    };
    return {
      id: uuidOf(1n, 7),
      class: isCoin ? "crypto" : "us_equity",
      exchange: isCoin ? "CRYPTO" : "NASDAQ",
      symbol,
      name: isCoin ? `${base} / ${quote}` : `${symbol} Common Stock`,
      status: status === "delisted" ? "inactive" : "active",
      tradable: status === "trading",
      ...{ marginable: !isCoin, shortable: !isCoin, easy_to_borrow: !isCoin, fractionable: true },
      ...(isCoin ? steps : {}),
      attributes: [],
    };
  }
}

/** With the nine decimals of the venue. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().replace("Z", "000000Z");
}
