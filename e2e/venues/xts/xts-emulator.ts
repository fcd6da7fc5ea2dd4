import { istText, socketTimeOfUtc } from "../../../workers/brokers/xts/ist-time.ts";
import {
  type Decimal,
  type Money,
  negate,
  notional,
  type Quantity,
  subtract,
  ZERO,
} from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parseMoney, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, EmulatedFill, EmulatedKind, EmulatedOrder, EmulatedTerms } from "../emulated-order.ts";
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
import { EngineSocket } from "./engine-socket.ts";
import { barsText, MASTER_TEXT } from "./xts-market.ts";

const KINDS: Readonly<Record<string, EmulatedKind>> = {
  MARKET: "market",
  LIMIT: "limit",
  STOPMARKET: "stop",
  STOPLIMIT: "stop-limit",
};
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

interface Rejected {
  readonly row: Record<string, unknown>;
}

/** XTS as a broker in India has it: interactive and market data side, and their sockets. */
export class XtsEmulator implements VenueEmulator {
  readonly name = "xts";
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly keys = {
    appKey: "0a1b2c3d4e5f60718293",
    secretKey: "Emul123#xt",
    dataAppKey: "9f8e7d6c5b4a39281706",
    dataSecretKey: "Emul456#md",
    clientId: "EMU01",
  };
  /** Requests of each family in each second, for tests of the rate. */
  private readonly tokens = { interactive: "", data: "" };
  private readonly cash: Money;
  private readonly rejected: Rejected[] = [];
  private sessions = 0;
  private readonly sockets = new Set<{ readonly side: "interactive" | "data"; readonly socket: EngineSocket }>();

  constructor(parts: EmulatorParts) {
    this.faults = new FaultSwitches({ random: parts.random, after: parts.after });
    this.cash = parseMoney("1000000", "cash");
    const grid = {
      tick: parseQuantity("0.05", "tick") as Decimal,
      lot: parseQuantity("1", "lot") as Decimal,
      quantityMin: parseQuantity("1", "lot") as Decimal,
      notionalMin: ZERO,
    };
    this.book = new EmulatedBook({
      instruments: [
        { symbol: "NSECM-2885", base: "RELIANCE", quote: "INR", ...grid, status: "trading" },
        {
          symbol: "NSECM-22",
          base: "ACC",
          quote: "INR",
          ...grid,
          tick: parseQuantity("0.01", "tick"),
          status: "trading",
        },
      ],
      funds: { INR: this.cash },
      holds: "positions",
      now: parts.now,
      firstId: 1_100_000_000n,
    });
    this.book.onEvent = (event) => this.tell(event);
  }

  /** The interactive side's token, as a log-in gave it last. */
  get token(): string {
    return this.tokens.interactive;
  }

  handle(request: EmulatedRequest): EmulatedReply {
    const { method, path } = request;
    const route = `${method} ${path}`;
    if (route === "POST /interactive/user/session") return this.logIn(request, "interactive");
    if (route === "POST /apimarketdata/auth/login") return this.logIn(request, "data");
    const side = path.startsWith("/interactive/") ? "interactive" : "data";
    const token = this.tokens[side];
    if (token === "" || request.headers.authorization !== token) return refused(400, "e-session-0007", "Invalid Token");
    const fields = request.body === "" ? {} : (JSON.parse(request.body) as Record<string, unknown>);
    const query = new URLSearchParams(request.rawQuery);
    switch (route) {
      case "DELETE /interactive/user/session":
        this.tokens.interactive = "";
        return success({});
      case "GET /interactive/user/profile":
        return success({ ClientId: this.keys.clientId, ClientName: "EMULATED" });
      case "GET /interactive/user/balance":
        return success({ BalanceList: [{ limitHeader: "ALL|ALL|ALL", limitObject: { RMSSubLimits: this.limits() } }] });
      case "POST /interactive/orders":
        return this.place(fields);
      case "PUT /interactive/orders":
        return this.modify(fields);
      case "DELETE /interactive/orders":
        return this.cancel(query);
      case "GET /interactive/orders":
        return success([
          ...this.rejected.map(({ row }) => row),
          ...[...this.book.orders.values()].map((o) => this.row(o)),
        ]);
      case "GET /interactive/orders/trades":
        return success(this.book.fills.map((fill) => this.tradeRow(fill)));
      case "GET /interactive/portfolio/positions":
        return success({ positionList: this.positions() });
      case "POST /apimarketdata/instruments/master":
        return success(MASTER_TEXT);
      case "POST /apimarketdata/instruments/quotes":
        return success({ mdp: 1501, listQuotes: this.quotes(fields) });
      case "GET /apimarketdata/instruments/ohlc":
        return success({
          ...{ exchangeSegment: query.get("exchangeSegment"), exchangeInstrumentID: query.get("exchangeInstrumentID") },
          dataReponse: barsText(query, this.book.now()),
        });
      case "POST /apimarketdata/instruments/subscription":
        return success({ mdp: 1501, quotesList: fields.instruments, Remaining_Subscription_Count: 48 });
      default:
        return { status: 404, body: "<html><body>Not Found</body></html>" };
    }
  }

