/** Where Binance is reached. `testnet` has money of its own, `demo` has the live market's prices. */
export type BinanceEnvironment = "live" | "testnet" | "demo";

export interface BinanceHosts {
  /** Without a slash at the end. */
  readonly rest: string;
  /** Market data that needs no key, from a host of its own where there is one. */
  readonly data: string;
  /** The socket that user data is subscribed on. */
  readonly socket: string;
  readonly marketStream: string;
  /** Whether it knows what a key may do, and the state of the system. */
  readonly hasWallet: boolean;
}

/** Hosts of the venue's documentation. */
export const BINANCE_HOSTS: Readonly<Record<BinanceEnvironment, BinanceHosts>> = {
  live: {
    rest: "https://api.binance.com",
    data: "https://data-api.binance.vision",
    socket: "wss://ws-api.binance.com:443/ws-api/v3",
    marketStream: "wss://data-stream.binance.vision/stream",
    hasWallet: true,
  },
  testnet: {
    rest: "https://testnet.binance.vision",
    data: "https://testnet.binance.vision",
    socket: "wss://ws-api.testnet.binance.vision/ws-api/v3",
    marketStream: "wss://stream.testnet.binance.vision/stream",
    hasWallet: false,
  },
  demo: {
    rest: "https://demo-api.binance.com",
    data: "https://demo-api.binance.com",
    socket: "wss://demo-ws-api.binance.com/ws-api/v3",
    marketStream: "wss://demo-stream.binance.com/stream",
    hasWallet: false,
  },
};
