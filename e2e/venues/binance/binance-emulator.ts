import { createHmac, createPrivateKey, createPublicKey, verify } from "node:crypto";
import { type Decimal, type Money, multiply, NO_MONEY, notional } from "../../../workers/core/ledger/decimal.ts";
import { parseDecimal, parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, EmulatedFill, EmulatedInstrument } from "../emulated-order.ts";
import type { EmulatorParts } from "../emulator-parts.ts";
import { FaultSwitches } from "../fault-switches.ts";
import type {
  EmulatedReply,
  EmulatedRequest,
  EmulatedSocket,
  SocketHandler,
  VenueEmulator,
} from "../venue-emulator.ts";
import { executionReport } from "./binance-json.ts";
import { BinanceOrders } from "./binance-orders.ts";
import { ROUTES, type Route } from "./binance-routes.ts";
import { BinanceSockets } from "./binance-sockets.ts";
import { EmulatedError } from "./emulated-error.ts";
import { EmulatedRate } from "./emulated-rate.ts";
import type { Asked } from "./order-terms.ts";

const HMAC_KEY = "emulatedHmacKey";
const HMAC_SECRET = "emulated hmac key of nobody";
const ED25519_KEY = "emulatedEd25519Key";
/** The private key of the first test vector of RFC 8032, as PKCS#8. */
const ED25519_PKCS8 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
const RECEIVE_WINDOW_MS_MAX = 60_000;
const AHEAD_MS_MAX = 1_000;
const FEE_SHARE = parseDecimal("0.001", "fee");

export interface BinanceEmulatorParts extends EmulatorParts {
  /**
   * What a trade costs: nothing, a thousandth of what it brings, as much in BNB, or as much of the coin that is
   * traded: what somebody pays who trades BNB itself.
   */
  readonly fees?: "none" | "received" | "bnb" | "traded";
  readonly firstId?: bigint;
}

/** Binance spot as a venue of our own. */
export class BinanceEmulator implements VenueEmulator {
  readonly name = "binance";
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly rate = new EmulatedRate();
  readonly orders: BinanceOrders;
  readonly keys = {
    "HMAC key": HMAC_KEY,
    "HMAC secret": HMAC_SECRET,
    "Ed25519 key": ED25519_KEY,
    "Ed25519 secret": ED25519_PKCS8,
  };
  restrictions: Record<string, unknown> = {
    ...{ ipRestrict: true, enableReading: true, enableWithdrawals: false, enableSpotAndMarginTrading: true },
    ...{ enableInternalTransfer: false, permitsUniversalTransfer: false, createTime: 1_600_000_000_000 },
  };
  /** Whether fees are paid in BNB. */
  burnsBnb = true;
  /** Times of candles that the venue lacks. */
  isGap: (time: number) => boolean = () => false;
  private readonly parts: BinanceEmulatorParts;
  private readonly sockets: BinanceSockets;

  constructor(parts: BinanceEmulatorParts) {
    this.parts = parts;
    this.faults = new FaultSwitches(parts);
    this.book = new EmulatedBook({
      instruments: instruments(),
      funds: {
        USDT: parseDecimal("100000", "funds"),
        BTC: parseDecimal("2", "funds"),
        BNB: parseDecimal("10", "funds"),
      },
      ...{ holds: "assets", now: () => this.now(), feeOf: (fill, instrument) => this.feeOf(fill, instrument) },
      firstId: parts.firstId ?? 10_000_000_001n,
    });
    this.book.prices.set("BTCUSDT", parsePrice("100", "price"));
    this.book.prices.set("ETHUSDT", parsePrice("50", "price"));
    this.orders = new BinanceOrders(this.book, this.rate);
    this.sockets = new BinanceSockets(this);
    this.book.onEvent = (event) => this.tell(event);
  }

  now(): number {
    return this.parts.now() + this.faults.clockSkewMs;
  }

  /** The share of an order's value that it charges, and says that it does. */
  get feeRate(): Decimal {
    return (this.parts.fees ?? "none") === "none" ? NO_MONEY : FEE_SHARE;
  }

