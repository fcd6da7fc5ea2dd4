import type { EmulatedSocket, SocketHandler } from "../venue-emulator.ts";
import type { BinanceEmulator } from "./binance-emulator.ts";
import { eight, RATE_LIMITS } from "./binance-json.ts";
import { ROUTES } from "./binance-routes.ts";
import { EmulatedError } from "./emulated-error.ts";

/** Requests of the socket that are requests over HTTP by another name. */
const METHODS: Readonly<Record<string, string>> = {
  ping: "GET /api/v3/ping",
  time: "GET /api/v3/time",
  exchangeInfo: "GET /api/v3/exchangeInfo",
  klines: "GET /api/v3/klines",
  "ticker.price": "GET /api/v3/ticker/price",
  "ticker.book": "GET /api/v3/ticker/bookTicker",
  "order.place": "POST /api/v3/order",
  "order.test": "POST /api/v3/order/test",
  "order.status": "GET /api/v3/order",
  "order.cancel": "DELETE /api/v3/order",
  "order.cancelReplace": "POST /api/v3/order/cancelReplace",
  "openOrders.status": "GET /api/v3/openOrders",
  "openOrders.cancelAll": "DELETE /api/v3/openOrders",
  "orderList.place.oco": "POST /api/v3/orderList/oco",
  "orderList.place.oto": "POST /api/v3/orderList/oto",
  "orderList.place.otoco": "POST /api/v3/orderList/otoco",
  "orderList.cancel": "DELETE /api/v3/orderList",
  "account.status": "GET /api/v3/account",
  allOrders: "GET /api/v3/allOrders",
  myTrades: "GET /api/v3/myTrades",
};

interface Frame {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: unknown;
}

/** Sockets of the emulated Binance: requests with the user's stream at one path, prices at others. */
export class BinanceSockets {
  private readonly venue: BinanceEmulator;
  /** Sockets that are told the account's events, each with the numbers of its subscriptions. */
  private readonly users = new Map<EmulatedSocket, number[]>();
  private readonly markets = new Map<EmulatedSocket, { streams: Set<string>; isCombined: boolean }>();

  constructor(venue: BinanceEmulator) {
    this.venue = venue;
  }

  connect(path: string, rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    if (path.startsWith("/ws-api/")) return this.requests(socket);
    if (!path.startsWith("/stream") && !path.startsWith("/ws")) return undefined;
    const named = path.startsWith("/stream") ? new URLSearchParams(rawQuery).get("streams") : path.slice("/ws/".length);
    const streams = new Set((named ?? "").split("/").filter((name) => name !== ""));
    const state = { streams, isCombined: path.startsWith("/stream") };
    this.markets.set(socket, state);
    return {
      take: (text) => {
        const { id, method, params = [] } = JSON.parse(text) as Frame;
        for (const name of params as string[]) {
          if (method === "SUBSCRIBE") streams.add(name);
          if (method === "UNSUBSCRIBE") streams.delete(name);
        }
        socket.send(JSON.stringify({ result: method === "LIST_SUBSCRIPTIONS" ? [...streams] : null, id }));
        this.tickOne(socket, state);
      },
      closed: () => void this.markets.delete(socket),
    };
  }

  private requests(socket: EmulatedSocket): SocketHandler {
    const login = { apiKey: "" };
    return {
      take: (text) => {
        const frame = JSON.parse(text) as Frame;
        const { status, value } = this.request(frame, socket, login);
        const body = status === 200 ? { result: value } : { error: value };
        socket.send(JSON.stringify({ id: frame.id ?? null, status, ...body, rateLimits: RATE_LIMITS }));
      },
      closed: () => void this.users.delete(socket),
    };
  }

