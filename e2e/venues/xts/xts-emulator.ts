import { socketTimeOfUtc } from "../../../workers/brokers/xts/ist-time.ts";
import { type Decimal, type Money, ZERO } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parseMoney, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent } from "../emulated-order.ts";
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
import { XtsOrders } from "./xts-orders.ts";
import { refused, success } from "./xts-replies.ts";
import { XtsViews } from "./xts-views.ts";

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
  /** Whether it trades at night and at weekends too. */
  isAlwaysOpen = false;
  private readonly cash: Money;
  private readonly views: XtsViews;
  private readonly orders: XtsOrders;
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
    const { book } = this;
    const { clientId } = this.keys;
    this.views = new XtsViews(book, clientId);
    this.orders = new XtsOrders({ book, views: this.views, clientId });
    book.onEvent = (event) => this.tell(event);
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
        return this.orders.place(fields);
      case "PUT /interactive/orders":
        return this.orders.modify(fields);
      case "DELETE /interactive/orders":
        return this.orders.cancel(query);
      case "GET /interactive/orders":
        return success([
          ...this.orders.rejected,
          ...[...this.book.orders.values()].map((order) => this.views.row(order)),
        ]);
      case "GET /interactive/orders/trades":
        return success(this.book.fills.map((fill) => this.views.tradeRow(fill)));
      case "GET /interactive/portfolio/positions":
        return success({ positionList: this.views.positions() });
      case "POST /apimarketdata/instruments/master":
        return success(MASTER_TEXT);
      case "POST /apimarketdata/instruments/quotes":
        return success({ mdp: 1501, listQuotes: this.views.quotes(fields) });
      case "GET /apimarketdata/instruments/ohlc":
        return success({
          ...{ exchangeSegment: query.get("exchangeSegment"), exchangeInstrumentID: query.get("exchangeInstrumentID") },
          dataReponse: barsText({ book: this.book, query, isAlwaysOpen: this.isAlwaysOpen }),
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

  private tell(event: BookEvent): void {
    if (event.type === "rejected") return;
    if (event.type === "fill") this.emit("interactive", "trade", this.views.tradeRow(event.fill));
    this.emit("interactive", "order", this.views.row(event.order));
  }

  private emit(side: "interactive" | "data", name: string, content: unknown): void {
    const copies = this.faults.eventCopies();
    for (const held of this.sockets) {
      if (held.side !== side) continue;
      for (let copy = 0; copy < copies; copy++) held.socket.emit(name, JSON.stringify(content));
    }
  }
}
