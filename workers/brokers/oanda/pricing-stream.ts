import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import { PRICE_INTERVAL_MS } from "./client.ts";
import { markOf, nativeName, parseBody } from "./parse.ts";
import { heartbeat, oandaPrice } from "./payloads.ts";
import { oandaHeaders } from "./sign.ts";
import { AGE_MS_MAX, type OandaStreamParts, SILENCE_MS_MAX } from "./stream.ts";

/** Characters of a price with all of its depth. */
const LINE_CHARACTERS_MAX = 64 * 1024;

/** Prices as they change, four times a second at most for each instrument. */
export class OandaPricingScript implements StreamScript {
  readonly transport = "lines";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly silenceMs = SILENCE_MS_MAX;
  readonly ageMsMax = AGE_MS_MAX;

  constructor({ stream, key, instruments }: Omit<OandaStreamParts, "currency"> & { instruments: readonly string[] }) {
    const names = instruments.map(nativeName).filter((name) => name !== undefined);
    if (names.length === 0) throw new RangeError("instruments must name at least one of OANDA's");
    const account = encodeURIComponent(key.accountId);
    this.url = `${stream}/v3/accounts/${account}/pricing/stream?snapshot=true&instruments=${names.join("%2C")}`;
    this.headers = oandaHeaders(key.token);
  }

  open(): StreamStep {
    return { send: [], news: [] };
  }

  take(frame: string, nowMs: number): StreamStep {
    if (frame.trim() === "" || frame.length > LINE_CHARACTERS_MAX) return { send: [], news: [] };
    try {
      const line = parseBody(heartbeat.or(oandaPrice), frame);
      if (!("bids" in line)) return { send: [], news: [], isReady: true };
      const mark = markOf(line, nowMs, PRICE_INTERVAL_MS);
      const news: VenueNews[] = mark === undefined ? [] : [{ type: "mark", mark }];
      return { send: [], news, isReady: true };
    } catch {
      // The next price makes up for one that could not be read.
      return { send: [], news: [] };
    }
  }

  tick(): StreamStep {
    return { send: [], news: [] };
  }
}
