import { readJson } from "../request/read-json.ts";
import { venueInstant } from "../venue-decimal.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import { PRICE_INTERVAL_MS } from "./latest.ts";
import { dataPrice, instrumentId, nativeSymbol } from "./parse.ts";
import { dataFrames } from "./payloads.ts";
import { type AlpacaKey, alpacaHeaders } from "./sign.ts";

/** Nothing may trade for a long time; whoever holds the connection pings it. */
const SILENCE_MS_MAX = 15 * 60_000;
const AGE_MS_MAX = 12 * 3_600_000;
const FRAME_CHARACTERS_MAX = 1024 * 1024;

/** Errors after which the same key gets no further: it is not let in, or has not paid for this. */
const FINAL = new Set(["402", "408", "409"]);

/** The trades of some instruments as they happen: stocks of one feed, or coins. */
export class AlpacaDataScript implements StreamScript {
  readonly transport = "websocket";
  readonly url: string;
  readonly headers = {};
  readonly silenceMs = SILENCE_MS_MAX;
  readonly ageMsMax = AGE_MS_MAX;
  private readonly login: string;
  private readonly subscribe: string;

  constructor({ url, key, instruments }: { url: string; key: AlpacaKey; instruments: readonly string[] }) {
    alpacaHeaders(key);
    const trades = instruments.map(nativeSymbol).filter((symbol) => symbol !== undefined);
    if (trades.length === 0) throw new RangeError("instruments must name at least one of Alpaca's");
    this.url = url;
    this.login = JSON.stringify({ action: "auth", key: key.keyId, secret: key.secret });
    this.subscribe = JSON.stringify({ action: "subscribe", trades });
  }

  open(): StreamStep {
    return { send: [], news: [] };
  }

  take(frame: string, nowMs: number): StreamStep {
    const send: string[] = [];
    const news: VenueNews[] = [];
    let isReady = false;
    for (const message of messagesOf(frame)) {
      if (message.T === "success" && message.msg === "connected") send.push(this.login);
      if (message.T === "success" && message.msg === "authenticated") send.push(this.subscribe);
      if (message.T === "subscription") isReady = true;
      if (message.T === "error") {
        const reason = `${message.code ?? ""} ${message.msg ?? ""}`.trim();
        return { send, news, close: { reason, isFinal: FINAL.has(message.code ?? "") } };
      }
      if (message.T === "t") news.push(...markOf(message, nowMs));
    }
    return isReady ? { send, news, isReady } : { send, news };
  }

  tick(): StreamStep {
    return { send: [], news: [] };
  }
}

function messagesOf(frame: string) {
  if (frame.length > FRAME_CHARACTERS_MAX) return [];
  try {
    return dataFrames.parse(readJson(frame));
  } catch {
    // The next price makes up for one that could not be read.
    return [];
  }
}

function markOf(
  { S, p, t }: { S?: string | undefined; p?: string | undefined; t?: string | undefined },
  heardAt: number,
): VenueNews[] {
  if (S === undefined || p === undefined || t === undefined) return [];
  try {
    const at = venueInstant(t, "trade.t");
    const mark = { instrument: instrumentId(S), price: dataPrice(p), at, heardAt, intervalMs: PRICE_INTERVAL_MS };
    return [{ type: "mark", mark }];
  } catch {
    return [];
  }
}