  private request({ method = "", params = {} }: Frame, socket: EmulatedSocket, login: { apiKey: string }) {
    const asked = new Map(
      Object.entries(params as Record<string, unknown>).map(([name, value]) => [name, textOf(value)]),
    );
    const check = () => this.check(asked, login);
    const route = ROUTES[METHODS[method] ?? ""];
    if (route !== undefined) {
      return this.venue.answer(route, () => {
        if (route.isSigned) check();
        return asked;
      });
    }
    const own: Record<string, () => unknown> = {
      "session.logon": () => {
        check();
        login.apiKey = asked.get("apiKey") ?? "";
        return { apiKey: login.apiKey, serverTime: this.venue.now() };
      },
      "session.status": () => ({ apiKey: login.apiKey, serverTime: this.venue.now() }),
      "userDataStream.subscribe": () => {
        if (login.apiKey === "") throw new EmulatedError(-1102, "This API requires an authenticated session.");
        return this.subscribe(socket);
      },
      "userDataStream.subscribe.signature": () => {
        check();
        return this.subscribe(socket);
      },
      "userDataStream.unsubscribe": () => {
        this.users.delete(socket);
        return {};
      },
    };
    const run =
      own[method] ??
      (() => {
        throw new EmulatedError(-1000, `Unknown method ${method}.`);
      });
    return this.venue.answer({ weight: 2, isSigned: false, run }, () => asked);
  }

  private subscribe(socket: EmulatedSocket): unknown {
    const ids = this.users.get(socket) ?? [];
    this.users.set(socket, [...ids, ids.length]);
    return { subscriptionId: ids.length };
  }

  private check(asked: ReadonlyMap<string, string>, login: { readonly apiKey: string }): void {
    const signature = asked.get("signature");
    if (signature === undefined && login.apiKey !== "") return;
    const rest = [...asked].filter(([name]) => name !== "signature").sort(([left], [right]) => (left < right ? -1 : 1));
    const payload = rest.map(([name, value]) => `${name}=${value}`).join("&");
    this.venue.checkSigned({ apiKey: asked.get("apiKey") ?? "", payload, signature: signature ?? "" }, asked);
  }

  /** Tells an event to whoever listens, as often as the faults let it. */
  tell(event: Record<string, unknown>): void {
    for (const [socket, ids] of this.users) {
      const copies = this.venue.faults.eventCopies();
      for (let copy = 0; copy < copies; copy++) {
        for (const subscriptionId of ids) socket.send(JSON.stringify({ subscriptionId, event }));
      }
    }
  }

  /** Prices to whoever subscribed to them. */
  tick(): void {
    for (const [socket, state] of this.markets) this.tickOne(socket, state);
  }

  private tickOne(
    socket: EmulatedSocket,
    { streams, isCombined }: { streams: Set<string>; isCombined: boolean },
  ): void {
    for (const stream of streams) {
      const [name, kind = ""] = stream.split("@");
      const symbol = name.toUpperCase();
      const price = this.venue.book.prices.get(symbol);
      if (price === undefined) continue;
      const data = marketEvent(kind, { symbol, price: eight(price), at: this.venue.now() });
      if (data !== undefined) socket.send(JSON.stringify(isCombined ? { stream, data } : data));
    }
  }
}

function marketEvent(kind: string, { symbol: s, price, at }: { symbol: string; price: string; at: number }) {
  const size = "1.00000000";
  switch (kind) {
    case "miniTicker":
      return { e: "24hrMiniTicker", E: at, s, c: price, o: price, h: price, l: price, v: size, q: price };
    case "ticker": {
      const change = { p: "0.00000000", P: "0.000", w: price, x: price, c: price, Q: size };
      const touch = { b: price, B: size, a: price, A: size, o: price, h: price, l: price, v: size, q: price };
      return { e: "24hrTicker", E: at, s, ...change, ...touch, O: at - 86_400_000, C: at, F: 1, L: 2, n: 2 };
    }
    case "bookTicker":
      return { u: at, s, b: price, B: size, a: price, A: size };
    case "trade":
      return { e: "trade", E: at, s, t: at, p: price, q: size, T: at, m: false, M: true };
    default:
      return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}
