import { RateBudget } from "../request/rate-budget.ts";
import type { VenueRequests } from "../request/venue-reply.ts";
import { type RequestParts, venueRequests } from "../request/venue-requests.ts";
import type { StreamScript } from "../venue-stream.ts";
import { type XtsMarketData, xtsMarketData } from "./candles.ts";
import { XtsClient } from "./client.ts";
import { type XtsFamily, xtsRateNews, xtsWindows } from "./limits.ts";
import { memoryTokens, XtsLogIn, type XtsTokenStore } from "./log-in.ts";
import { type XtsHost, type XtsKey, XtsSession, type XtsSide, type XtsTokens } from "./sign.ts";
import { XtsStream, type XtsStreamCredentials } from "./stream.ts";

export interface XtsParts extends Pick<RequestParts, "fetch" | "now" | "after"> {
  readonly host: XtsHost;
  readonly interactive: XtsKey;
  readonly market: XtsKey;
  /** What orders are held as; carried on where it is left out. */
  readonly product?: "MIS" | "CNC" | "NRML";
  /** Whose account it is, where the key is a dealer's. */
  readonly clientId?: string;
  /** Segments whose instruments are listed; shares and derivatives of the NSE where it is left out. */
  readonly segments?: readonly string[];
  /** Where tokens are kept; in memory where it is left out, so that each opening logs in and ends the session before. */
  readonly tokens?: (side: XtsSide) => XtsTokenStore;
  /** Who logs in, where that is somebody else: `tokens` are not used then. */
  readonly holder?: ((side: XtsSide) => XtsTokens) | undefined;
  /** Comes back after so long; waits for the rate of questions. */
  readonly wait?: (delayMs: number) => Promise<void>;
}

export interface OpenXts {
  readonly client: XtsClient;
  readonly market: XtsMarketData;
  /** The tokens of a side, for those who ask with the same key elsewhere. */
  tokens(side: XtsSide): XtsTokens;
  /** What a sidecar needs to hold the stream of a side: the token of the present session, and of no ended one. */
  streamCredentials(side: XtsSide, ended?: string): Promise<XtsStreamCredentials>;
  /** Throws VenueSilence and VenueRefusal: it needs a session. */
  userStream(): Promise<StreamScript>;
}

/** XTS of one broker with one client's keys, put together. */
export function openXts(parts: XtsParts): OpenXts {
  const { host, now, product = "NRML", clientId = "", segments = ["NSECM", "NSEFO"] } = parts;
  const wait = parts.wait ?? ((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)));
  const families = new Map<string, VenueRequests>();
  // Both sides count what they are asked apart: a log-in to one need not wait for that to the other.
  const requestsOf = (side: XtsSide, family: XtsFamily): VenueRequests => {
    const name = `${side} ${family}`;
    const known = families.get(name);
    if (known !== undefined) return known;
    const budget = new RateBudget(xtsWindows(family));
    const made = venueRequests({ ...parts, budget, rateNews: xtsRateNews });
    families.set(name, made);
    return made;
  };
  const openSide = (side: XtsSide, key: XtsKey) => {
    const asked = { side, host, now, wait, requests: (family: XtsFamily) => requestsOf(side, family) };
    const store = parts.tokens?.(side) ?? memoryTokens();
    const tokens = parts.holder?.(side) ?? new XtsLogIn({ ...asked, key, store });
    return { tokens, session: new XtsSession({ ...asked, tokens }) };
  };
  const sides = { interactive: openSide("interactive", parts.interactive), data: openSide("data", parts.market) };
  const market = xtsMarketData(sides.data.session, { segments, now });
  const client = new XtsClient({ session: sides.interactive.session, data: market, product, clientId, now });
  const streamCredentials: OpenXts["streamCredentials"] = async (side, ended) => {
    const { tokens } = sides[side];
    const { token, userID: userId } = await (ended === undefined ? tokens.current() : tokens.renewed(ended));
    return { base: host.base, dataPrefix: host.dataPrefix, token, userId, side };
  };
  return {
    client,
    market,
    tokens: (side) => sides[side].tokens,
    streamCredentials,
    userStream: async () => new XtsStream(await streamCredentials("interactive")),
  };
}