  connect(path: string, rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    const side = path === "/interactive/socket.io/" ? "interactive" : "data";
    const query = new URLSearchParams(rawQuery);
    if (path !== "/interactive/socket.io/" && path !== "/apimarketdata/socket.io/") return undefined;
    if (query.get("EIO") !== "3" || query.get("transport") !== "websocket") return undefined;
    const isKnown = this.tokens[side] !== "" && query.get("token") === this.tokens[side];
    const engine = new EngineSocket(socket);
    const held = { side, socket: engine } as const;
    engine.open(isKnown ? undefined : "Authentication error");
    if (isKnown) {
      this.sockets.add(held);
      engine.emit("joined", "User successfully joined");
    }
    return {
      take: (text) => engine.take(text),
      closed: () => void this.sockets.delete(held),
    };
  }

  /** Tells the price as it is, to whoever watches. */
  tick(): void {
    for (const [symbol, price] of this.book.prices) {
      const number = Number(symbol.split("-")[1]);
      const stamp = socketTimeOfUtc(this.book.now());
      const Touchline = { LastTradedPrice: Number(formatDecimal(price)), LastTradedTime: stamp, LastUpdateTime: stamp };
      const frame = {
        ...{ MessageCode: 1501, MessageVersion: 4, ApplicationType: 0, TokenID: 0, ExchangeSegment: 1 },
        ...{ ExchangeInstrumentID: number, ExchangeTimeStamp: stamp, Touchline, BookType: 1, XMarketType: 1 },
      };
      this.emit("data", "1501-json-full", frame);
    }
  }

  private logIn(request: EmulatedRequest, side: "interactive" | "data"): EmulatedReply {
    const { appKey, secretKey } = JSON.parse(request.body) as { appKey: string; secretKey: string };
    const { keys } = this;
    const [key, secret] =
      side === "interactive" ? [keys.appKey, keys.secretKey] : [keys.dataAppKey, keys.dataSecretKey];
    if (appKey !== key || secretKey !== secret) return refused(401, "e-login-0001", "Invalid credentials");
    this.sessions += 1;
    this.tokens[side] = `eyJ.${side}.${this.sessions}`;
    // One session a key: the one before it hears so.
    this.emit(side, "logout", { message: "logged in elsewhere" });
    const { clientId } = keys;
    return success({ token: this.tokens[side], userID: clientId, isInvestorClient: true, clientCodes: [clientId] });
  }

  private limits() {
    return { cashAvailable: formatDecimal(this.cash), collateral: 0, marginUtilized: "0", netMarginAvailable: "NaN" };
  }

  private place(fields: Record<string, unknown>): EmulatedReply {
    const terms = termsOf(fields);
    if (typeof terms === "string") return fieldError(terms);
    const refusal = this.book.refusalOf(terms, { checksFunds: false });
    // It is passed on, and refused by the risk checks behind.
    const id = refusal === undefined ? this.book.place(terms).id : this.reject(terms, refusal);
    return success({ AppOrderID: Number(id), OrderUniqueIdentifier: terms.clientId, ClientID: this.keys.clientId });
  }

  private reject(terms: EmulatedTerms, reason: string): bigint {
    const at = this.book.now();
    const order: EmulatedOrder = {
      ...terms,
      ...{ id: this.book.nextId(), limit: terms.limit, stop: terms.stop, status: "rejected", filled: ZERO as Quantity },
      ...{ value: ZERO as Money, group: undefined, parent: undefined, best: undefined, triggered: false },
      ...{ createdAt: at, updatedAt: at },
    };
    this.rejected.push({ row: { ...this.row(order), CancelRejectReason: `RMS:${reason}` } });
    return order.id;
  }

