import { z } from "zod";
import type { HoldRequest } from "../../../schema/wire/sidecar.ts";
import { readJson } from "../request/read-json.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import { markOf } from "./candles.ts";
import { fillOf, orderOf, readAs, XtsOrder, XtsTrade } from "./parse.ts";

/** What a stream needs: the token of a session of its side, by the account's own log-in. */
const XtsStreamCredentials = z.strictObject({
  base: z.url({ protocol: /^https?$/ }).max(300),
  token: z.string().min(1).max(4_000),
  userId: z.string().min(1).max(64),
  side: z.enum(["interactive", "data"]),
  /** Begin of the data side's paths; not needed for the interactive one. */
  dataPrefix: z
    .string()
    .regex(/^\/[a-z]{1,40}$/)
    .optional(),
});
export type XtsStreamCredentials = z.infer<typeof XtsStreamCredentials>;

/** Without a word of its own a server pings us at this rate, ms, and gives us as long to answer. */
const PING_MS = 25_000;
const PING_MS_MIN = 1_000;
const PING_MS_MAX = 120_000;
const SILENT_MS_MIN = 90_000;
/** Some servers never say that one has joined: a session that stands this long has, ms. */
const JOIN_MS_MAX = 5_000;
/** Tokens end with the day: a connection is never kept longer. */
const AGE_MS_MAX = 20 * 3_600_000;
const EVENT_NAME = /^[a-zA-Z0-9-]{1,40}$/;

/** The script of one connection to XTS. Throws RangeError for credentials that cannot be such. */
export function xtsStreamOf({ credentials }: Pick<HoldRequest, "credentials">): () => StreamScript {
  const parsed = XtsStreamCredentials.safeParse(credentials);
  if (!parsed.success)
    throw new RangeError(`credentials.${parsed.error.issues[0]?.path.join(".")} is not as it must be`);
  return () => new XtsStream(parsed.data);
}

/**
 * Socket.IO 2 over Engine.IO 3, of which five kinds of packets are spoken: the server opens with `0{…}` and `40`, we send
 * `2` at the rate it names and hear `3`, and events come as `42["name","{…}"]` with JSON inside of JSON.
 */
export class XtsStream implements StreamScript {
  readonly transport = "websocket";
  readonly url: string;
  readonly headers = {};
  readonly silenceMs = SILENT_MS_MIN;
  readonly ageMsMax = AGE_MS_MAX;
  private pingMs = PING_MS;
  private pingedAt = 0;
  private connectedAt: number | undefined;
  private isReady = false;

  constructor({ base, token, userId, side, dataPrefix = "/apimarketdata" }: XtsStreamCredentials) {
    const path = side === "interactive" ? "/interactive/socket.io/" : `${dataPrefix}/socket.io/`;
    const url = new URL(path, base);
    url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
    const own: Record<string, string> =
      side === "interactive" ? { apiType: "INTERACTIVE" } : { publishFormat: "JSON", broadcastMode: "Full" };
    const query = { EIO: "3", transport: "websocket", token, userID: userId, ...own };
    url.search = new URLSearchParams(query).toString();
    this.url = url.toString();
  }

  open(nowMs: number): StreamStep {
    this.pingedAt = nowMs;
    return NOTHING;
  }

  take(frame: string, nowMs: number): StreamStep {
    switch (frame.charAt(0)) {
      case "0":
        this.greet(frame.slice(1));
        return NOTHING;
      case "1":
        return closing("the venue closed the session", false);
      case "2":
        // Servers of a later make ask us instead.
        return { send: [`3${frame.slice(1)}`], news: [] };
      case "3":
      case "6":
        return NOTHING;
      case "4":
        return this.message(frame.slice(1), nowMs);
      default:
        return gap("a packet of no known kind");
    }
  }

  tick(nowMs: number): StreamStep {
    const send: string[] = [];
    if (nowMs - this.pingedAt >= this.pingMs) {
      this.pingedAt = nowMs;
      send.push("2");
    }
    const joined = this.connectedAt !== undefined && nowMs - this.connectedAt >= JOIN_MS_MAX;
    return joined ? { ...this.ready(), send } : { send, news: [] };
  }

  private greet(text: string): void {
    const Greeting = z.looseObject({ pingInterval: z.string().regex(/^\d{1,9}$/) });
    try {
      const { pingInterval } = Greeting.parse(readJson(text));
      this.pingMs = Math.min(PING_MS_MAX, Math.max(PING_MS_MIN, Number(pingInterval)));
    } catch {
      // It keeps the usual rate, which is what all servers that we know use.
    }
  }

  private message(text: string, nowMs: number): StreamStep {
    if (text.startsWith("0")) {
      this.connectedAt ??= nowMs;
      return NOTHING;
    }
    if (text.startsWith("1")) return closing("the venue disconnected us", false);
    if (text.startsWith("4")) return closing(`the venue refused the connection: ${text.slice(1, 200)}`, true);
    if (!text.startsWith("2")) return gap("a message of no known kind");
    let event: [string, unknown];
    try {
      event = Packet.parse(readJson(text.slice(1)));
    } catch {
      return gap("an event could not be read");
    }
    return this.event(event[0], event[1], nowMs);
  }

  private event(name: string, content: unknown, nowMs: number): StreamStep {
    if (name === "joined") return this.ready();
    if (name === "logout") return closing("the session was ended by another log-in", true);
    if (name === "error") return closing("the venue told an error", false);
    if (name === "disconnect") return closing("the venue disconnected us", false);
    const news = newsOf(name, content, nowMs);
    return { send: [], news };
  }

  private ready(): StreamStep {
    if (this.isReady) return NOTHING;
    this.isReady = true;
    return { ...NOTHING, isReady: true };
  }
}

const Packet = z
  .tuple([z.string().regex(EVENT_NAME)], z.unknown())
  .transform(([name, content]): [string, unknown] => [name, content]);

const NOTHING: StreamStep = { send: [], news: [] };

/** What an event says. One that should say something and cannot be read is told as a gap. */
function newsOf(name: string, content: unknown, nowMs: number): VenueNews[] {
  try {
    // JSON as a text, within JSON.
    const value = typeof content === "string" ? readJson(content) : content;
    if (name === "order") {
      const row = readAs(XtsOrder, value, "order");
      return [{ type: "order", order: orderOf(row), reason: row.cancelrejectreason ?? "" }];
    }
    if (name === "trade") return [{ type: "fill", fill: fillOf(readAs(XtsTrade, value, "trade")) }];
    if (name === "position" || name === "tradeConversion") return [{ type: "gap", reason: `the venue told ${name}` }];
    if (/^15\d\d-json-full$/.test(name)) {
      const mark = markOf(value, nowMs);
      return mark === undefined ? [] : [{ type: "mark", mark }];
    }
    return [];
  } catch (error) {
    const isPrice = /^15\d\d-/.test(name);
    return isPrice
      ? []
      : [{ type: "gap", reason: error instanceof Error ? error.message : "an event could not be read" }];
  }
}

function gap(reason: string): StreamStep {
  return { send: [], news: [{ type: "gap", reason }] };
}

function closing(reason: string, isFinal: boolean): StreamStep {
  return { send: [], news: [], close: { reason, isFinal } };
}
