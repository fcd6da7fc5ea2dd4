import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { EmulatedFill, EmulatedOrder } from "../emulated-order.ts";
import type { FaultSwitches } from "../fault-switches.ts";
import type { EmulatedSocket, SocketHandler } from "../venue-emulator.ts";
import { type AlpacaViews, timeOf, uuidOf } from "./alpaca-views.ts";

interface SocketParts {
  readonly book: EmulatedBook;
  readonly views: AlpacaViews;
  readonly faults: FaultSwitches;
  readonly keys: { readonly keyId: string; readonly secret: string };
}

interface Listener {
  readonly socket: EmulatedSocket;
  isIn: boolean;
  /** What it listens to: `trade_updates`, or symbols whose trades it wants. */
  readonly topics: Set<string>;
}

type Frame = Readonly<Record<string, unknown>>;

/** The streams: what happens to orders, and what trades. */
export class AlpacaSockets {
  private readonly parts: SocketParts;
  private readonly accounts = new Set<Listener>();
  private readonly markets = new Set<Listener>();

  constructor(parts: SocketParts) {
    this.parts = parts;
  }

  /** Undefined where there is no stream at the path. */
  connect(path: string, socket: EmulatedSocket): SocketHandler | undefined {
    const listener: Listener = { socket, isIn: false, topics: new Set() };
    const isAccount = path === "/stream";
    if (!isAccount && !/^\/v2\/(iex|sip)$|^\/v1beta[23]\/crypto(\/us)?$/.test(path)) return undefined;
    const group = isAccount ? this.accounts : this.markets;
    group.add(listener);
    // It speaks first, once the connection stands.
    if (!isAccount) queueMicrotask(() => say(listener, [{ T: "success", msg: "connected" }]));
    return {
      take: (text) => {
        const frame = JSON.parse(text) as Frame;
        if (isAccount) this.takeAccount(listener, frame);
        else this.takeMarket(listener, frame);
      },
      closed: () => void group.delete(listener),
    };
  }

  private isKey(keyId: unknown, secret: unknown): boolean {
    return keyId === this.parts.keys.keyId && secret === this.parts.keys.secret;
  }

  private takeAccount(listener: Listener, { action, data = {}, key, secret }: Frame): void {
    const inner = data as Frame;
    if (action === "authenticate" || action === "auth") {
      listener.isIn = this.isKey(inner.key_id ?? key, inner.secret_key ?? secret);
      const status = listener.isIn ? "authorized" : "unauthorized";
      say(listener, { stream: "authorization", data: { status, action: "authenticate" } });
    } else if (action === "listen" && listener.isIn) {
      const streams = (inner.streams ?? []) as string[];
      for (const stream of streams) listener.topics.add(stream);
      say(listener, { stream: "listening", data: { streams } });
    } else say(listener, { stream: "authorization", data: { status: "unauthorized", action: "listen" } });
  }

  private takeMarket(listener: Listener, { action, key, secret, trades = [] }: Frame): void {
    if (action === "auth") {
      listener.isIn = this.isKey(key, secret);
      say(listener, [
        listener.isIn ? { T: "success", msg: "authenticated" } : { T: "error", code: 402, msg: "auth failed" },
      ]);
    } else if (action === "subscribe" && listener.isIn) {
      for (const symbol of trades as string[]) listener.topics.add(symbol);
      say(listener, [{ T: "subscription", trades: [...listener.topics], quotes: [], bars: [] }]);
    } else say(listener, [{ T: "error", code: 401, msg: "not authenticated" }]);
  }

  /** Something happened to an order. */
  tell(event: string, order: EmulatedOrder, fill?: EmulatedFill): void {
    const { views, book, faults } = this.parts;
    const traded = fill && {
      execution_id: uuidOf(fill.id, 6),
      ...{ price: formatDecimal(fill.price), qty: formatDecimal(fill.quantity) },
      position_qty: formatDecimal(book.positions.get(order.symbol) ?? (0n as EmulatedOrder["quantity"])),
    };
    const data = { event, timestamp: timeOf(book.now()), order: views.order(order), ...traded };
    for (const listener of this.accounts) {
      if (!listener.topics.has("trade_updates")) continue;
      for (let copies = faults.eventCopies(); copies > 0; copies--) say(listener, { stream: "trade_updates", data });
    }
  }

  /** Something traded. */
  quote(symbol: string): void {
    const { book } = this.parts;
    const price = book.prices.get(symbol);
    if (price === undefined) return;
    const trade = {
      T: "t",
      S: symbol,
      i: 96_921,
      x: "D",
      p: Number(formatDecimal(price)),
      s: 1,
      t: timeOf(book.now()),
    };
    for (const listener of this.markets) if (listener.topics.has(symbol)) say(listener, [trade]);
  }
}

function say({ socket }: Listener, frame: unknown): void {
  socket.send(JSON.stringify(frame));
}
