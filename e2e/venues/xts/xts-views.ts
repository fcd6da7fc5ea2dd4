import { istText, socketTimeOfUtc } from "../../../workers/brokers/xts/ist-time.ts";
import { type Decimal, negate, notional, subtract, ZERO } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { EmulatedFill, EmulatedKind, EmulatedOrder } from "../emulated-order.ts";

const TYPE_NAMES: Readonly<Record<EmulatedKind, string>> = {
  market: "Market",
  limit: "Limit",
  stop: "StopMarket",
  "stop-limit": "StopLimit",
  "trailing-stop": "",
};
const STATES: Readonly<Record<EmulatedOrder["status"], string>> = {
  pending: "PendingNew",
  armed: "New",
  open: "New",
  filled: "Filled",
  canceled: "Cancelled",
  expired: "Cancelled",
  rejected: "Rejected",
};

/** What XTS shows of its books. */
export class XtsViews {
  private readonly book: EmulatedBook;
  private readonly clientId: string;

  constructor(book: EmulatedBook, clientId: string) {
    this.book = book;
    this.clientId = clientId;
  }

  positions() {
    return [...this.book.positions].map(([symbol, quantity]) => {
      const [segment, number] = symbol.split("-");
      const flows = this.book.fills
        .filter((fill) => fill.symbol === symbol)
        .reduce<Decimal>((sum, { side, price, quantity: traded }) => {
          const value = notional(price, traded, "half-even");
          return subtract<Decimal>(sum, side === "buy" ? value : negate(value));
        }, ZERO);
      return {
        ...{
          AccountID: this.clientId,
          ExchangeSegment: segment,
          ExchangeInstrumentID: number,
          ProductType: "NRML",
        },
        ...{ Quantity: formatDecimal(quantity), NetAmount: formatDecimal(flows) },
      };
    });
  }

  quotes(fields: Record<string, unknown>): string[] {
    const asked = fields.instruments as readonly { exchangeInstrumentID: number }[];
    return asked.flatMap(({ exchangeInstrumentID: number }) => {
      const price = this.book.prices.get(`NSECM-${number}`);
      if (price === undefined) return [];
      const LastUpdateTime = socketTimeOfUtc(this.book.now());
      const Touchline = { LastTradedPrice: Number(formatDecimal(price)), LastUpdateTime };
      return [JSON.stringify({ MessageCode: 1501, ExchangeSegment: 1, ExchangeInstrumentID: number, Touchline })];
    });
  }

  row(order: EmulatedOrder): Record<string, unknown> {
    const [segment, number] = order.symbol.split("-");
    const { filled, quantity, status } = order;
    const { clientId } = this;
    return {
      ...{ LoginID: clientId, ClientID: clientId, AppOrderID: Number(order.id), OrderReferenceID: "" },
      ...{ GeneratedBy: "TWSAPI", ExchangeOrderID: `11000000${order.id}`, OrderCategoryType: "NORMAL" },
      ...{ ExchangeSegment: segment, ExchangeInstrumentID: Number(number), OrderSide: order.side.toUpperCase() },
      ...{ OrderType: TYPE_NAMES[order.kind], ProductType: "NRML", TimeInForce: "DAY" },
      ...{ OrderPrice: Number(formatDecimal(order.limit ?? ZERO)), OrderQuantity: Number(formatDecimal(quantity)) },
      OrderStopPrice: Number(formatDecimal(order.stop ?? ZERO)),
      OrderStatus: status === "open" && filled > 0n ? "PartiallyFilled" : STATES[status],
      OrderAverageTradedPrice: "",
      LeavesQuantity: Number(formatDecimal(subtract<Decimal>(quantity, filled))),
      CumulativeQuantity: Number(formatDecimal(filled)),
      ...{ OrderDisclosedQuantity: 0, OrderGeneratedDateTime: istText(order.createdAt) },
      ...{ ExchangeTransactTime: istText(order.updatedAt), LastUpdateDateTime: istText(order.updatedAt) },
      ...{ CancelRejectReason: "", OrderUniqueIdentifier: order.clientId, OrderLegStatus: "SingleOrderLeg" },
      ...{ IsSpread: false, MessageCode: 9004, MessageVersion: 4, TokenID: 0, ApplicationType: 0, SequenceNumber: 0 },
    };
  }

  tradeRow(fill: EmulatedFill): Record<string, unknown> {
    return {
      ...this.row(fill.order),
      LastTradedPrice: Number(formatDecimal(fill.price)),
      LastTradedQuantity: Number(formatDecimal(fill.quantity)),
      LastExecutionTransactTime: istText(fill.at),
      ExecutionID: String(fill.id),
      ExecutionReportIndex: 3,
      MessageCode: 9005,
    };
  }
}
