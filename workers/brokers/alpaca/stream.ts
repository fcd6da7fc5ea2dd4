import { readJson } from "../request/read-json.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import { venueOrderOf } from "./parse.ts";
import { type AlpacaOrder, tradeFrame } from "./payloads.ts";
import { type AlpacaKey, alpacaHeaders } from "./sign.ts";

/** How often we ask to listen again, ms: the venue answers that, and says nothing else while nothing trades. */
const PROBE_MS = 30_000;
/** Three answers that are missing mean that the connection is dead. */
const SILENCE_MS_MAX = 100_000;
/** The venue names no age at which it ends a connection; a new one twice a day keeps reconnecting in practice. */
const AGE_MS_MAX = 12 * 3_600_000;
/** How long it may take to let us in, ms. */
const LOGIN_MS_MAX = 15_000;
/** Characters of a frame: an order with its legs is a hundredth of it. */
const FRAME_CHARACTERS_MAX = 256 * 1024;

const LISTEN = JSON.stringify({ action: "listen", data: { streams: ["trade_updates"] } });
const QUIET: StreamStep = { send: [], news: [] };

/**
 * What happens to the account's orders. There is no replay: what was told while nobody listened is asked for. A trade is
 * told here with another id than among the activities, so it is fetched there, and an order tells only how much it filled.
 */
export class AlpacaTradeScript implements StreamScript {
  readonly transport = "websocket";
  readonly url: string;
  readonly headers = {};
  readonly silenceMs = SILENCE_MS_MAX;
  readonly ageMsMax = AGE_MS_MAX;
  private readonly login: string;
  private openedAt = 0;
  private probedAt = 0;
  private isListening = false;

  constructor({ stream, key }: { readonly stream: string; readonly key: AlpacaKey }) {
    // Refuses a key that could be no key.
    alpacaHeaders(key);
    this.url = stream;
    this.login = JSON.stringify({ action: "authenticate", data: { key_id: key.keyId, secret_key: key.secret } });
  }

  open(nowMs: number): StreamStep {
    this.openedAt = nowMs;
    this.isListening = false;
    return { send: [this.login], news: [] };
  }

  take(frame: string, nowMs: number): StreamStep {
    let read: ReturnType<typeof tradeFrame.parse>;
    try {
      if (frame.length > FRAME_CHARACTERS_MAX) throw new RangeError("a frame must be shorter");
      read = tradeFrame.parse(readJson(frame));
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unreadable";
      return { send: [], news: [{ type: "gap", reason: `a frame could not be read: ${reason}` }] };
    }
    const { stream, data } = read;
    if (stream === "authorization") return this.authorized(data.status === "authorized", nowMs);
    if (stream === "listening") return this.listening(data.streams ?? []);
    if (stream === "trade_updates" && data.order !== undefined)
      return { send: [], news: newsOf(data.event ?? "", data.order) };
    return QUIET;
  }

  private authorized(isIn: boolean, nowMs: number): StreamStep {
    this.probedAt = nowMs;
    if (isIn) return { send: [LISTEN], news: [] };
    return { ...QUIET, close: { reason: "the venue does not accept the key", isFinal: true } };
  }

  private listening(streams: readonly string[]): StreamStep {
    if (!streams.includes("trade_updates")) {
      return { ...QUIET, close: { reason: "the venue does not tell of trades", isFinal: false } };
    }
    const isFirst = !this.isListening;
    this.isListening = true;
    const news: VenueNews[] = isFirst ? [{ type: "gap", reason: "the stream begins" }] : [];
    return { send: [], news, isReady: true };
  }

  tick(nowMs: number): StreamStep {
    if (!this.isListening && nowMs - this.openedAt > LOGIN_MS_MAX) {
      return { ...QUIET, close: { reason: "the venue did not let us in", isFinal: false } };
    }
    if (!this.isListening || nowMs - this.probedAt < PROBE_MS) return QUIET;
    this.probedAt = nowMs;
    return { send: [LISTEN], news: [] };
  }
}

/** Events that say nothing of an order: what was asked for was refused. */
const REFUSED = new Set(["order_replace_rejected", "order_cancel_rejected"]);
const TRADED = new Set(["fill", "partial_fill"]);

function newsOf(event: string, order: AlpacaOrder): VenueNews[] {
  if (REFUSED.has(event)) return [{ type: "gap", reason: event }];
  try {
    const shown = [order, ...(order.legs ?? [])].map(
      (one): VenueNews => ({
        ...{ type: "order", order: venueOrderOf(one), reason: "" },
      }),
    );
    return TRADED.has(event) ? [...shown, { type: "gap", reason: "something traded" }] : shown;
  } catch {
    return [{ type: "gap", reason: "an order could not be read" }];
  }
}
