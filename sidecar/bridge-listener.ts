import { createHmac, randomBytes } from "node:crypto";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { BridgeFrames, bridgeFrame } from "../workers/brokers/mt5/frame.ts";
import { BridgeSession, type SessionStep, type TerminalFacts } from "../workers/brokers/mt5/session.ts";
import type { HmacHex } from "../workers/brokers/mt5/sign.ts";
import type { BridgeSide } from "./bridge-side.ts";
import type { Timers } from "./timers.ts";

/** Connections at once, those that have not proved themselves among them. */
const CONNECTIONS_MAX = 1_000;
/** Connections of one address that have not proved themselves: who guesses keys is slowed down. */
const STRANGERS_MAX = 20;
/** Longest frame of a stranger, bytes: greetings are a few hundred. */
const STRANGER_BYTES_MAX = 4_096;
const TICK_MS = 1_000;
/** What a terminal may have waiting at our end before it counts as stuck, bytes. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

export const hmacHex: HmacHex = (secret, text) => createHmac("sha256", secret).update(text).digest("hex");

export interface BridgeListenerOptions {
  readonly timers: Timers;
  /** Certificate and key of the port in PEM; undefined on this machine alone, for tests. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** The port that terminals dial, and which hold each of them belongs to. */
export class BridgeListener {
  readonly server: Server;
  private readonly options: BridgeListenerOptions;
  private readonly sides = new Map<string, BridgeSide>();
  private readonly strangers = new Map<string, number>();

  constructor(options: BridgeListenerOptions) {
    this.options = options;
    const take = (socket: Socket) => this.take(socket);
    this.server =
      options.tls === undefined
        ? createPlainServer(take)
        : createTlsServer({ ...options.tls, minVersion: "TLSv1.2" }, take);
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /** Lets a hold answer for an account at a broker's server. The one before it is let go. */
  add(side: BridgeSide): void {
    this.sides.set(side.address, side);
  }

  remove(side: BridgeSide): void {
    if (this.sides.get(side.address) === side) this.sides.delete(side.address);
  }

  private take(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const count = this.strangers.get(address) ?? 0;
    if (count >= STRANGERS_MAX) {
      socket.destroy();
      return;
    }
    this.strangers.set(address, count + 1);
    new TerminalConnection(socket, this.options.timers, {
      sideOf: (asked) => this.sides.get(bridgeAddress(asked)),
      known: () => {
        const left = (this.strangers.get(address) ?? 1) - 1;
        if (left === 0) this.strangers.delete(address);
        else this.strangers.set(address, left);
      },
    });
  }
}

/** Which key of which account at which broker's server. */
export interface BridgeAddress {
  readonly login: string;
  readonly server: string;
  readonly keyId: string;
}

/**
 * Name of a terminal's place here. The key's name is part of it: somebody else who names the same account has a place of
 * their own, and does not take this one.
 */
export function bridgeAddress({ login, server, keyId }: BridgeAddress): string {
  return JSON.stringify([login, server, keyId]);
}

interface Door {
  sideOf(asked: BridgeAddress): BridgeSide | undefined;
  /** Called once: it is no stranger any more, or gone. */
  known(): void;
}

/** One connection of a terminal: bytes in, steps of its session out. */
export class TerminalConnection {
  private readonly socket: Socket;
  private readonly timers: Timers;
  private readonly door: Door;
  private readonly session: BridgeSession;
  private frames = new BridgeFrames(STRANGER_BYTES_MAX);
  private side: BridgeSide | undefined;
  private isStranger = true;
  private cancelTimer: () => void = () => undefined;

  constructor(socket: Socket, timers: Timers, door: Door) {
    this.socket = socket;
    this.timers = timers;
    this.door = door;
    const keyOf = (asked: BridgeAddress) => door.sideOf(asked)?.key;
    this.session = new BridgeSession({ hmac: hmacHex, nonce: randomBytes(16).toString("hex"), keyOf }, timers.now());
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.take(bytes));
    socket.on("error", () => this.end("the connection broke"));
    socket.on("close", () => this.end("the connection ended"));
    this.tick();
  }

  /** Sends a request and answers its number. */
  request(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): number {
    const { id, text } = this.session.request(method, params, { nowMs: this.timers.now(), leftMs });
    this.send(text);
    return id;
  }

  ack(sequence: number): void {
    this.send(this.session.ack(sequence));
  }

  end(reason: string): void {
    this.cancelTimer();
    this.noStranger();
    this.socket.destroy();
    const { side } = this;
    this.side = undefined;
    side?.left(this, reason);
  }

  private take(bytes: Buffer): void {
    try {
      for (const text of this.frames.push(bytes)) this.follow(this.session.take(text, this.timers.now()));
    } catch (error) {
      this.end(error instanceof Error ? error.message : "unreadable");
    }
  }

  private follow(step: SessionStep): void {
    for (const text of step.send) this.send(text);
    if (step.joined !== undefined) this.join(step.joined);
    if (step.event !== undefined) this.side?.event(this, step.event);
    if (step.answer !== undefined) this.side?.answered(this, step.answer);
    if (step.close !== undefined) this.end(step.close);
  }

  private join(facts: TerminalFacts): void {
    this.noStranger();
    this.frames = new BridgeFrames();
    this.side = this.door.sideOf(facts);
    this.side?.joined(this, facts);
  }

  private tick(): void {
    this.cancelTimer = this.timers.after(TICK_MS, () => {
      if (this.socket.destroyed) return;
      if (this.socket.writableLength > WAITING_BYTES_MAX) {
        this.end("takes nothing");
        return;
      }
      this.follow(this.session.tick(this.timers.now()));
      if (!this.socket.destroyed) this.tick();
    });
  }

  private send(text: string): void {
    if (!this.socket.destroyed) this.socket.write(bridgeFrame(text));
  }

  private noStranger(): void {
    if (!this.isStranger) return;
    this.isStranger = false;
    this.door.known();
  }
}
