import { Circuit } from "./circuit.ts";
import type { RateBudget, RateNews } from "./rate-budget.ts";
import { readBody } from "./read-body.ts";
import { VenueClock } from "./venue-clock.ts";
import { type VenueReply, type VenueRequest, type VenueRequests, VenueSilence } from "./venue-reply.ts";

/** How long a reply may take, from the first byte sent to the last one read. */
export const REPLY_MS_MAX = 10_000;
/** Bytes of a usual reply: a thousand orders or candles are a tenth of it. */
const REPLY_BYTES_MAX = 4 * 1024 * 1024;
/** A reply at or above this says that the venue itself is not well. */
const SERVER_ERROR = 500;
/** Statuses by which venues say that too much was sent; the second is Binance's, for an address that it shuts out. */
const TOO_MUCH: readonly number[] = [429, 418];

export interface RequestParts {
  /** The platform's `fetch`, or a test's. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly budget: RateBudget;
  /** What a reply says of the venue's rate, by its status and headers as a rule; `now` in UTC ms. */
  readonly rateNews: (reply: Pick<VenueReply, "status" | "headers" | "body">, now: number) => RateNews;
  /** UTC ms. */
  readonly now: () => number;
  readonly replyMsMax?: number;
  /** Calls `act` after `delayMs`, unless what it answers is called before. A test may hold time itself. */
  readonly after?: (delayMs: number, act: () => void) => () => void;
}

/** How requests to one venue are sent: one deadline for all of the reply, a size cap, no redirects, a rate that is kept. */
export function venueRequests(parts: RequestParts): VenueRequests {
  const circuit = new Circuit();
  const clock = new VenueClock();
  const { budget, now } = parts;
  return {
    async send(request) {
      if (request.maySend?.() === false)
        throw new VenueSilence("the order was stopped before it left", { isSent: false });
      const waitUntil = circuit.waitUntil(now());
      // A cancel can only take risk away, so it is tried however the venue is.
      if (waitUntil !== undefined && request.kind !== "cancel") throw notSent("does not answer", waitUntil, false);
      const retryAt = budget.take(request.kind, request.weight, now());
      if (retryAt !== undefined) throw notSent("lets no more through now", retryAt, true);
      circuit.begin(now());
      const reply = await exchange(request, parts).catch((error: unknown) => {
        circuit.failed(now());
        throw error;
      });
      const news = parts.rateNews(reply, now());
      budget.hear(news, now());
      if (reply.status >= SERVER_ERROR) circuit.failed(now());
      else circuit.answered();
      // For a question it is no refusal of what was asked. Of a change the venue's own words are passed on.
      if (TOO_MUCH.includes(reply.status) && (request.kind === "data" || request.kind === "query")) {
        throw new VenueSilence("the venue lets no more through now, by its own word", {
          ...{ isSent: true, retryAt: news.pausedUntil, isRate: true },
        });
      }
      return reply;
    },
    venueNow: () => Math.round(now() + (clock.offset()?.offsetMs ?? 0)),
    hearTime: (sample) => clock.hear(sample),
    forgetTime: () => clock.forget(),
    clockOffset: () => clock.offset(),
  };
}

function notSent(reason: string, retryAt: number, isRate: boolean): VenueSilence {
  return new VenueSilence(`the venue ${reason}: try again at ${new Date(retryAt).toISOString()}`, {
    ...{ isSent: false, retryAt, isRate },
  });
}

async function exchange(request: VenueRequest, parts: RequestParts): Promise<VenueReply> {
  const { method, url, headers, body, bytesMax = REPLY_BYTES_MAX } = request;
  const { now, replyMsMax = REPLY_MS_MAX, after = byTimer } = parts;
  const sentAt = now();
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  // What hangs is not always cut off by its signal, so the deadline does not count on that.
  const late = new Promise<never>((_, reject) => {
    stop = after(replyMsMax, () => {
      controller.abort();
      reject(new VenueSilence(`the venue must answer within ${replyMsMax} ms`, { isSent: true }));
    });
  });
  const work = async (): Promise<VenueReply> => {
    const init = { method, headers, redirect: "manual", signal: controller.signal } as const;
    const reply = await parts.fetch(url, body === undefined ? init : { ...init, body });
    if (isRedirect(reply)) throw new VenueSilence("the venue must not redirect, did", { isSent: true });
    const text = await readBody(reply, bytesMax);
    return { status: reply.status, headers: reply.headers, body: text, sentAt, heardAt: now() };
  };
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    if (error instanceof VenueSilence) throw error;
    throw new VenueSilence(`the connection to it failed${reasonOf(error)}`, { isSent: true });
  } finally {
    stop();
  }
}

function isRedirect({ status, type }: Response): boolean {
  return String(type) === "opaqueredirect" || (status >= 300 && status < 400);
}

/** What went wrong, without the address: it can hold a key or a signature. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.name !== "Error" ? ` (${error.name})` : "";
}

function byTimer(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
}
