import { add, magnitude, negate, type Quantity } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { EmulatedInstrument, EmulatedOrder } from "../emulated-order.ts";
import { isLive } from "../emulated-order.ts";
import { type OandaLedger, priceField, type Trade } from "./oanda-ledger.ts";
import { legsOf, orderType } from "./oanda-order.ts";

type View = Record<string, unknown>;

/** What the venue shows of its records. */
export class OandaViews {
  private readonly book: EmulatedBook;
  private readonly ledger: OandaLedger;

  constructor(parts: { book: EmulatedBook; ledger: OandaLedger }) {
    this.book = parts.book;
    this.ledger = parts.ledger;
  }

  order(order: EmulatedOrder): View {
    const { note = {}, side, quantity } = order;
    const units = formatDecimal(side === "buy" ? quantity : negate(quantity));
    const own = { instrument: order.symbol, units, positionFill: order.reduceOnly ? "REDUCE_ONLY" : "REDUCE_FIRST" };
    return {
      id: String(order.id),
      createTime: timeOf(order.createdAt),
      type: orderType(order),
      ...(note.tradeID === undefined ? own : { tradeID: note.tradeID }),
      ...priceField(order),
      timeInForce: order.kind === "market" ? "FOK" : "GTC",
      triggerCondition: "DEFAULT",
      ...(order.clientId === "" ? {} : { clientExtensions: { id: order.clientId } }),
      ...Object.fromEntries(legsOf(order).map((leg) => [leg.field, leg.spec])),
      ...this.stateOf(order),
    };
  }

  private stateOf(order: EmulatedOrder): View {
    const id = String(order.id);
    if (isLive(order)) return { state: "PENDING" };
    const wanted = order.status === "filled" ? "ORDER_FILL" : "ORDER_CANCEL";
    const last = this.ledger.transactions.findLast(({ type, orderID }) => type === wanted && orderID === id);
    if (order.status === "filled") return { state: "FILLED", fillingTransactionID: last?.id };
    const replaced = last?.replacedByOrderID === undefined ? {} : { replacedByOrderID: last.replacedByOrderID };
    return { state: "CANCELLED", cancellingTransactionID: last?.id, ...replaced };
  }

  trade({ id, instrument, price, initialUnits, currentUnits }: Trade): View {
    return {
      id: String(id),
      instrument,
      price: formatDecimal(price),
      openTime: timeOf(this.book.now()),
      state: currentUnits === 0n ? "CLOSED" : "OPEN",
      initialUnits: formatDecimal(initialUnits),
      currentUnits: formatDecimal(currentUnits),
      realizedPL: "0.0000",
      financing: "0.0000",
    };
  }

  positions(): View[] {
    const names = new Set([...this.ledger.trades.values()].map(({ instrument }) => instrument));
    return [...names].map((instrument) => {
      const trades = this.ledger.openTrades(instrument);
      const side = (isLong: boolean) => {
        const own = trades.filter(({ currentUnits }) => currentUnits > 0n === isLong);
        const units = own.reduce<Quantity>((sum, trade) => add(sum, trade.currentUnits), 0n as Quantity);
        const ids = own.length === 0 ? {} : { tradeIDs: own.map(({ id }) => String(id)) };
        return { units: formatDecimal(units), pl: "0.0000", unrealizedPL: "0.0000", resettablePL: "0.0000", ...ids };
      };
      return { instrument, pl: "0.0000", unrealizedPL: "0.0000", long: side(true), short: side(false) };
    });
  }

  summary(id: string, currency: string): View {
    const balance = formatDecimal(this.ledger.balance);
    return {
      ...{ id, alias: "emulated", currency, balance, NAV: balance, hedgingEnabled: false, marginRate: "0.05" },
      ...{ createdByUserID: 1435156, pl: "0.0000", unrealizedPL: "0.0000", lastTransactionID: this.ledger.lastId },
      openTradeCount: this.ledger.openTrades().length,
      pendingOrderCount: this.book.liveOrders().length,
    };
  }

  instrument({ symbol, tick, lot, quantityMin }: EmulatedInstrument): View {
    return {
      name: symbol,
      type: symbol.startsWith("DE30") ? "CFD" : "CURRENCY",
      displayName: symbol.replace("_", "/"),
      pipLocation: -4,
      displayPrecision: decimalsOf(tick),
      tradeUnitsPrecision: decimalsOf(lot),
      minimumTradeSize: formatDecimal(quantityMin),
      maximumOrderUnits: "100000000",
      maximumPositionSize: "0",
      minimumTrailingStopDistance: "0.00050",
      maximumTrailingStopDistance: "1.00000",
      marginRate: "0.05",
    };
  }

  price(symbol: string): View {
    const text = formatDecimal(this.book.prices.get(symbol) ?? (0n as Quantity));
    const isTrading = this.book.instruments.get(symbol)?.status === "trading";
    return {
      instrument: symbol,
      time: timeOf(this.book.now()),
      status: isTrading ? "tradeable" : "non-tradeable",
      tradeable: isTrading,
      bids: [{ price: text, liquidity: 10_000_000 }],
      asks: [{ price: text, liquidity: 10_000_000 }],
      ...{ closeoutBid: text, closeoutAsk: text },
    };
  }
}

/** With the nine decimals of the venue. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().replace("Z", "000000Z");
}

function decimalsOf(step: bigint): number {
  return (formatDecimal(magnitude(step as Quantity)).split(".")[1] ?? "").length;
}
