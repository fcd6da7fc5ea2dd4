import {
  AccountFrame,
  SIDECAR_FRAME_CHARACTERS_MAX,
  SIDECAR_PING,
  SIDECAR_PONG,
  SIDECAR_PROTOCOL,
  type SidecarFrame,
} from "../schema/wire/sidecar.ts";
import type { Connect, Connection } from "./connection.ts";
import type { ItemRing } from "./item-ring.ts";
import { BackOff, type Timers } from "./timers.ts";

/** How long an account may be silent and how often it is asked whether it is there, ms. */
export interface BeatSettings {
  readonly everyMs: number;
  readonly silentMsMax: number;
}

/** Asked so often that two answers in a row may be lost. A silence of ten seconds counts as the end. */
export const BEATS: BeatSettings = { everyMs: 3_000, silentMsMax: 10_000 };

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 15_000;
/** Time for the last frame to leave, ms. */
const GOODBYE_MS = 50;
/** Items that are on their way at once: an account that stores slowly is not flooded. */
const IN_FLIGHT_MAX = 64;
/** Beyond this much that has not left, nothing more is sent, bytes. */
const WAITING_BYTES_MAX = 1024 * 1024;

export interface AccountLineOptions {
  readonly url: string;
  /** A fresh token for each try. */
  readonly token: () => Promise<string>;
  readonly stream: string;
  readonly epoch: number;
  readonly ring: ItemRing;
  readonly connect: Connect;
  readonly timers: Timers;
  readonly beats: BeatSettings;
  /** A request of the account's; its answer is sent where the line still stands. */
  readonly ask: (frame: Extract<AccountFrame, { type: "ask" }>) => Promise<SidecarFrame>;
  /** The account wants nothing of us any more: another sidecar holds it, or nobody shall. */
  readonly dismissed: (reason: string) => void;
}

interface Standing {
  readonly connection: Connection;
  /** Number of the last item sent on this connection; undefined before the account said what it has. */
  sent: number | undefined;
  acked: number;
  heardAt: number;
}

/** Dials the account's object and tells it, in order and each until it was taken, what the ring holds. */
export class AccountLine {
  private readonly options: AccountLineOptions;
  private readonly backOff: BackOff;
  private standing: Standing | undefined;
  /** The connection that was asked for last, whether it stands or not. */
  private dialled: Connection | undefined;
  private cancelTimer: (() => void) | undefined;
  private isEnded = false;

  constructor(options: AccountLineOptions) {
    this.options = options;
    this.backOff = new BackOff(options.timers, { firstMs: RETRY_FIRST_MS, lastMs: RETRY_LAST_MS });
  }

  /** Whether the account has been told that we are here and has said what it has. */
  get isUp(): boolean {
    return this.standing?.sent !== undefined;
  }

  start(): void {
    void this.dial();
  }

  /** Says goodbye and closes. */
  end(reason: "drain" | "replaced" | "released"): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.cancelTimer?.();
    this.say({ type: "bye", reason });
    this.standing = undefined;
    // The goodbye leaves first.
    this.options.timers.after(GOODBYE_MS, () => this.dialled?.close());
  }

  /** Sends what the ring has and the account has room for. */
  pump(): void {
    const { standing } = this;
    const { ring } = this.options;
    if (standing?.sent === undefined) return;
    let { sent } = standing;
    while (sent < ring.last && sent - standing.acked < IN_FLIGHT_MAX) {
      if (standing.connection.waiting > WAITING_BYTES_MAX) break;
      const next: number = sent + 1;
      if (next < ring.first) {
        sent = ring.first - 1;
        this.say({ type: "gap", from: next, to: sent });
        continue;
      }
      const item = ring.at(next);
      if (item === undefined) break;
      standing.connection.send(item.text);
      sent = next;
    }
    standing.sent = sent;
  }

  private async dial(): Promise<void> {
    const { url, connect, timers } = this.options;
    let token: string;
    try {
      token = await this.options.token();
    } catch {
      return this.again();
    }
    if (this.isEnded) return;
    const to = { transport: "websocket", url, headers: { authorization: `Bearer ${token}` } } as const;
    const connection: Connection = connect(to, {
      opened: () => {
        const standing: Standing = { connection, sent: undefined, acked: 0, heardAt: timers.now() };
        this.standing = standing;
        const { stream, epoch, ring } = this.options;
        this.say({ type: "hello", protocol: SIDECAR_PROTOCOL, stream, epoch, first: ring.first, last: ring.last });
        this.beat(standing);
      },
      text: (text) => this.hear(connection, text),
      alive: () => this.heard(connection),
      closed: (_reason, status) => {
        if (this.standing?.connection === connection) this.standing = undefined;
        // The account has another sidecar by now, or is gone. If it is not, it asks again.
        if (status === 409 || status === 404) return this.options.dismissed(`the account answered ${status}`);
        this.again();
      },
    });
    this.dialled = connection;
  }

  private again(): void {
    this.cancelTimer?.();
    if (this.isEnded) return;
    this.cancelTimer = this.options.timers.after(this.backOff.next(), () => void this.dial());
  }

  /** Asks whether the account is there, and leaves where it has been silent for too long. */
  private beat(standing: Standing): void {
    const { timers, beats } = this.options;
    this.cancelTimer?.();
    this.cancelTimer = timers.after(beats.everyMs, () => {
      if (this.standing !== standing) return;
      if (timers.now() - standing.heardAt > beats.silentMsMax) return this.leave(standing);
      standing.connection.send(SIDECAR_PING);
      // What had no room before may have some now.
      this.pump();
      this.beat(standing);
    });
  }

  private leave(standing: Standing): void {
    standing.connection.close();
    if (this.standing === standing) this.standing = undefined;
    this.again();
  }

  private heard(connection: Connection): void {
    if (this.standing?.connection === connection) this.standing.heardAt = this.options.timers.now();
  }

  private hear(connection: Connection, text: string): void {
    const { standing } = this;
    if (standing?.connection !== connection) return;
    standing.heardAt = this.options.timers.now();
    if (text === SIDECAR_PONG) return;
    const frame = readAccountFrame(text);
    // Whoever speaks another language than ours is dialled anew, with its wait.
    if (frame === undefined) {
      this.leave(standing);
      return;
    }
    this.obey(standing, frame);
  }

  private obey(standing: Standing, frame: AccountFrame): void {
    const { ring } = this.options;
    switch (frame.type) {
      case "welcome":
        if (frame.protocol !== SIDECAR_PROTOCOL || frame.taken > ring.last) {
          this.leave(standing);
          return;
        }
        this.backOff.reset();
        standing.sent = frame.taken;
        standing.acked = frame.taken;
        ring.taken(frame.taken);
        this.pump();
        return;
      case "ack":
        // Nobody can have taken what was not sent.
        if (frame.sequence > (standing.sent ?? 0)) {
          this.leave(standing);
          return;
        }
        standing.acked = Math.max(standing.acked, frame.sequence);
        ring.taken(frame.sequence);
        this.pump();
        return;
      case "ask":
        void this.options.ask(frame).then((answer) => {
          if (this.standing === standing) this.say(answer);
        });
    }
  }

  private say(frame: SidecarFrame): void {
    this.standing?.connection.send(JSON.stringify(frame));
  }
}

/** A frame of an account's; undefined for a text that is none. */
export function readAccountFrame(text: string): AccountFrame | undefined {
  if (text.length > SIDECAR_FRAME_CHARACTERS_MAX) return undefined;
  try {
    return AccountFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
