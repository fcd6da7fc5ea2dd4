import { z } from "zod";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import { readJson } from "../request/read-json.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import { PRICE_INTERVAL_MS } from "./candles.ts";
import { nativeSymbol, TWELVEDATA } from "./parse.ts";

/** The venue wants to hear so often that somebody is there; its own clients say so every ten seconds. */
const HEARTBEAT_MS = 10_000;
/** It answers each of ours, so that half a minute without a word is a connection that is dead. */
const SILENCE_MS_MAX = 30_000;
const AGE_MS_MAX = 12 * 3_600_000;
const FRAME_CHARACTERS_MAX = 64 * 1024;

const Message = z.looseObject({
  event: z.string().max(40),
  status: z.string().max(20).optional(),
  symbol: z.string().max(40).optional(),
  price: z.string().max(40).optional(),
  timestamp: z
    .string()
    .regex(/^\d{1,11}$/)
    .optional(),
});

/** The prices of some instruments as they change. The key is in the address, as the venue wants it. */
export class TwelveDataPriceScript implements StreamScript {
  readonly transport = "websocket";
  readonly url: string;
  readonly headers = {};
  readonly silenceMs = SILENCE_MS_MAX;
  readonly ageMsMax = AGE_MS_MAX;
  private readonly subscribe: string;
  private beatAt = 0;

  constructor({ url, apiKey, instruments }: { url: string; apiKey: string; instruments: readonly string[] }) {
    const symbols = instruments.map(nativeSymbol).filter((symbol) => symbol !== undefined);
    if (symbols.length === 0) throw new RangeError("instruments must name at least one of Twelve Data's");
    this.url = `${url}?apikey=${encodeURIComponent(apiKey)}`;
    this.subscribe = JSON.stringify({ action: "subscribe", params: { symbols: symbols.join(",") } });
  }

  open(nowMs: number): StreamStep {
    this.beatAt = nowMs;
    return { send: [this.subscribe], news: [] };
  }

  take(frame: string, nowMs: number): StreamStep {
    const message = messageOf(frame);
    if (message?.event === "subscribe-status") {
      // Without a plan for it the venue says so once, and tells nothing.
      if (message.status === "error") {
        return { send: [], news: [], close: { reason: "the venue tells no prices with this key", isFinal: true } };
      }
      return { send: [], news: [], isReady: true };
    }
    return { send: [], news: message?.event === "price" ? markOf(message, nowMs) : [] };
  }

  tick(nowMs: number): StreamStep {
    if (nowMs - this.beatAt < HEARTBEAT_MS) return { send: [], news: [] };
    this.beatAt = nowMs;
    return { send: [JSON.stringify({ action: "heartbeat" })], news: [] };
  }
}

function messageOf(frame: string): z.infer<typeof Message> | undefined {
  if (frame.length > FRAME_CHARACTERS_MAX) return undefined;
  try {
    return Message.parse(readJson(frame));
  } catch {
    // The next price makes up for one that could not be read.
    return undefined;
  }
}

function markOf({ symbol, price, timestamp }: z.infer<typeof Message>, heardAt: number): VenueNews[] {
  const instrument = `${TWELVEDATA}:${symbol ?? ""}`;
  if (price === undefined || timestamp === undefined || nativeSymbol(instrument) === undefined) return [];
  try {
    const at = Number(timestamp) * 1_000;
    const mark = { instrument, price: parsePrice(price, "price"), at, heardAt, intervalMs: PRICE_INTERVAL_MS };
    return [{ type: "mark", mark }];
  } catch {
    return [];
  }
}
