import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { BridgeFrames, bridgeFrame } from "../../../workers/brokers/mt5/frame.ts";
import { serverMac, terminalMac } from "../../../workers/brokers/mt5/sign.ts";
import type { Mt5Emulator } from "./mt5-emulator.ts";

/** Where the sidecar's port for terminals is; `ca` where it is secured by a certificate of its own. */
export interface TerminalTo {
  readonly port: number;
  readonly host?: string;
  readonly ca?: string;
}

const RETRY_MS = 200;
const BEAT_MS = 2_000;

const hmac = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("hex");

interface Message {
  readonly t: string;
  readonly [name: string]: unknown;
}

/**
 * A terminal with our Expert Advisor as the sidecar sees it: dials, proves itself, answers requests by its emulator, and
 * keeps events until they are acknowledged, across connections. A frame of ours goes out as the Expert Advisor writes it.
 */
export class EmulatedTerminal {
  /** Why the other side was left, each time. */
  readonly left: string[] = [];
  private readonly venue: Mt5Emulator;
  private to: TerminalTo;
  private socket: Socket | undefined;
  private frames = new BridgeFrames();
  private nonce = "";
  private serverNonce = "";
  private isJoined = false;
  private isEnded = false;
  private ring: { readonly sequence: number; readonly text: string }[] = [];
  private lastSequence = 0;
  private sent = 0;
  private lastId = 0;
  private readonly beat: ReturnType<typeof setInterval>;

  constructor(venue: Mt5Emulator, to: TerminalTo) {
    this.venue = venue;
    this.to = to;
    venue.listen(({ e, d }) => this.keep(e, d));
    this.beat = setInterval(() => this.isJoined && this.say({ t: "ping", id: ++this.lastId, ts: Date.now() }), BEAT_MS);
    this.dial();
  }

  /** Events that nobody has acknowledged. */
  get waiting(): number {
    return this.ring.length;
  }

  /** Dials another port from now on. */
  redirect(to: TerminalTo): void {
    this.to = to;
  }

  end(): void {
    this.isEnded = true;
    clearInterval(this.beat);
    this.socket?.destroy();
  }

  private dial(): void {
    if (this.isEnded) return;
    const { port, host = "127.0.0.1", ca } = this.to;
    const socket = ca === undefined ? connect(port, host) : connectTls({ port, host, ca, servername: "localhost" });
    this.socket = socket;
    this.frames = new BridgeFrames();
    this.isJoined = false;
    socket.on(ca === undefined ? "connect" : "secureConnect", () => this.greet());
    socket.on("data", (bytes: Buffer) => {
      for (const text of this.frames.push(bytes)) this.hear(JSON.parse(text) as Message);
    });
    socket.on("error", (error) => this.left.push(error.message));
    socket.on("close", () => {
      if (this.socket !== socket) return;
      this.isJoined = false;
      setTimeout(() => this.dial(), RETRY_MS);
    });
  }

  private greet(): void {
    const { login, server } = this.venue.keys;
    this.nonce = randomBytes(16).toString("hex");
    this.say({
      ...{ t: "hello", nonce: this.nonce, login, server, company: "Emulated", ea: "1.0.0", build: 4755 },
      ...{ hedging: false, trade_allowed: true, gmt_offset: 10_800, last_seq: this.lastSequence },
    });
  }

  private hear(message: Message): void {
    switch (message.t) {
      case "challenge":
        this.serverNonce = String(message.nonce);
        this.say({
          t: "auth",
          key_id: this.venue.keys.keyId,
          mac: terminalMac(hmac, this.venue.keys.secret, this.greeting()),
        });
        break;
      case "welcome":
        this.join(message);
        break;
      case "req":
        this.answer(message);
        break;
      case "ack":
        this.taken(Number(message.seq));
        break;
      case "ping":
        this.say({ t: "pong", id: message.id });
        break;
      default:
        break;
    }
  }

  private greeting() {
    const { login, server } = this.venue.keys;
    return { terminalNonce: this.nonce, serverNonce: this.serverNonce, login, server };
  }

  private join(welcome: Message): void {
    if (welcome.mac !== serverMac(hmac, this.venue.keys.secret, this.greeting())) {
      this.left.push("the other side does not know the key");
      this.socket?.destroy();
      return;
    }
    this.isJoined = true;
    if (typeof welcome.ack_seq === "number") this.taken(welcome.ack_seq);
    this.sent = (this.ring[0]?.sequence ?? this.lastSequence + 1) - 1;
    this.tell();
  }

  private answer({ id, m, p }: Message): void {
    const request = { method: "POST", path: `/mtb/${String(m)}`, rawQuery: "", headers: {}, body: JSON.stringify(p) };
    const reply = this.venue.faults.handle(this.venue, request);
    if (reply === "hang") return;
    try {
      this.say({ t: "res", id, ...(JSON.parse(reply.body) as object) });
    } catch {
      // The Expert Advisor has no pages for people: what is no answer is none at all.
    }
  }

  private keep(e: string, d: Record<string, unknown>): void {
    if (e === "tick") {
      if (this.isJoined) this.say({ t: "evt", seq: 0, e, d });
      return;
    }
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    this.ring.push({ sequence, text: JSON.stringify({ v: 1, t: "evt", seq: sequence, e, d }) });
    this.tell();
  }

  private tell(): void {
    if (!this.isJoined) return;
    for (const { sequence, text } of this.ring) {
      if (sequence <= this.sent) continue;
      this.socket?.write(bridgeFrame(text));
      this.sent = sequence;
    }
  }

  private taken(sequence: number): void {
    this.ring = this.ring.filter((event) => event.sequence > sequence);
  }

  private say(message: Message): void {
    this.socket?.write(bridgeFrame(JSON.stringify({ v: 1, ...message })));
  }
}
