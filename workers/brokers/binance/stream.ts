import { z } from "zod";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import { readJson } from "../request/read-json.ts";
import { readShape, reliably } from "../request/read-reply.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import type { BinanceHosts } from "./environment.ts";
import {
  BalanceUpdate,
  ExecutionReport,
  instrumentOf,
  movementOf,
  reportedFill,
  reportedOrder,
  SymbolName,
  Text,
} from "./parse.ts";
import { type Sign, socketPayload } from "./sign.ts";

/** Our own pings: the venue's are not seen by whoever reads text. Two of them unanswered and the connection is dead. */
const PING_MS = 20_000;
const SILENCE_MS = 45_000;
/** The venue ends a connection after a day. */
const AGE_MS_MAX = 23 * 3_600_000;
/** How old a subscription's signature may be when it arrives: its connection takes some seconds to stand. */
const SUBSCRIBE_WINDOW_MS = 60_000;
/** Codes of a key that is not taken, which no new connection would change. */
const FINAL: ReadonlySet<string> = new Set(["-1002", "-1022", "-2014", "-2015"]);
const SUBSCRIBE = "subscribe";
const PING = "ping";

const Answer = z.object({
  id: Text,
  status: Text,
  error: z.object({ code: Text, msg: z.string().max(1_000) }).optional(),
});
const Wrapped = z.object({ event: z.object({ e: Text }).loose() });
const Bare = z.object({ e: Text }).loose();

const NOTHING: StreamStep = { send: [], news: [] };

export interface UserStreamParts {
  readonly hosts: BinanceHosts;
  readonly apiKey: string;
  readonly sign: Sign;
  /** The venue's time, UTC ms. */
  readonly venueNow: () => number;
  /** What a symbol is quoted in, as far as it is known. */
  readonly quoteOf: (symbol: string) => string | undefined;
}

/** The stream of an account's own events, for one connection: its signature holds for a minute. */
export async function binanceUserStream(parts: UserStreamParts): Promise<StreamScript> {
  const params = [
    ["apiKey", parts.apiKey],
    ["recvWindow", String(SUBSCRIBE_WINDOW_MS)],
    ["timestamp", String(parts.venueNow())],
  ] as const;
  const signature = await parts.sign(socketPayload(params));
  const asked = { ...Object.fromEntries(params), recvWindow: SUBSCRIBE_WINDOW_MS, timestamp: Number(params[2][1]) };
  const subscribe = { id: SUBSCRIBE, method: "userDataStream.subscribe.signature", params: { ...asked, signature } };
  let pingedAt = 0;
  return {
    ...{ transport: "websocket", url: parts.hosts.socket, headers: {}, silenceMs: SILENCE_MS, ageMsMax: AGE_MS_MAX },
    open(nowMs) {
      pingedAt = nowMs;
      return { send: [JSON.stringify(subscribe)], news: [] };
    },
    take: (frame) => guarded(() => userStep(frame, parts)),
    tick(nowMs) {
      if (nowMs - pingedAt < PING_MS) return NOTHING;
      pingedAt = nowMs;
      return { send: [JSON.stringify({ id: PING, method: "ping" })], news: [] };
    },
  };
}

function userStep(frame: string, parts: UserStreamParts): StreamStep {
  const value = readJson(frame);
  const answer = Answer.safeParse(value);
  if (answer.success) return answered(answer.data);
  const { event } = readShape(value, Wrapped);
  switch (event.e) {
    case "executionReport":
      return { send: [], news: reported(readShape(event, ExecutionReport), parts) };
    case "balanceUpdate":
      return { send: [], news: [{ type: "movement", movement: movementOf(readShape(event, BalanceUpdate)) }] };
    case "eventStreamTerminated":
    case "serverShutdown":
      return closing(`the venue ends the stream: ${event.e}`, false);
    default:
      return NOTHING;
  }
}

function answered({ id, status, error }: z.infer<typeof Answer>): StreamStep {
  if (id !== SUBSCRIBE) return NOTHING;
  if (status === "200") return { ...NOTHING, isReady: true };
  const { code = "", msg = "" } = error ?? {};
  return closing(`the venue refused the subscription: ${code} ${msg}`, FINAL.has(code));
}

function reported(report: ExecutionReport, { quoteOf }: UserStreamParts): VenueNews[] {
  const quote = quoteOf(report.s);
  const order: VenueNews = { type: "order", order: reportedOrder(report), reason: report.r === "NONE" ? "" : report.r };
  if (report.x !== "TRADE") return [order];
  // A trade whose currency is not known must be asked for.
  if (quote === undefined) return [order, { type: "gap", reason: `a trade of ${report.s}` }];
  const fill = reportedFill(report, quote);
  return fill === undefined ? [order] : [{ type: "fill", fill }, order];
}

const Combined = z.object({ stream: Text, data: Bare });
const MiniTicker = z.object({ e: z.literal("24hrMiniTicker"), E: Text, s: SymbolName, c: Text });
/** How often a price is told at most. */
const MARK_MS = 1_000;

/** The stream of last prices of symbols, as many as one connection may have. */
export function binanceMarketStream({
  hosts,
  symbols,
}: {
  hosts: BinanceHosts;
  symbols: readonly string[];
}): StreamScript {
  const streams = symbols.map((symbol) => `${symbol.toLowerCase()}@miniTicker`).join("/");
  return {
    transport: "websocket",
    url: `${hosts.marketStream}?streams=${streams}`,
    ...{ headers: {}, silenceMs: SILENCE_MS, ageMsMax: AGE_MS_MAX },
    open: () => ({ ...NOTHING, isReady: true }),
    take: (frame, nowMs) => guarded(() => marketStep(frame, nowMs)),
    tick: () => NOTHING,
  };
}

function marketStep(frame: string, heardAt: number): StreamStep {
  const { data } = readShape(readJson(frame), Combined);
  if (data.e === "serverShutdown") return closing("the venue ends the stream: serverShutdown", false);
  if (data.e !== "24hrMiniTicker") return NOTHING;
  const { s, c, E } = readShape(data, MiniTicker);
  const mark = reliably(() => ({
    ...{ instrument: instrumentOf(s), price: parsePrice(c, "c"), at: Number(E), heardAt, intervalMs: MARK_MS },
  }));
  return { send: [], news: [{ type: "mark", mark }] };
}

/** A frame that cannot be read may have told something. */
function guarded(read: () => StreamStep): StreamStep {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VenueSilence)) throw error;
    return { send: [], news: [{ type: "gap", reason: error.message }] };
  }
}

function closing(reason: string, isFinal: boolean): StreamStep {
  return { send: [], news: [{ type: "gap", reason }], close: { reason, isFinal } };
}
