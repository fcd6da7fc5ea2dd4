import { ALPACA_CAPABILITIES } from "../workers/brokers/alpaca/capabilities.ts";
import { BINANCE_CAPABILITIES } from "../workers/brokers/binance/capabilities.ts";
import { MT5_CAPABILITIES } from "../workers/brokers/mt5/capabilities.ts";
import { OANDA_CAPABILITIES } from "../workers/brokers/oanda/capabilities.ts";
import { XTS_CAPABILITIES } from "../workers/brokers/xts/capabilities.ts";

/** Keys of an emulator, by the names it gives them. */
export type VenueKeys = Readonly<Record<string, string>>;

/** An emulated venue as the drill trades on it. */
export interface DrilledVenue {
  readonly venue: string;
  readonly environment: string;
  readonly instrument: string;
  readonly currency: string;
  /** As the emulator names it, and what it trades at. */
  readonly symbol: string;
  readonly price: number;
  /** Grid of its prices, as text. */
  readonly tick: string;
  /** Decimals of its quantities. */
  readonly quantityDecimals: number;
  /** An order's worth, at least and at most, in `currency`. */
  readonly worth: readonly [number, number];
  /** What it has of orders that wait for a price to come through. */
  readonly stopKind: "stop" | "stop-limit";
  /** Whether an account can hold less than nothing. */
  readonly canShort: boolean;
  /** To what it rounds what a trade has made, in `currency`; exact where it is left out. */
  readonly profitStep?: string;
  /** How late the venue may take an order: before that none counts as lost, ms. */
  readonly lateAcceptMs: number;
  /** Part of the request, with its method, that places an order: what is broken on its way. */
  readonly places: string;
  /** What the API takes of its keys; a terminal's are made by whoever connects it. */
  readonly credentials: (keys: VenueKeys) => object;
  /** It is reached by a terminal that dials the sidecar. */
  readonly isTerminal?: boolean;
}

/** The emulators that the drill kills the runtime over, by name. */
export const DRILLED: Readonly<Record<string, DrilledVenue>> = {
  binance: {
    ...{ venue: "BINANCE", environment: "testnet", instrument: "BINANCE:BTCUSDT", currency: "USDT" },
    ...{ symbol: "BTCUSDT", price: 100, tick: "0.01", quantityDecimals: 4, worth: [10, 30] },
    ...{ stopKind: "stop", canShort: false, lateAcceptMs: BINANCE_CAPABILITIES.lateAcceptMs, places: "POST" },
    credentials: (keys) => ({ keyKind: "hmac", apiKey: keys["HMAC key"], secret: keys["HMAC secret"] }),
  },
  alpaca: {
    ...{ venue: "ALPACA", environment: "paper", instrument: "ALPACA:BTC/USD", currency: "USD" },
    ...{ symbol: "BTC/USD", price: 60_000, tick: "0.01", quantityDecimals: 4, worth: [10, 30] },
    ...{ stopKind: "stop-limit", canShort: false, lateAcceptMs: ALPACA_CAPABILITIES.lateAcceptMs, places: "POST" },
    credentials: (keys) => ({ apiKey: keys.keyId, secret: keys.secret }),
  },
  oanda: {
    ...{ venue: "OANDA", environment: "practice", instrument: "OANDA:EUR_USD", currency: "USD" },
    ...{ symbol: "EUR_USD", price: 1.1, tick: "0.00001", quantityDecimals: 0, profitStep: "0.0001", worth: [10, 300] },
    ...{ stopKind: "stop", canShort: true, lateAcceptMs: OANDA_CAPABILITIES.lateAcceptMs, places: "POST" },
    credentials: (keys) => ({ token: keys.token, accountId: keys.accountId }),
  },
  xts: {
    ...{ venue: "XTS", environment: "test", instrument: "XTS:NSECM-22", currency: "INR" },
    ...{ symbol: "NSECM-22", price: 2_200, tick: "0.05", quantityDecimals: 0, worth: [2_200, 11_000] },
    ...{
      stopKind: "stop-limit",
      canShort: true,
      lateAcceptMs: XTS_CAPABILITIES.lateAcceptMs,
      places: "POST /interactive/orders",
    },
    credentials: (keys) => ({
      ...{ broker: "symphony", interactiveKey: keys.appKey, interactiveSecret: keys.secretKey },
      ...{ marketKey: keys.dataAppKey, marketSecret: keys.dataSecretKey },
    }),
  },
  mt5: {
    ...{ venue: "MT5", environment: "demo", instrument: "MT5:BTCUSD", currency: "USD" },
    ...{ symbol: "BTCUSD", price: 60_000, tick: "0.01", quantityDecimals: 2, worth: [600, 3_000] },
    ...{
      stopKind: "stop",
      canShort: true,
      lateAcceptMs: MT5_CAPABILITIES.lateAcceptMs,
      places: "POST /mtb/order.place",
      isTerminal: true,
    },
    credentials: (keys) => ({ login: keys.login, server: keys.server, secret: keys.secret }),
  },
};
