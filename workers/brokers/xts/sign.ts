import { z } from "zod";
import type { RequestKind, VenueReply, VenueRequest, VenueRequests } from "../request/venue-reply.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import { resultOf, XtsSessionEnded } from "./errors.ts";
import type { XtsFamily } from "./limits.ts";

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

/** One of the two sides of a client: each has a key, a session and a socket of its own. */
export type XtsSide = "interactive" | "data";

/**
 * Who holds the token of a side, for everybody who asks with its key: a log-in ends the session before it and its socket, so
 * that of all who use a key one may log in. Both throw `VenueSilence` and `VenueRefusal`.
 */
export interface XtsTokens {
  /** The token of now, by a log-in where there is none. */
  current(): Promise<XtsToken>;
  /** Another than this one, which has ended: the one that somebody else was given meanwhile, or that of a log-in. */
  renewed(ended: string): Promise<XtsToken>;
}

/** What a request of a side needs. */
export interface XtsRequestParts {
  readonly side: XtsSide;
  readonly host: XtsHost;
  readonly requests: (family: XtsFamily) => VenueRequests;
  /** UTC ms. */
  readonly now: () => number;
  readonly wait: (delayMs: number) => Promise<void>;
}

export interface XtsSessionParts extends XtsRequestParts {
  readonly tokens: XtsTokens;
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

/** One side of XTS, asked with whatever token is good now. */
export class XtsSession {
  private readonly parts: XtsSessionParts;

  constructor(parts: XtsSessionParts) {
    this.parts = parts;
  }

  token(): Promise<XtsToken> {
    return this.parts.tokens.current();
  }

  /**
   * The result of a call. A session that has ended is a refusal before anything was looked at, so the call is made once
   * more in a new one. Throws `VenueSilence` and `VenueRefusal`.
   */
  async call(call: XtsCall): Promise<unknown> {
    const { tokens } = this.parts;
    const { token } = await tokens.current();
    try {
      return resultOf(await sendXts(this.parts, call, token));
    } catch (error) {
      if (!(error instanceof XtsSessionEnded)) throw error;
    }
    try {
      return resultOf(await sendXts(this.parts, call, (await tokens.renewed(token)).token));
    } catch (error) {
      if (!(error instanceof XtsSessionEnded)) throw error;
      throw new VenueRefusal("SESSION", "the venue refuses the session it has just given", { isKey: true });
    }
  }
}

/** Sends a call with a token, or without one to log in; questions wait for their turn. Throws `VenueSilence`. */
export async function sendXts(parts: XtsRequestParts, call: XtsCall, token: string | undefined): Promise<VenueReply> {
  const { host, side, requests, now, wait } = parts;
  const prefix = side === "interactive" ? "/interactive" : host.dataPrefix;
  const request: VenueRequest = {
    method: call.method,
    url: `${host.base}${prefix}${call.path}`,
    headers: {
      "content-type": "application/json",
      // As it is, without a word before it.
      ...(token === undefined ? {} : { authorization: token }),
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
