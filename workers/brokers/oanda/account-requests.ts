import type { z } from "zod";
import {
  type RequestKind,
  VenueRefusal,
  type VenueReply,
  type VenueRequest,
  type VenueRequests,
} from "../request/venue-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { answerOf } from "./errors.ts";
import { instrumentOf } from "./instruments.ts";
import type { OandaTrade, OandaTransaction } from "./payloads.ts";
import { instrumentsReply, tradesReply, transactionReply, transactionsReply } from "./payloads.ts";
import { oandaHeaders } from "./sign.ts";

/** Where the venue is: its practice and its live side differ by host alone. */
export const OANDA_HOSTS = {
  practice: { rest: "https://api-fxpractice.oanda.com", stream: "https://stream-fxpractice.oanda.com" },
  live: { rest: "https://api-fxtrade.oanda.com", stream: "https://stream-fxtrade.oanda.com" },
} as const;

export interface OandaKey {
  readonly token: string;
  /** Which of the token's accounts, such as 101-004-1234567-001. */
  readonly accountId: string;
}

const ACCOUNT = /^\d{1,6}-\d{1,6}-\d{1,12}-\d{1,6}$/;
/** Bytes of a whole account: a thousand orders and a thousand trades. */
const ACCOUNT_BYTES_MAX = 8 * 1024 * 1024;
/** Trades asked for at once: their ids stand in the address. */
const TRADES_ASKED_MAX = 50;

/** Questions and changes of one account, with one token. */
export class AccountRequests {
  private readonly requests: VenueRequests;
  private readonly rest: string;
  readonly accountId: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ requests, rest, key }: { requests: VenueRequests; rest: string; key: OandaKey }) {
    if (!ACCOUNT.test(key.accountId)) {
      throw new RangeError(`accountId must be such as 101-004-1234567-001, was ${key.accountId.slice(0, 40)}`);
    }
    this.requests = requests;
    this.rest = rest;
    this.accountId = key.accountId;
    this.headers = oandaHeaders(key.token);
  }

  /** A question about the account; undefined where the venue says that there is no such thing. */
  ask<S extends z.ZodType>(schema: S, path: string, kind: RequestKind = "query"): Promise<z.infer<S> | undefined> {
    return this.askVenue(schema, `/accounts/${this.accountId}${path}`, kind);
  }

  /** A question about anything. */
  async askVenue<S extends z.ZodType>(
    schema: S,
    path: string,
    kind: RequestKind = "query",
  ): Promise<z.infer<S> | undefined> {
    const request = { method: "GET", url: `${this.rest}/v3${path}`, headers: this.headers, kind, weight: 1 } as const;
    return answerOf(schema, await this.requests.send({ ...request, bytesMax: ACCOUNT_BYTES_MAX }));
  }

  /** A change of the account. Throws VenueSilence where no reply came. */
  change(method: VenueRequest["method"], path: string, { kind, body }: ChangeParts): Promise<VenueReply> {
    const url = `${this.rest}/v3/accounts/${this.accountId}${path}`;
    const request: VenueRequest = { method, url, headers: this.headers, kind, weight: 1 };
    return this.requests.send(body === undefined ? request : { ...request, body: JSON.stringify(body) });
  }

  async transaction(id: string): Promise<OandaTransaction | undefined> {
    return (await this.ask(transactionReply, `/transactions/${id}`))?.transaction;
  }

  /** Transactions after one, in order, and the account's last. */
  since(id: string, kind: RequestKind = "query"): Promise<z.infer<typeof transactionsReply> | undefined> {
    return this.ask(transactionsReply, `/transactions/sinceid?id=${id}`, kind);
  }

  /** Trades by id, open or closed. */
  async trades(ids: readonly string[]): Promise<ReadonlyMap<string, OandaTrade>> {
    const found = new Map<string, OandaTrade>();
    for (let from = 0; from < ids.length; from += TRADES_ASKED_MAX) {
      const asked = ids.slice(from, from + TRADES_ASKED_MAX);
      const reply = await this.ask(tradesReply, `/trades?state=ALL&count=${asked.length}&ids=${asked.join(",")}`);
      for (const trade of reply?.trades ?? []) found.set(trade.id, trade);
    }
    return found;
  }

  async instruments(): Promise<readonly VenueInstrument[]> {
    const reply = await this.ask(instrumentsReply, "/instruments", "data");
    if (reply === undefined) throw new VenueRefusal("ACCOUNT", "the venue must show what the account may trade");
    return reply.instruments.map(instrumentOf);
  }

  venueNow(): number {
    return this.requests.venueNow();
  }
}

export interface ChangeParts {
  readonly kind: RequestKind;
  readonly body?: unknown;
}
