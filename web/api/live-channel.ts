import type { ByeReason } from "../../schema/wire/live.ts";

/** First pause before a broken socket is opened again; doubles up to the next. */
const RECONNECT_DELAY_MS_MIN = 500;
const RECONNECT_DELAY_MS_MAX = 15_000;
/** With no socket for this long, the page says offline and no longer pretends to be about to return. */
const OFFLINE_AFTER_MS = 60_000;
/** The server hangs up who has not acknowledged for ten seconds, and sends at most 64 frames ahead of it. */
const ACK_DELAY_MS = 1_000;
const ACK_FRAMES = 16;
/** Silence after which the page asks whether anybody is there; with no answer for as long again, the socket is dead. */
const PING_AFTER_MS = 20_000;
const PING = "ping";
/** A question without an answer for this long counts as not heard: desks acknowledge within a second, also after waking. */
const ANSWER_MS_MAX = 10_000;

export type LiveState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly sinceMs: number }
  | { readonly kind: "offline"; readonly sinceMs: number }
  /** There is nothing to come back for: the session has ended, or the thing was deleted. */
  | { readonly kind: "ended"; readonly reason: "signed_out" | "deleted" };

/** The value that a client has, from which the server may go on. */
export interface LivePosition {
  readonly epoch: string;
  readonly sequence: number;
}

/** The part of a WebSocket that the channel uses. */
export interface LiveSocket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveDeps {
  /** A socket that opens. `position` is the value that the page has; undefined where it has none. */
  open(position: LivePosition | undefined): Promise<LiveSocket>;
  now(): number;
  /** Runs `act` later; the result cancels it. */
  later(act: () => void, delayMs: number): () => void;
  /** 0..1, spreads reconnects of many pages. */
  random(): number;
}

/** What a frame of the server means to the channel. */
export type LiveFrame<T> =
  | { readonly type: "snapshot"; readonly epoch: string; readonly sequence: number; readonly state: T }
  | { readonly type: "delta"; readonly from: number; readonly sequence: number; readonly change: Partial<T> }
  | { readonly type: "error"; readonly code: string; readonly message: string }
  | { readonly type: "bye"; readonly reason: ByeReason };

export interface LiveListeners<T> {
  onValue(value: T): void;
  onState(state: LiveState): void;
  onError(error: { code: string; message: string }): void;
  /** The frame in a text of the server; undefined for one that cannot be understood. */
  parse(text: string): LiveFrame<T> | undefined;
}

/** Why a question over a channel has no answer. */
export class LiveAskError extends Error {
  /** `away`: it was never sent, or the socket broke; `silent`: no answer in time; `refused`: the server says no. */
  readonly reason: "away" | "silent" | "refused";

  constructor(reason: LiveAskError["reason"], message: string) {
    super(message);
    this.name = "LiveAskError";
    this.reason = reason;
  }
}

interface Question {
  /** Takes the answer where the text is one. */
  hear(text: string): boolean;
  fail(error: LiveAskError): void;
}

export interface LiveChannel {
  send(message: { readonly type: string }): void;
  /**
   * Sends a message that is answered by a frame of its own, over the socket that is open now; `read` tells the answer from
   * other frames. Throws `LiveAskError`. A question that was sent may have been followed although no answer came.
   */
  ask<R>(message: { readonly type: string }, read: (text: string) => R | undefined): Promise<R>;
  close(): void;
}

/**
 * Follows one value over a socket: a snapshot, then deltas, each of what changed since the one before. A broken socket is
 * opened again with growing pauses and goes on from the value that the page has, so that a gap is always filled and
 * never skipped.
 */
export function openLiveChannel<T>(deps: LiveDeps, listeners: LiveListeners<T>): LiveChannel {
  const channel = new Channel(deps, listeners);
  channel.connect();
  return {
    send: (message) => channel.send(message),
    ask: (message, read) => channel.ask(message, read),
    close: () => channel.close(),
  };
}

class Channel<T> {
  private readonly deps: LiveDeps;
  private readonly listeners: LiveListeners<T>;
  private socket: LiveSocket | undefined;
  private value: T | undefined;
  private epoch = "";
  private sequence = -1;
  private unacknowledged = 0;
  private heardAtMs = 0;
  private attempts = 0;
  private brokenSinceMs: number | undefined;
  private closed = false;
  private readonly questions = new Set<Question>();
  /** What the channel waits for, by name. */
  private readonly timers = new Map<"ack" | "ping" | "connect", () => void>();

  constructor(deps: LiveDeps, listeners: LiveListeners<T>) {
    this.deps = deps;
    this.listeners = listeners;
    listeners.onState({ kind: "connecting" });
  }

  connect(): void {
    const { epoch, sequence } = this;
    this.deps.open(this.value === undefined ? undefined : { epoch, sequence }).then(
      (opened) => {
        if (this.closed) {
          opened.close();
          return;
        }
        this.socket = opened;
        opened.onmessage = (event) => this.receive(event.data);
        opened.onclose = () => {
          if (this.socket === opened) this.broken();
        };
        this.heardAtMs = this.deps.now();
        this.listen();
      },
      () => this.broken(),
    );
  }

