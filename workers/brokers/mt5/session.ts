import { BRIDGE_VERSION, readTerminalMessage, type TerminalMessage, type TerminalRefusal } from "./bridge-message.ts";
import { type BridgeGreeting, equalMacs, type HmacHex, serverMac, terminalMac } from "./sign.ts";

/** How often each side says that it is there, and after which silence it counts as gone, ms. */
export const BRIDGE_BEAT_MS = 5_000;
export const BRIDGE_SILENT_MS_MAX = 10_000;
/** A terminal that has not proved itself by then is let go, ms. */
export const BRIDGE_GREET_MS_MAX = 10_000;

/** A key that a terminal may prove itself by. */
export interface BridgeKey {
  readonly secret: string;
  /** Events up to this number are stored; undefined where that is not known any more, and the terminal knows itself. */
  readonly takenSequence: number | undefined;
  /** Symbols whose prices are wanted. */
  readonly symbols: readonly string[];
}

/** What a terminal said of itself. */
export interface TerminalFacts {
  readonly keyId: string;
  readonly login: string;
  readonly server: string;
  readonly company: string;
  readonly hedging: boolean;
  readonly tradeAllowed: boolean;
  readonly gmtOffsetS: number;
}

export interface BridgeEvent {
  readonly sequence: number;
  readonly name: Extract<TerminalMessage, { t: "evt" }>["e"];
  readonly content: Readonly<Record<string, unknown>>;
}

/** What a message or the passing of time asks of whoever holds the connection. */
export interface SessionStep {
  readonly send: readonly string[];
  /** The terminal has proved itself. */
  readonly joined?: TerminalFacts;
  readonly event?: BridgeEvent;
  readonly answer?: Extract<TerminalMessage, { t: "res" }> | TerminalRefusal;
  readonly close?: string;
}

export interface SessionParts {
  readonly hmac: HmacHex;
  /** At least 64 random bits, hexadecimal. */
  readonly nonce: string;
  readonly keyOf: (asked: { keyId: string; login: string; server: string }) => BridgeKey | undefined;
}

const NOTHING: SessionStep = { send: [] };

/** Our side of one terminal's connection, MTB/1 of docs/venues/mt5-bridge.md, as a machine without a connection. */
export class BridgeSession {
  private readonly parts: SessionParts;
  private readonly openedAt: number;
  private heardAt: number;
  private beatAt: number;
  private lastId = 0;
  private hello: Extract<TerminalMessage, { t: "hello" }> | undefined;
  private isJoined = false;
  /** Number of the last event that came on this connection. */
  private lastSequence = 0;

  constructor(parts: SessionParts, nowMs: number) {
    this.parts = parts;
    this.openedAt = nowMs;
    this.heardAt = nowMs;
    this.beatAt = nowMs;
  }

  take(text: string, nowMs: number): SessionStep {
    this.heardAt = nowMs;
    let message: TerminalMessage | TerminalRefusal;
    try {
      message = readTerminalMessage(text);
    } catch (error) {
      return closing(error instanceof Error ? error.message : "unreadable");
    }
    if (message.t === "hello") return this.greet(message);
    if (message.t === "auth") return this.prove(message, nowMs);
    if (!this.isJoined) return closing("a terminal must prove itself first");
    switch (message.t) {
      case "res":
        return { send: [], answer: message };
      case "evt":
        return this.event(message);
      case "ping":
        return { send: [said({ t: "pong", id: Number(message.id), ts: nowMs })] };
      case "pong":
        return NOTHING;
      case "bye":
        return closing(`the terminal left: ${message.reason}`);
    }
  }

  /** To be called each second. */
  tick(nowMs: number): SessionStep {
    if (!this.isJoined && nowMs - this.openedAt > BRIDGE_GREET_MS_MAX) return closing("did not prove itself in time");
    if (nowMs - this.heardAt > BRIDGE_SILENT_MS_MAX) return closing(`silent for ${nowMs - this.heardAt} ms`);
    if (!this.isJoined || nowMs - this.beatAt < BRIDGE_BEAT_MS) return NOTHING;
    this.beatAt = nowMs;
    return { send: [said({ t: "ping", id: this.nextId(), ts: nowMs })] };
  }

  /** A request and its number. The terminal drops it once `leftMs` have passed since `nowMs` by our clock. */
  request(method: string, params: Readonly<Record<string, unknown>>, when: { nowMs: number; leftMs: number }) {
    const id = this.nextId();
    const { nowMs: ts, leftMs: left_ms } = when;
    return { id, text: said({ t: "req", id, ts, left_ms, m: method, p: params }) };
  }

  /** Everything up to `sequence` is stored: the terminal may let it go. */
  ack(sequence: number): string {
    return said({ t: "ack", seq: sequence });
  }

  private greet(hello: Extract<TerminalMessage, { t: "hello" }>): SessionStep {
    if (this.hello !== undefined) return closing("a second hello");
    this.hello = hello;
    return { send: [said({ t: "challenge", nonce: this.parts.nonce })] };
  }

  private prove(auth: Extract<TerminalMessage, { t: "auth" }>, nowMs: number): SessionStep {
    const { hello, parts } = this;
    if (hello === undefined || this.isJoined) return closing("auth came out of its turn");
    const { login, server } = hello;
    const key = parts.keyOf({ keyId: auth.key_id, login, server });
    const greeting: BridgeGreeting = { terminalNonce: hello.nonce, serverNonce: parts.nonce, login, server };
    // A key that is not there takes as long as one that is wrong.
    const expected = terminalMac(parts.hmac, key?.secret ?? parts.nonce, greeting);
    if (!equalMacs(expected, auth.mac) || key === undefined) return closing("the proof was wrong");
    this.isJoined = true;
    this.lastSequence = key.takenSequence ?? 0;
    const welcome = {
      ...{ t: "welcome", ts: nowMs, heartbeat_ms: BRIDGE_BEAT_MS, mac: serverMac(parts.hmac, key.secret, greeting) },
      ...(key.takenSequence === undefined ? {} : { ack_seq: key.takenSequence }),
      subs: key.symbols,
    };
    return {
      send: [said(welcome)],
      joined: {
        ...{ keyId: auth.key_id, login, server, company: hello.company, hedging: hello.hedging },
        ...{ tradeAllowed: hello.trade_allowed, gmtOffsetS: Number(hello.gmt_offset) },
      },
    };
  }

  private event({ seq, e, d }: Extract<TerminalMessage, { t: "evt" }>): SessionStep {
    const sequence = Number(seq);
    // Prices are told without a number: the last one is all that counts.
    if (e === "tick") return { send: [], event: { sequence: 0, name: e, content: d } };
    if (sequence <= this.lastSequence) return NOTHING;
    this.lastSequence = sequence;
    return { send: [], event: { sequence, name: e, content: d } };
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

function said(message: object): string {
  return JSON.stringify({ v: BRIDGE_VERSION, ...message });
}

function closing(reason: string): SessionStep {
  return { send: [], close: reason };
}
