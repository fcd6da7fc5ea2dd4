import { z } from "zod";
import { readReply, reliably } from "../request/read-reply.ts";
import type { RequestKind, VenueReply, VenueRequest, VenueRequests } from "../request/venue-reply.ts";
import type { BinanceHosts } from "./environment.ts";
import { type BinanceError, errorOf, isClock, refuse } from "./errors.ts";
import { timeOf } from "./parse.ts";
import { type Params, queryOf, type Sign, signedQuery } from "./sign.ts";

/** How late a request may arrive, ms: with the venue's clock measured more is not needed, and old orders must not trade. */
const RECEIVE_WINDOW_MS = 5_000;
/** The venue's clock is measured again after this long: clocks drift. */
const CLOCK_KEPT_MS = 600_000;

const ServerTime = z.object({ serverTime: z.string().max(20) });

export interface Call {
  readonly method: VenueRequest["method"];
  readonly path: string;
  readonly params: Params;
  readonly kind: RequestKind;
  readonly weight: number;
  readonly bytesMax?: number;
  readonly maySend?: (() => boolean) | undefined;
}

/** What came of a call: a body to be read, or the venue's refusal. */
export type Answer =
  | { readonly reply: VenueReply; readonly error: undefined }
  | { readonly reply: VenueReply; readonly error: BinanceError };

/** Requests of one key, signed by the venue's clock. */
export class BinanceConnection {
  readonly requests: VenueRequests;
  readonly hosts: BinanceHosts;
  private readonly apiKey: string;
  private readonly sign: Promise<Sign>;
  private measuredAt: number | undefined;

  constructor(parts: { requests: VenueRequests; hosts: BinanceHosts; apiKey: string; sign: Promise<Sign> }) {
    this.requests = parts.requests;
    this.hosts = parts.hosts;
    this.apiKey = parts.apiKey;
    this.sign = parts.sign;
    // Whoever uses it first is told; until then nobody has to be.
    this.sign.catch(() => undefined);
  }

  /** Has the venue's clock measured. Throws VenueSilence where that does not go. */
  async ready(): Promise<void> {
    const now = this.requests.venueNow();
    const age = this.measuredAt === undefined ? CLOCK_KEPT_MS : now - this.measuredAt;
    if (age >= 0 && age < CLOCK_KEPT_MS) return;
    await this.measure();
  }

  private async measure(): Promise<void> {
    const { reply } = await this.open({ method: "GET", path: "/api/v3/time", params: [], kind: "query", weight: 1 });
    const venueAt = reliably(() => timeOf(readReply(reply.body, ServerTime).serverTime));
    this.requests.hearTime({ sentAt: reply.sentAt, heardAt: reply.heardAt, venueAt });
    this.measuredAt = this.requests.venueNow();
  }

  /** A request that needs no key. Throws VenueSilence and VenueRefusal. */
  async open(call: Call, host = this.hosts.rest): Promise<{ readonly reply: VenueReply }> {
    const query = queryOf(call.params);
    const url = `${host}${call.path}${query === "" ? "" : `?${query}`}`;
    const reply = await this.requests.send({ ...plain(call), url, headers: {} });
    const error = errorOf(reply);
    if (error !== undefined) refuse(error);
    return { reply };
  }

  /** A signed request that only asks; answers its body. Throws VenueSilence and VenueRefusal. */
  async ask(call: Call): Promise<string> {
    const { reply, error } = await this.send(call);
    if (error !== undefined) refuse(error);
    return reply.body;
  }

  /** A signed request. One that came too late or too early for the venue's clock was not executed, so it is sent again. */
  async send(call: Call): Promise<Answer> {
    // A key that cannot be read is told before the venue is asked, which may not answer.
    await this.sign;
    await this.ready();
    const first = await this.once(call);
    if (first.error === undefined || !isClock(first.error) || !first.error.isDefinite) return first;
    this.requests.forgetTime();
    await this.measure();
    return this.once(call);
  }

  private async once(call: Call): Promise<Answer> {
    const { method, params } = call;
    const timed: Params = [
      ...params,
      ["recvWindow", String(RECEIVE_WINDOW_MS)],
      ["timestamp", String(this.requests.venueNow())],
    ];
    const query = await signedQuery(timed, await this.sign);
    const url = `${this.hosts.rest}${call.path}`;
    const key = { "x-mbx-apikey": this.apiKey };
    const request: Pick<VenueRequest, "url" | "headers" | "body"> =
      method === "POST"
        ? { url, headers: { ...key, "content-type": "application/x-www-form-urlencoded" }, body: query }
        : { url: `${url}?${query}`, headers: key };
    const reply = await this.requests.send({ ...plain(call), ...request });
    const error = errorOf(reply);
    return error === undefined ? { reply, error } : { reply, error };
  }
}

function plain({ method, kind, weight, bytesMax, maySend }: Call): Omit<VenueRequest, "url" | "headers" | "body"> {
  return { method, kind, weight, maySend, ...(bytesMax === undefined ? {} : { bytesMax }) };
}
