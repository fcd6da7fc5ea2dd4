import {
  type AccountFrame,
  answerTooLong,
  type HoldRequest,
  NEWS_IN_FRAME_MAX,
  SIDECAR_FRAME_CHARACTERS_MAX,
  type SidecarFrame,
  type VenueLineState,
} from "../schema/wire/sidecar.ts";
import { newsText } from "../workers/brokers/news-text.ts";
import { VenueRefusal, VenueSilence } from "../workers/brokers/request/venue-reply.ts";
import type { VenueNews } from "../workers/brokers/venue-news.ts";
import { AccountLine, type BeatSettings } from "./account-line.ts";
import type { Connect } from "./connection.ts";
import { ItemRing, type RingBounds } from "./item-ring.ts";
import type { Timers } from "./timers.ts";
import type { VenueListener, VenueSide } from "./venue-line.ts";

/** Kept for one account: some minutes of a busy one. Were 200 accounts cut off at once, it would be 100 MB in all. */
export const RING_BOUNDS: RingBounds = { itemsMax: 2_000, charactersMax: 256 * 1024 };

/** What every hold of a process has in common. */
export interface HoldParts {
  readonly connect: Connect;
  readonly timers: Timers;
  readonly beats: BeatSettings;
  readonly bounds: RingBounds;
  readonly newId: () => string;
  readonly token: (claims: { accountId: string; ownerId: string; epoch: number }) => Promise<string>;
  /** The venue's side of a request; throws RangeError for a venue or credentials that it does not know. */
  readonly venueSide: (asked: AskedHold, listener: VenueListener) => VenueSide;
}

export interface AskedHold {
  readonly accountId: string;
  readonly ownerId: string;
  readonly request: HoldRequest;
}

/** One account's stream: its venue on one side, its object on the other, and the ring between them. */
export class Hold {
  readonly stream: string;
  readonly epoch: number;
  readonly ownerId: string;
  private readonly parts: HoldParts;
  private readonly ring: ItemRing;
  private readonly venue: VenueSide;
  private readonly line: AccountLine;
  private shown: { readonly state: VenueLineState; readonly reason: string } = { state: "connecting", reason: "" };

  constructor(asked: AskedHold, parts: HoldParts, dismissed: (hold: Hold) => void) {
    const { accountId, ownerId, request } = asked;
    this.parts = parts;
    this.stream = parts.newId();
    this.epoch = request.epoch;
    this.ownerId = ownerId;
    this.ring = new ItemRing(parts.bounds);
    this.venue = parts.venueSide(asked, {
      news: (news, onTaken) => this.tellNews(news, onTaken),
      state: (state, reason) => this.tellState(state, reason),
    });
    this.line = new AccountLine({
      ...{ url: request.callback, stream: this.stream, epoch: request.epoch, ring: this.ring },
      ...{ connect: parts.connect, timers: parts.timers, beats: parts.beats },
      token: () => parts.token({ accountId, ownerId, epoch: request.epoch }),
      ask: (frame) => this.answer(frame),
      dismissed: () => dismissed(this),
    });
  }

  get state(): VenueLineState {
    return this.shown.state;
  }

  /** Whether the account hears us. */
  get isHeard(): boolean {
    return this.line.isUp;
  }

  /** Items that the account has not stored yet. */
  get waiting(): number {
    return this.ring.size;
  }

  start(): void {
    this.line.start();
    this.venue.start();
  }

  end(reason: "drain" | "replaced" | "released"): void {
    this.venue.end();
    this.line.end(reason);
  }

  private tellNews(news: readonly VenueNews[], onTaken?: () => void): void {
    for (let from = 0; from < news.length; from += NEWS_IN_FRAME_MAX) {
      const part = news.slice(from, from + NEWS_IN_FRAME_MAX).map(newsText);
      const isLast = from + NEWS_IN_FRAME_MAX >= news.length;
      this.ring.push({ kind: "news", news: part }, isLast ? onTaken : undefined);
    }
    this.line.pump();
  }

  private tellState(state: VenueLineState, reason: string): void {
    this.shown = { state, reason };
    this.ring.push({ kind: "state", state, reason: reason.slice(0, 500), at: this.parts.timers.now() });
    this.line.pump();
  }

  /** Asks the venue; every end of that is an answer. */
  private async answer({ id, method, params, leftMs }: Extract<AccountFrame, { type: "ask" }>): Promise<SidecarFrame> {
    const refused = (code: string, message: string, isSent: boolean): SidecarFrame => ({
      ...{ type: "answer", id, ok: false, code: code.slice(0, 200), message: message.slice(0, 500), isSent },
    });
    if (this.venue.ask === undefined)
      return refused("NOT_ASKED_HERE", "this venue is not asked over the sidecar", false);
    try {
      const value = await this.venue.ask(method, params, leftMs);
      const answer: SidecarFrame = { type: "answer", id, ok: true, value: (value ?? null) as never };
      const { length } = JSON.stringify(answer);
      return length > SIDECAR_FRAME_CHARACTERS_MAX ? answerTooLong(id, length) : answer;
    } catch (error) {
      if (error instanceof VenueSilence) return refused("SILENCE", error.message, error.isSent);
      if (error instanceof VenueRefusal) return refused(error.code, error.message, true);
      return refused("FAILED", error instanceof Error ? error.message : String(error), true);
    }
  }
}
