import { parseDecimal, parseMoney } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, EmulatedInstrument, EmulatedOrder } from "../emulated-order.ts";
import type { EmulatorParts } from "../emulator-parts.ts";
import { FaultSwitches } from "../fault-switches.ts";
import type {
  EmulatedReply,
  EmulatedRequest,
  EmulatedSocket,
  SocketHandler,
  VenueEmulator,
} from "../venue-emulator.ts";
import { AlpacaData } from "./alpaca-data.ts";
import { AlpacaOrders, AlpacaRefusal } from "./alpaca-orders.ts";
import { AlpacaReads } from "./alpaca-reads.ts";
import { AlpacaSockets } from "./alpaca-sockets.ts";
import { AlpacaViews, idOf } from "./alpaca-views.ts";

export const ALPACA_KEYS = {
  keyId: "PKEMULATED0000000001",
  secret: "secret-of-nobody-at-all-000000000000001",
} as const;
export const ALPACA_ACCOUNT = "PA3EMULATED1";

/** Alpaca as a server of our own: one paper account, some stocks, some coins. */
export class AlpacaEmulator implements VenueEmulator {
  readonly name = "ALPACA";
  readonly keys = ALPACA_KEYS;
  /** The paper side sends JSON in binary frames. */
  readonly framesAreBinary = true;
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly views: AlpacaViews;
  readonly orders: AlpacaOrders;
  readonly reads: AlpacaReads;
  readonly data: AlpacaData;
  readonly sockets: AlpacaSockets;
  /** Requests of a minute that it lets through. */
  requestsPerMinuteMax = 200;
  private readonly parts: EmulatorParts;
  private minute = { at: 0, count: 0 };

  constructor(parts: EmulatorParts) {
    this.parts = parts;
    const { now } = parts;
    this.faults = new FaultSwitches(parts);
    const funds = { USD: parseMoney("100000", "funds") };
    this.book = new EmulatedBook({ instruments: instruments(), funds, holds: "positions", now });
    this.views = new AlpacaViews(this.book);
    this.orders = new AlpacaOrders({ book: this.book, views: this.views, after: parts.after });
    this.reads = new AlpacaReads({ book: this.book, views: this.views, account: ALPACA_ACCOUNT });
    this.data = new AlpacaData(this.book);
    this.sockets = new AlpacaSockets({ book: this.book, views: this.views, faults: this.faults, keys: ALPACA_KEYS });
    this.book.onEvent = (event) => this.hear(event);
    this.book.onTrade = (symbol) => this.sockets.quote(symbol);
  }

  handle(request: EmulatedRequest): EmulatedReply {
    const rate = this.count();
    if (rate.remaining < 0) return withRate(refusal(429, 42910000, "rate limit exceeded"), rate);
    const { headers, method, path } = request;
    if (headers["apca-api-key-id"] !== ALPACA_KEYS.keyId || headers["apca-api-secret-key"] !== ALPACA_KEYS.secret) {
      // Coins are shown to everybody.
      if (!path.startsWith("/v1beta3/crypto"))
        return withRate(refusal(401, 40110000, "request is not authorized"), rate);
    }
    const query = new URLSearchParams(request.rawQuery);
    try {
      const reply = method === "GET" ? this.read(decodeURIComponent(path), query) : this.change(request);
      return withRate(reply, rate);
    } catch (error) {
      if (!(error instanceof AlpacaRefusal)) throw error;
      return withRate(refusal(error.status, error.code, error.message), rate);
    }
  }

  private count() {
    const at = Math.floor(this.parts.now() / 60_000);
    this.minute = this.minute.at === at ? { at, count: this.minute.count + 1 } : { at, count: 1 };
    const limit = this.requestsPerMinuteMax;
    return { limit, remaining: limit - this.minute.count, reset: (at + 1) * 60 };
  }

  private read(path: string, query: URLSearchParams): EmulatedReply {
    const found = this.data.answer(path, query) ?? this.reads.answer(path, query);
    return found === undefined ? refusal(404, 40410000, "endpoint not found.") : ok(found);
  }

  private change({ method, path, body }: EmulatedRequest): EmulatedReply {
    const asked = JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>;
    if (method === "POST" && path === "/v2/orders") return ok(this.views.order(this.orders.place(asked)));
    const [, id = ""] = /^\/v2\/orders\/([^/]+)$/.exec(path) ?? [];
    if (method === "DELETE" && path === "/v2/orders") return this.cancelAll();
    const order = this.book.orders.get(idOf(id));
    if (order === undefined) return refusal(404, 40410000, `order not found for ${id}`);
    if (method === "PATCH") return ok(this.views.order(this.orders.replace(order, asked)));
    if (method !== "DELETE") return refusal(405, 40510000, "method not allowed");
    this.orders.cancel(order);
    return { status: 204, body: "" };
  }

  private cancelAll(): EmulatedReply {
    const live = this.book.liveOrders().filter(({ id }) => !this.views.canceling.has(id));
    for (const order of live) if (!this.views.canceling.has(order.id)) this.orders.cancel(order);
    return {
      status: 207,
      body: JSON.stringify(live.map((order) => ({ id: this.views.order(order).id, status: 200 }))),
    };
  }

  private hear(event: BookEvent): void {
    const { order } = event;
    const status = this.views.statusOf(order);
    if (event.type === "fill") {
      const { fill } = event;
      this.sockets.tell(status === "filled" ? "fill" : "partial_fill", order, fill);
    } else if (event.type === "canceled" || event.type === "expired") this.sockets.tell(status, order);
    else if (event.type === "new" && order.status !== "pending") this.sockets.tell("new", order);
  }

  /** By the venue's id. */
  orderOf(id: string): EmulatedOrder | undefined {
    return this.book.orders.get(idOf(id));
  }

  connect(path: string, _rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    return this.sockets.connect(path, socket);
  }
}

function ok(body: unknown): EmulatedReply {
  return { status: 200, body: JSON.stringify(body) };
}

function refusal(status: number, code: number, message: string): EmulatedReply {
  return { status, body: JSON.stringify({ code, message }) };
}

function withRate(reply: EmulatedReply, rate: { limit: number; remaining: number; reset: number }): EmulatedReply {
  return {
    ...reply,
    headers: {
      "x-ratelimit-limit": String(rate.limit),
      "x-ratelimit-remaining": String(Math.max(0, rate.remaining)),
      "x-ratelimit-reset": String(rate.reset),
    },
  };
}

function instruments(): EmulatedInstrument[] {
  const make = (symbol: string, base: string, [tick, lot, least]: readonly string[]): EmulatedInstrument => {
    const step = (text: string) => parseDecimal(text, "step");
    const grid = { tick: step(tick), lot: step(lot), quantityMin: step(least), notionalMin: step("1") };
    return { symbol, base, quote: "USD", ...grid, status: "trading" };
  };
  const share = ["0.01", "0.000000001", "0.000000001"];
  return [
    make("AAPL", "AAPL", share),
    make("SPY", "SPY", share),
    make("BTC/USD", "BTC", ["0.01", "0.000000001", "0.0001"]),
    make("ETH/USD", "ETH", ["0.01", "0.000000001", "0.001"]),
  ];
}