  private modify(fields: Record<string, unknown>): EmulatedReply {
    const order = this.book.orders.get(BigInt(String(fields.appOrderID)));
    if (order === undefined || !isLive(order)) return refused(400, "InvalidInput", "Order is not open");
    const limit = Number(fields.modifiedLimitPrice);
    const stop = Number(fields.modifiedStopPrice);
    this.book.amend(order, {
      quantity: parseQuantity(String(fields.modifiedOrderQuantity), "quantity"),
      ...(limit > 0 ? { limit: parsePrice(String(limit), "limit") } : {}),
      ...(stop > 0 ? { stop: parsePrice(String(stop), "stop") } : {}),
    });
    return success({ AppOrderID: Number(order.id), ClientID: this.keys.clientId });
  }

  private cancel(query: URLSearchParams): EmulatedReply {
    const order = this.book.orders.get(BigInt(query.get("appOrderID") ?? "0"));
    if (order === undefined || !isLive(order)) return refused(400, "InvalidInput", "Order is not open");
    this.book.end(order, "canceled");
    return success([{ AppOrderID: Number(order.id), ClientID: this.keys.clientId }]);
  }

  private positions() {
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
          AccountID: this.keys.clientId,
          ExchangeSegment: segment,
          ExchangeInstrumentID: number,
          ProductType: "NRML",
        },
        ...{ Quantity: formatDecimal(quantity), NetAmount: formatDecimal(flows) },
      };
    });
  }

  private quotes(fields: Record<string, unknown>): string[] {
    const asked = fields.instruments as readonly { exchangeInstrumentID: number }[];
    return asked.flatMap(({ exchangeInstrumentID: number }) => {
      const price = this.book.prices.get(`NSECM-${number}`);
      if (price === undefined) return [];
      const LastUpdateTime = socketTimeOfUtc(this.book.now());
      const Touchline = { LastTradedPrice: Number(formatDecimal(price)), LastUpdateTime };
      return [JSON.stringify({ MessageCode: 1501, ExchangeSegment: 1, ExchangeInstrumentID: number, Touchline })];
    });
  }

  private tell(event: BookEvent): void {
    if (event.type === "rejected") return;
    if (event.type === "fill") this.emit("interactive", "trade", this.tradeRow(event.fill));
    this.emit("interactive", "order", this.row(event.order));
  }

  private emit(side: "interactive" | "data", name: string, content: unknown): void {
    const copies = this.faults.eventCopies();
    for (const held of this.sockets) {
      if (held.side !== side) continue;
      for (let copy = 0; copy < copies; copy++) held.socket.emit(name, JSON.stringify(content));
    }
  }

  private row(order: EmulatedOrder): Record<string, unknown> {
    const [segment, number] = order.symbol.split("-");
    const { filled, quantity, status } = order;
    const { clientId } = this.keys;
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

  private tradeRow(fill: EmulatedFill): Record<string, unknown> {
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

/** What an order asks for, or the name of the field that is not as it must be. */
function termsOf(fields: Record<string, unknown>): EmulatedTerms | string {
  const kind = KINDS[String(fields.orderType)];
  const side = String(fields.orderSide).toLowerCase();
  if (kind === undefined) return "orderType";
  if (side !== "buy" && side !== "sell") return "orderSide";
  if (!Number.isInteger(fields.orderQuantity) || Number(fields.orderQuantity) <= 0) return "orderQuantity";
  if (String(fields.orderUniqueIdentifier ?? "").length > 20) return "orderUniqueIdentifier";
  const price = (name: string) => (Number(fields[name] ?? 0) > 0 ? parsePrice(String(fields[name]), name) : undefined);
  return {
    ...{ clientId: String(fields.orderUniqueIdentifier ?? ""), side, kind },
    symbol: `${fields.exchangeSegment}-${fields.exchangeInstrumentID}`,
    quantity: parseQuantity(String(fields.orderQuantity), "orderQuantity"),
    ...{ limit: price("limitPrice"), stop: price("stopPrice") },
  };
}

function success(result: unknown): EmulatedReply {
  return { status: 200, body: JSON.stringify({ type: "success", code: "s-orders-0001", description: "ok", result }) };
}

function refused(status: number, code: string, description: string): EmulatedReply {
  return { status, body: JSON.stringify({ type: "error", code, description, result: {} }) };
}

function fieldError(field: string): EmulatedReply {
  const errors = [{ field: [field], location: "body", messages: [`"${field}" is not allowed`], types: ["any"] }];
  const result = { status: 400, statusText: "Bad Request", errors };
  return {
    status: 400,
    body: JSON.stringify({ type: "error", code: "e-orders-0009", description: "Bad Request", result }),
  };
}