  private feeOf(
    { price, quantity, side }: Omit<EmulatedFill, "fee" | "feeCurrency">,
    { base, quote }: EmulatedInstrument,
  ) {
    const { fees = "none" } = this.parts;
    if (fees === "none") return { fee: NO_MONEY, feeCurrency: side === "buy" ? base : quote };
    const value = notional(price, quantity, "half-even");
    const takesBase = fees === "traded" || (fees === "received" && side === "buy");
    const fee = multiply(takesBase ? quantity : value, FEE_SHARE, { decimals: 8, rounding: "half-even" }) as Money;
    return { fee, feeCurrency: fees === "bnb" ? "BNB" : takesBase ? base : quote };
  }

  private tell(event: BookEvent): void {
    if (event.type === "woken") this.orders.sizeByProceeds(event.order);
    this.sockets.tell(executionReport(event, this.now(), this.orders.cancelId));
  }

  handle(request: EmulatedRequest): EmulatedReply {
    const route = ROUTES[`${request.method} ${request.path}`];
    if (route === undefined) return { status: 404, body: "<html><body>404 Not Found</body></html>" };
    const refusal = this.rate.refusal(route.weight, this.now());
    if (refusal !== undefined) return refusal;
    const { status, value } = this.answer(route, () => this.askedOf(route, request));
    return { status, headers: this.rate.headers(this.now()), body: JSON.stringify(value) };
  }

  /** What a route answers, over whatever the request came. */
  answer(route: Route, asked: () => Asked): { readonly status: number; readonly value: unknown } {
    try {
      return { status: 200, value: route.run(this, asked()) };
    } catch (error) {
      if (!(error instanceof EmulatedError)) throw error;
      return { status: error.status, value: error.json };
    }
  }

  /** Parameters in query and body, as they were signed. */
  private askedOf(route: Route, { rawQuery, body, headers }: EmulatedRequest): Asked {
    const asked = new Map([...new URLSearchParams(rawQuery), ...new URLSearchParams(body)]);
    if (!route.isSigned) return asked;
    const text = `${rawQuery}${body}`;
    const at = text.lastIndexOf("signature=");
    if (at < 0) throw new EmulatedError(-1102, "Mandatory parameter 'signature' was not sent.");
    const payload = text.slice(0, at).replace(/&$/, "");
    this.checkSigned(
      { apiKey: headers["x-mbx-apikey"] ?? "", payload, signature: asked.get("signature") ?? "" },
      asked,
    );
    return asked;
  }

  /** Throws as the venue does for a key, a signature or a time that is not taken. */
  checkSigned(signed: { apiKey: string; payload: string; signature: string }, asked: Asked): void {
    const { apiKey, payload, signature } = signed;
    if (apiKey !== HMAC_KEY && apiKey !== ED25519_KEY)
      throw new EmulatedError(-2015, "Invalid API-key, IP, or permissions for action.", { status: 401 });
    const time = Number(asked.get("timestamp"));
    const window = Math.min(RECEIVE_WINDOW_MS_MAX, Number(asked.get("recvWindow") ?? 5_000));
    const now = this.now();
    if (!this.faults.isLate && !(time < now + AHEAD_MS_MAX && now - time <= window)) {
      throw new EmulatedError(-1021, "Timestamp for this request is outside of the recvWindow.");
    }
    if (!isSigned(apiKey, payload, signature)) {
      throw new EmulatedError(-1022, "Signature for this request is not valid.");
    }
  }

  connect(path: string, rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    return this.sockets.connect(path, rawQuery, socket);
  }

  tick(): void {
    this.sockets.tick();
  }
}

function isSigned(apiKey: string, payload: string, signature: string): boolean {
  if (apiKey === HMAC_KEY) return createHmac("sha256", HMAC_SECRET).update(payload).digest("hex") === signature;
  const secret = createPrivateKey({ key: Buffer.from(ED25519_PKCS8, "base64"), format: "der", type: "pkcs8" });
  return verify(null, Buffer.from(payload), createPublicKey(secret), Buffer.from(signature, "base64"));
}

function instruments(): EmulatedInstrument[] {
  const rules = () => ({
    tick: parseDecimal("0.01", "tick"),
    lot: parseDecimal("0.00001", "lot"),
    quantityMin: parseDecimal("0.00001", "quantityMin"),
    notionalMin: parseDecimal("5", "notionalMin"),
    status: "trading" as const,
  });
  return [
    { symbol: "BTCUSDT", base: "BTC", quote: "USDT", ...rules() },
    { symbol: "ETHUSDT", base: "ETH", quote: "USDT", ...rules() },
  ];
}
