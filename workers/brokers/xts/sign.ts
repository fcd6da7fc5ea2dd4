import { z } from "zod";
import type { RequestKind, VenueReply, VenueRequest, VenueRequests } from "../request/venue-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import { resultOf, XtsSessionEnded } from "./errors.ts";
import type { XtsFamily } from "./limits.ts";
import { readAs } from "./parse.ts";

/** Where a broker has its XTS. */
export interface XtsHost {
  /** Such as `https://xts.example.in:3000`, without a slash at the end. */
  readonly base: string;
  /** Begin of the paths of market data: `/apimarketdata`, or another where the broker says so. */
  readonly dataPrefix: string;
}

/** One of the two pairs of keys of a client: the interactive side and market data have one each. */
export interface XtsKey {
  readonly appKey: string;
  readonly secretKey: string;
}

/** What a log-in brings. It is good until the end of the day, or until the next log-in with the same key. */
export const XtsToken = z.object({
  token: z.string().min(1).max(4_000),
  userID: z.string().min(1).max(64),
  isInvestorClient: z.boolean().optional(),
  clientCodes: z.array(z.string().max(64)).max(1_000).optional(),
});
export type XtsToken = z.infer<typeof XtsToken>;

/** Keeps a token between calls and across sleeps: a second log-in would end the first one and its socket. */
export interface XtsTokenStore {
  read(): XtsToken | undefined;
  write(token: XtsToken | undefined): void;
}

export interface XtsSessionParts {
  readonly side: "interactive" | "data";
  readonly host: XtsHost;
  readonly key: XtsKey;
  readonly tokens: XtsTokenStore;
  readonly requests: (family: XtsFamily) => VenueRequests;
  /** UTC ms. */
  readonly now: () => number;
  readonly wait: (delayMs: number) => Promise<void>;
}

export interface XtsCall {
  readonly method: VenueRequest["method"];
  /** Behind the side's prefix, with its query. */
  readonly path: string;
  readonly family: XtsFamily;
  readonly kind: RequestKind;
  readonly body?: unknown;
  readonly bytesMax?: number;
}

/** Longest wait for the rate of a question, and how often it is waited for. */
const WAIT_MS_MAX = 3_000;
const WAITS_MAX = 5;

/** One side of XTS, logged in when it is first needed and again when its session has ended. */
export class XtsSession {
  private readonly parts: XtsSessionParts;
  private logging: Promise<XtsToken> | undefined;

  constructor(parts: XtsSessionParts) {
    this.parts = parts;
  }

  /** The token of now, by a log-in where there is none. */
  async token(): Promise<XtsToken> {
    return this.parts.tokens.read() ?? this.logIn();
  }

  /**
   * The result of a call. A session that has ended is a refusal before anything was looked at, so the call is made once
   * more in a new one. Throws `VenueSilence` and `VenueRefusal`.
   */
  async call(call: XtsCall): Promise<unknown> {
    const token = await this.token();
    try {
      return resultOf(await this.send(call, token));
    } catch (error) {
      if (!(error instanceof XtsSessionEnded)) throw error;
    }
    // Another call may have logged in meanwhile: its session must not be ended by ours.
    // Compared openly because both are what the venue gave us.
    if (this.parts.tokens.read()?.token === token.token) this.parts.tokens.write(undefined);
    try {
      return resultOf(await this.send(call, await this.token()));
    } catch (error) {
      if (!(error instanceof XtsSessionEnded)) throw error;
      throw new VenueRefusal("SESSION", "the venue refuses the session it has just given", { isKey: true });
    }
  }

  private logIn(): Promise<XtsToken> {
    this.logging ??= this.logInOnce().finally(() => {
      this.logging = undefined;
    });
    return this.logging;
  }

  private async logInOnce(): Promise<XtsToken> {
    const { key, tokens, side } = this.parts;
    const { appKey, secretKey } = key;
    const path = side === "interactive" ? "/user/session" : "/auth/login";
    const body = { secretKey, appKey, source: "WEBAPI" };
    const reply = await this.send({ method: "POST", path, family: "session", kind: "query", body }, undefined);
    let result: unknown;
    try {
      result = resultOf(reply);
    } catch (error) {
      if (!(error instanceof XtsSessionEnded)) throw error;
      throw new VenueRefusal("KEY", "the venue refuses the key", { isKey: true });
    }
    const token = readAs(XtsToken, result, "log-in");
    tokens.write(token);
    return token;
  }

  private async send(call: XtsCall, token: XtsToken | undefined): Promise<VenueReply> {
    const { host, side, requests, now, wait } = this.parts;
    const prefix = side === "interactive" ? "/interactive" : host.dataPrefix;
    const request: VenueRequest = {
      method: call.method,
      url: `${host.base}${prefix}${call.path}`,
      headers: {
        "content-type": "application/json",
        // As it is, without a word before it.
        ...(token === undefined ? {} : { authorization: token.token }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.bytesMax === undefined ? {} : { bytesMax: call.bytesMax }),
      kind: call.kind,
      weight: 1,
    };
    for (let waited = 0; ; waited++) {
      try {
        return await requests(call.family).send(request);
      } catch (error) {
        const retryAt = error instanceof VenueSilence && !error.isSent ? error.retryAt : undefined;
        // One question a second is let through: it is worth to wait for, where an order would be late.
        const isWorth = call.kind !== "order" && retryAt !== undefined && retryAt - now() <= WAIT_MS_MAX;
        if (!isWorth || waited >= WAITS_MAX) throw error;
        await wait(Math.max(1, retryAt - now()));
      }
    }
  }
}
