import type { z } from "zod";
import type { RequestKind, VenueReply, VenueRequest, VenueRequests } from "../request/venue-reply.ts";
import { answerOf } from "./errors.ts";
import { type AlpacaKey, alpacaHeaders } from "./sign.ts";

/** Where the venue is: its paper and its live side differ by host and key. Market data has one host for both. */
export const ALPACA_HOSTS = {
  paper: {
    trading: "https://paper-api.alpaca.markets",
    stream: "wss://paper-api.alpaca.markets/stream",
    data: "https://data.alpaca.markets",
  },
  live: {
    trading: "https://api.alpaca.markets",
    stream: "wss://api.alpaca.markets/stream",
    data: "https://data.alpaca.markets",
  },
} as const;

/** Where market data streams come from, by what they are of. */
export const ALPACA_DATA_STREAMS = {
  iex: "wss://stream.data.alpaca.markets/v2/iex",
  sip: "wss://stream.data.alpaca.markets/v2/sip",
  crypto: "wss://stream.data.alpaca.markets/v1beta3/crypto/us",
} as const;

/** Questions and changes of one account, with one key. */
export class AccountRequests {
  private readonly requests: VenueRequests;
  private readonly host: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ requests, host, key }: { requests: VenueRequests; host: string; key: AlpacaKey }) {
    this.requests = requests;
    this.host = host;
    this.headers = alpacaHeaders(key);
  }

  /** A question; undefined where the venue says that there is no such thing. */
  async ask<S extends z.ZodType>(
    schema: S,
    path: string,
    { kind = "query", bytesMax }: { kind?: RequestKind; bytesMax?: number } = {},
  ): Promise<z.infer<S> | undefined> {
    const request: VenueRequest = {
      ...{ method: "GET", url: `${this.host}${path}`, headers: this.headers, kind, weight: 1 },
      ...(bytesMax === undefined ? {} : { bytesMax }),
    };
    return answerOf(schema, await this.requests.send(request));
  }

  /** A change. Throws VenueSilence where no reply came. */
  change(method: VenueRequest["method"], path: string, kind: RequestKind, body?: unknown): Promise<VenueReply> {
    const request: VenueRequest = { method, url: `${this.host}${path}`, headers: this.headers, kind, weight: 1 };
    return this.requests.send(body === undefined ? request : { ...request, body: JSON.stringify(body) });
  }

  venueNow(): number {
    return this.requests.venueNow();
  }
}