  send(message: { readonly type: string }): void {
    this.socket?.send(JSON.stringify(message));
  }

  ask<R>(message: { readonly type: string }, read: (text: string) => R | undefined): Promise<R> {
    const { deps, questions, socket } = this;
    return new Promise((answer, refuse) => {
      const silent = () => question.fail(new LiveAskError("silent", "The open connection gave no answer in time."));
      const stopWaiting = deps.later(silent, ANSWER_MS_MAX);
      const end = () => {
        stopWaiting();
        questions.delete(question);
      };
      const question: Question = {
        hear(text) {
          const heard = read(text);
          if (heard === undefined) return false;
          end();
          answer(heard);
          return true;
        },
        fail(error) {
          end();
          refuse(error);
        },
      };
      questions.add(question);
      try {
        if (socket === undefined) throw awayError();
        socket.send(JSON.stringify(message));
      } catch {
        // A socket that is still opening takes nothing.
        question.fail(awayError());
      }
    });
  }

  close(): void {
    this.closed = true;
    this.failQuestions(awayError());
    for (const name of [...this.timers.keys()]) this.cancel(name);
    this.socket?.close();
    this.socket = undefined;
  }

  private receive(text: unknown): void {
    this.heardAtMs = this.deps.now();
    if (typeof text !== "string") return;
    if ([...this.questions].some((question) => question.hear(text))) return;
    const frame = this.listeners.parse(text);
    if (frame?.type === "error" && this.questions.size > 0) {
      // Errors do not say what they answer: whoever asks is told, rather than left waiting.
      this.failQuestions(new LiveAskError("refused", frame.message));
    } else if (frame?.type === "error") this.listeners.onError(frame);
    else if (frame?.type === "bye") this.leave(frame.reason);
    else if (frame !== undefined) this.take(frame);
  }

  private take(frame: Exclude<LiveFrame<T>, { type: "error" | "bye" }>): void {
    if (frame.type === "snapshot") {
      this.value = frame.state;
      this.epoch = frame.epoch;
    } else if (this.value === undefined || frame.from > this.sequence) {
      this.send({ type: "snapshot" });
      return;
    } else if (frame.sequence < this.sequence) {
      // It was overtaken by a snapshot that holds what it says.
      return;
    } else {
      this.value = { ...this.value, ...frame.change };
    }
    this.sequence = frame.sequence;
    this.attempts = 0;
    this.brokenSinceMs = undefined;
    this.acknowledge();
    this.listeners.onState({ kind: "live" });
    this.listeners.onValue(this.value);
  }

  /** Gives leave to send on, for many frames at once where many come. */
  private acknowledge(): void {
    this.unacknowledged++;
    if (this.unacknowledged >= ACK_FRAMES) this.sendAck();
    else if (!this.timers.has("ack")) this.later("ack", ACK_DELAY_MS, () => this.sendAck());
  }

  private sendAck(): void {
    this.cancel("ack");
    this.unacknowledged = 0;
    this.socket?.send(JSON.stringify({ type: "ack", sequence: this.sequence }));
  }

  /** Asks a silent server whether it is there: a network may go without anybody being told. */
  private listen(): void {
    this.later("ping", PING_AFTER_MS, () => {
      const silentMs = this.deps.now() - this.heardAtMs;
      if (silentMs >= 2 * PING_AFTER_MS) {
        this.socket?.close();
        this.broken();
        return;
      }
      if (silentMs >= PING_AFTER_MS) this.socket?.send(PING);
      this.listen();
    });
  }

  private leave(reason: ByeReason): void {
    // For the other reasons the socket closes next, and the channel comes back.
    if (reason !== "signed_out" && reason !== "deleted") return;
    this.close();
    this.listeners.onState({ kind: "ended", reason });
  }

  private broken(): void {
    if (this.closed) return;
    this.socket = undefined;
    this.failQuestions(awayError());
    this.unacknowledged = 0;
    this.cancel("ack");
    this.cancel("ping");
    this.brokenSinceMs ??= this.deps.now();
    const away = this.deps.now() - this.brokenSinceMs >= OFFLINE_AFTER_MS;
    this.listeners.onState({ kind: away ? "offline" : "reconnecting", sinceMs: this.brokenSinceMs });
    const pause = Math.min(RECONNECT_DELAY_MS_MAX, RECONNECT_DELAY_MS_MIN * 2 ** this.attempts++);
    this.later("connect", pause * (0.5 + this.deps.random() / 2), () => this.connect());
  }

  private failQuestions(error: LiveAskError): void {
    for (const question of [...this.questions]) question.fail(error);
  }

  private later(name: "ack" | "ping" | "connect", delayMs: number, act: () => void): void {
    this.cancel(name);
    const run = () => {
      this.timers.delete(name);
      act();
    };
    this.timers.set(name, this.deps.later(run, delayMs));
  }

  private cancel(name: "ack" | "ping" | "connect"): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}

function awayError(): LiveAskError {
  return new LiveAskError("away", "The open connection is gone.");
}
