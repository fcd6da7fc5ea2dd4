import type { VenueNews } from "./venue-news.ts";

/** What a frame of a stream, or the passing of time, asks of whoever holds the connection. */
export interface StreamStep {
  /** Frames to send, in this order. */
  readonly send: readonly string[];
  readonly news: readonly VenueNews[];
  /** The venue has confirmed that it tells us everything from here on. */
  readonly isReady?: true;
  /** The connection is of no use any more and why; `isFinal`: a new one with the same key would not help. */
  readonly close?: { readonly reason: string; readonly isFinal: boolean };
}

/**
 * How a venue's stream is spoken, as a machine without a connection of its own: whoever holds the socket asks it what to
 * send and hands it what came. Text that came is not to be trusted; a frame that cannot be read closes nothing and is
 * told as a gap.
 */
export interface StreamScript {
  /** `lines`: a reply over HTTP that never ends, one JSON text a line. */
  readonly transport: "websocket" | "lines";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Silence after which the connection counts as dead, ms. */
  readonly silenceMs: number;
  /** A connection is replaced at this age, ms, before the venue ends it. */
  readonly ageMsMax: number;
  /** Called once the connection stands. */
  open(nowMs: number): StreamStep;
  take(frame: string, nowMs: number): StreamStep;
  /** Called each second. */
  tick(nowMs: number): StreamStep;
}
