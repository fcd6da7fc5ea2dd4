/** First pause before a broken socket is opened again; doubles up to the next. */
const RECONNECT_DELAY_MS_MIN = 500;
const RECONNECT_DELAY_MS_MAX = 15_000;
/** With no socket for this long, the page says offline and no longer pretends to be about to return. */
const OFFLINE_AFTER_MS = 60_000;

export type LiveState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly sinceMs: number }
  | { readonly kind: "offline"; readonly sinceMs: number };

/** The part of a WebSocket that the channel uses. */
export interface LiveSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveDeps {
  open(): Promise<LiveSocket>;
  now(): number;
  /** Runs `act` later; the result cancels it. */
  later(act: () => void, delayMs: number): () => void;
  /** 0..1, spreads reconnects of many pages. */
  random(): number;
}

/** What a frame of the server means to the channel. */
export type LiveFrame<T> =
  | { readonly type: "snapshot"; readonly sequence: number; readonly state: T }
  | { readonly type: "delta"; readonly sequence: number; readonly change: Partial<T> }
  | { readonly type: "error"; readonly code: string; readonly message: string };

export interface LiveListeners<T> {
  onValue(value: T): void;
  onState(state: LiveState): void;
  onError(error: { code: string; message: string }): void;
  /** The frame in a text of the server; undefined for one that cannot be understood. */
  parse(text: string): LiveFrame<T> | undefined;
}

export interface LiveChannel {
  send(message: { readonly type: string }): void;
  close(): void;
}

/**
 * Follows one value over a socket: a snapshot, then deltas numbered from it by one. A missed number asks for a new
 * snapshot, a broken socket is opened again with growing pauses, and a reopened one starts from a snapshot, so a gap is
 * always filled and never skipped.
 */
export function openLiveChannel<T>(deps: LiveDeps, listeners: LiveListeners<T>): LiveChannel {
  let socket: LiveSocket | undefined;
  let value: T | undefined;
  let sequence = -1;
  let attempts = 0;
  let brokenSinceMs: number | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  function receive(text: unknown): void {
    const frame = typeof text === "string" ? listeners.parse(text) : undefined;
    if (frame === undefined) return;
    if (frame.type === "error") {
      listeners.onError(frame);
      return;
    }
    if (frame.type === "snapshot") {
      value = frame.state;
    } else if (value === undefined || frame.sequence !== sequence + 1) {
      // A delta that is older than the snapshot was overtaken by it; one further on means a gap.
      if (value === undefined || frame.sequence > sequence) socket?.send(JSON.stringify({ type: "snapshot" }));
      return;
    } else {
      value = { ...value, ...frame.change };
    }
    sequence = frame.sequence;
    attempts = 0;
    brokenSinceMs = undefined;
    listeners.onState({ kind: "live" });
    listeners.onValue(value);
  }

  function broken(): void {
    if (closed) return;
    socket = undefined;
    value = undefined;
    brokenSinceMs ??= deps.now();
    const away = deps.now() - brokenSinceMs >= OFFLINE_AFTER_MS;
    listeners.onState({ kind: away ? "offline" : "reconnecting", sinceMs: brokenSinceMs });
    const pause = Math.min(RECONNECT_DELAY_MS_MAX, RECONNECT_DELAY_MS_MIN * 2 ** attempts++);
    cancelTimer = deps.later(connect, pause * (0.5 + deps.random() / 2));
  }

  function connect(): void {
    deps.open().then((opened) => {
      if (closed) {
        opened.close();
        return;
      }
      socket = opened;
      opened.onmessage = (event) => receive(event.data);
      opened.onclose = () => {
        if (socket === opened) broken();
      };
    }, broken);
  }

  listeners.onState({ kind: "connecting" });
  connect();
  return {
    send: (message) => socket?.send(JSON.stringify(message)),
    close() {
      closed = true;
      cancelTimer?.();
      socket?.close();
      socket = undefined;
    },
  };
}
