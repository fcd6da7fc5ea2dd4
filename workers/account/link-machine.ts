import { z } from "zod";
import {
  type AccountFrame,
  answerTooLong,
  SIDECAR_FRAME_CHARACTERS_MAX,
  SIDECAR_PROTOCOL,
  SidecarFrame,
  type SidecarItem,
  VenueLineState,
} from "../../schema/wire/sidecar.ts";
import { newsOfText } from "../brokers/news-text.ts";
import type { VenueNews } from "../brokers/venue-news.ts";

/** What an account remembers of its sidecar, across sleeps and crashes. */
export const LinkMemory = z.object({
  /** Count of our own requests to be held; a sidecar of a lower one is sent away. */
  epoch: z.number().int(),
  /** The stream whose numbers `taken` counts; empty before the first. */
  stream: z.string(),
  /** Everything up to this number is stored. */
  taken: z.number().int(),
  /** What the sidecar said of its venue last. */
  venue: z.object({ state: VenueLineState, reason: z.string(), at: z.number() }),
  /** Number of the last item that the sidecar is known to have. */
  last: z.number().int().default(0),
  /** When a sidecar came or went last, and when something was last told to be missing, UTC ms. */
  linkAt: z.number().default(0),
  gapAt: z.number().default(0),
  /** Tokens that opened sockets lately: none opens two. */
  tokens: z.array(z.object({ id: z.string(), until: z.number() })),
});
export type LinkMemory = z.infer<typeof LinkMemory>;

export const NO_LINK: LinkMemory = {
  ...{ epoch: 0, stream: "", taken: 0, last: 0, linkAt: 0, gapAt: 0, tokens: [] },
  venue: { state: "down", reason: "no sidecar was asked yet", at: 0 },
};

/** How an account reaches its venue's stream. `up`: a sidecar is there; `venue`: what it says of the venue. */
export interface LinkConnection {
  readonly up: boolean;
  readonly venue: VenueLineState;
  readonly reason: string;
  /** Since when it stands like this, UTC ms; zero where it never did otherwise. */
  readonly since: number;
  /** Items that are known to be there and were not taken yet. */
  readonly waiting: number;
  /** When something was last told to be missing, UTC ms: everything is asked for after that. Zero for never. */
  readonly gapAt: number;
}

/** What a frame asks of whoever holds the socket: first `news` are stored, then `memory`, then `send` leaves. */
export interface LinkStep {
  readonly memory: LinkMemory;
  readonly news: readonly VenueNews[];
  readonly send: readonly AccountFrame[];
  /** Answers a request of ours. */
  readonly answer?: Extract<SidecarFrame, { type: "answer" }>;
  /** The socket is of no use any more. */
  readonly close?: { readonly code: number; readonly reason: string };
}

/** Codes by which a socket is closed. After `superseded` the sidecar is to stop. */
export const LINK_CODES = { protocol: 4400, superseded: 4409, silent: 4408, replaced: 4410 } as const;

/**
 * What a frame of a sidecar means. Frames are taken exactly once and in their order: one that was taken before is
 * acknowledged again, one that comes too early closes the socket, so that everything is told again from the right place.
 */
export function takeFrame(memory: LinkMemory, text: string, { greeted }: { readonly greeted: boolean }): LinkStep {
  const tooLong = tooLongAnswer(text);
  if (tooLong !== undefined) return { memory, news: [], send: [], answer: tooLong };
  const frame = readSidecarFrame(text);
  if (frame === undefined) return closing(memory, "a frame could not be read");
  if (frame.type === "hello") return greeted ? closing(memory, "a second hello") : greet(memory, frame);
  if (!greeted) return closing(memory, "a frame came before hello");
  switch (frame.type) {
    case "answer":
      return { memory, news: [], send: [], answer: frame };
    case "bye":
      return {
        memory: { ...memory, venue: { ...memory.venue, state: "down", reason: `the sidecar left: ${frame.reason}` } },
        news: [],
        send: [],
        close: { code: 1000, reason: "bye" },
      };
    case "gap":
      if (frame.from > memory.taken + 1 || frame.to < frame.from) return closing(memory, "a gap came out of order");
      if (frame.to <= memory.taken) return { memory, news: [], send: [ackOf(memory)] };
      return taken({ ...memory, taken: frame.to, last: Math.max(memory.last, frame.to) }, [
        lost(`${frame.to - memory.taken} frames of the sidecar are lost`),
      ]);
    case "item":
      if (frame.sequence <= memory.taken) return { memory, news: [], send: [ackOf(memory)] };
      if (frame.sequence > memory.taken + 1) return closing(memory, "a frame is missing");
      return takeItem({ ...memory, taken: frame.sequence, last: Math.max(memory.last, frame.sequence) }, frame.item);
  }
}

function greet(memory: LinkMemory, hello: Extract<SidecarFrame, { type: "hello" }>): LinkStep {
  if (hello.protocol !== SIDECAR_PROTOCOL) return closing(memory, "another protocol");
  if (hello.epoch !== memory.epoch) {
    return { memory, news: [], send: [], close: { code: LINK_CODES.superseded, reason: "another epoch" } };
  }
  const isKnown = hello.stream === memory.stream && memory.taken <= hello.last;
  // What a sidecar that is gone had not told yet was told to nobody.
  const news = isKnown ? [] : [lost("the sidecar holds the stream anew")];
  const venue = { ...memory.venue, state: "connecting", reason: "" } as const;
  const begun = isKnown ? memory : { ...memory, stream: hello.stream, taken: 0, venue };
  const next = { ...begun, last: hello.last };
  return { memory: next, news, send: [{ type: "welcome", protocol: SIDECAR_PROTOCOL, taken: next.taken }] };
}

function takeItem(memory: LinkMemory, item: SidecarItem): LinkStep {
  if (item.kind === "state") {
    const { state, reason, at } = item;
    return taken({ ...memory, venue: { state, reason, at } }, []);
  }
  try {
    return taken(memory, item.news.map(newsOfText));
  } catch (error) {
    // Well formed and impossible, such as a price of zero: nothing of it is believed, and everything is asked for.
    return taken(memory, [lost(error instanceof Error ? error.message : "news could not be read")]);
  }
}

function taken(memory: LinkMemory, news: readonly VenueNews[]): LinkStep {
  return { memory, news, send: [ackOf(memory)] };
}

function ackOf({ taken: sequence }: LinkMemory): AccountFrame {
  return { type: "ack", sequence };
}

function lost(reason: string): VenueNews {
  return { type: "gap", reason };
}

function closing(memory: LinkMemory, reason: string): LinkStep {
  return { memory, news: [], send: [], close: { code: LINK_CODES.protocol, reason } };
}

/** What ends a request whose answer is too long to be read: that one fails, and the line stays. */
function tooLongAnswer(text: string): LinkStep["answer"] {
  if (text.length <= SIDECAR_FRAME_CHARACTERS_MAX) return undefined;
  const id = ANSWER_HEAD.exec(text.slice(0, ANSWER_HEAD_CHARACTERS))?.[1];
  return id === undefined ? undefined : answerTooLong(Number(id), text.length);
}

const ANSWER_HEAD = /^\{"type":"answer","id":(\d{1,16}),/;
const ANSWER_HEAD_CHARACTERS = 60;

function readSidecarFrame(text: string): SidecarFrame | undefined {
  if (text.length > SIDECAR_FRAME_CHARACTERS_MAX) return undefined;
  try {
    return SidecarFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
