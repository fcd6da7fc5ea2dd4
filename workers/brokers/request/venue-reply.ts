/** What a request is for: each kind has its own share of the rate, and cancels have a reserve. */
export type RequestKind = "order" | "cancel" | "query" | "data";

/** One request as a venue's client makes it: signed, and with the body exactly as signed. */
export interface VenueRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Whole, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly kind: RequestKind;
  /** What it costs of the venue's budget, in the venue's own unit. */
  readonly weight: number;
  /** Asked right before it leaves; where it says no, it never does. */
  readonly maySend?: (() => boolean) | undefined;
  /** Most that its reply may hold, where that is more than usual. */
  readonly bytesMax?: number;
}

/** A reply that arrived whole and within its limits. `body` is not to be trusted. */
export interface VenueReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** When it was sent and when it had arrived, UTC ms. */
  readonly sentAt: number;
  readonly heardAt: number;
}

/**
 * No reply that can be relied on: a deadline, a dropped connection, a body beyond its size, a circuit that is open, a rate
 * that is used up. `isSent` tells whether the venue may have got the request.
 */
export class VenueSilence extends Error {
  readonly isSent: boolean;
  /** Earliest moment at which asking again makes sense, UTC ms. */
  readonly retryAt: number | undefined;
  /** The venue is well: its rate is used up. */
  readonly isRate: boolean;
  constructor(
    message: string,
    { isSent, retryAt, isRate = false }: { isSent: boolean; retryAt?: number | undefined; isRate?: boolean },
  ) {
    super(message);
    this.name = "VenueSilence";
    this.isSent = isSent;
    this.retryAt = retryAt;
    this.isRate = isRate;
  }
}

/** The venue refused for certain, by a code of its list. `isKey`: with this key nothing will be answered any more. */
export class VenueRefusal extends Error {
  readonly code: string;
  readonly isKey: boolean;
  constructor(code: string, message: string, { isKey = false } = {}) {
    super(message);
    this.name = "VenueRefusal";
    this.code = code;
    this.isKey = isKey;
  }
}

/** Sends requests to one venue. One deadline for the whole reply; redirects are not followed. Throws `VenueSilence`. */
export interface VenueRequests {
  send(request: VenueRequest): Promise<VenueReply>;
  /** The venue's time by its own clock, UTC ms: ours and the measured offset. */
  venueNow(): number;
  /** Takes in what a reply said of the venue's time, UTC ms; until then the offset counts as zero. */
  hearTime(sample: { readonly sentAt: number; readonly heardAt: number; readonly venueAt: number }): void;
  /** What was measured so far counts no more: one of the clocks was set. */
  forgetTime(): void;
  /** How far the venue's clock is before ours, ms, and how far that can be off; undefined before it was measured. */
  clockOffset(): { readonly offsetMs: number; readonly errorMs: number } | undefined;
}
