import { setTimeout as wait } from "node:timers/promises";
import { type BenchSocket, WebSocket } from "../../bench/web-sockets.ts";
import type { ApiClient } from "../api-client.ts";

const ACK_EVERY_MS = 500;
/** Opened at a time: more would be a flood of sign-ins of pages, which is another question. */
const OPENED_AT_ONCE = 4;
const COME_BACK_MS = 1_000;

interface Frame {
  readonly type: string;
  readonly epoch?: string;
  readonly from?: number;
  readonly sequence?: number;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly change?: Readonly<Record<string, unknown>>;
}

/** What a client of the live protocol has of one channel. */
export class ChannelValue {
  epoch = "";
  sequence = -1;
  state: Readonly<Record<string, unknown>> | undefined;

  /** Takes a frame in. Answers what is wrong with it, where something is. */
  take(frame: Frame): string | undefined {
    if (frame.type === "error") return `was told ${JSON.stringify(frame)}`;
    if (frame.sequence === undefined) return undefined;
    if (frame.type === "snapshot" && frame.state !== undefined) {
      this.epoch = frame.epoch ?? "";
      this.state = frame.state;
    } else if (frame.type === "delta") {
      if (this.state === undefined) return "got a change before any value";
      if (frame.sequence < this.sequence) return undefined;
      if ((frame.from ?? 0) > this.sequence) return `has ${this.sequence} and got a change of ${frame.from}`;
      this.state = { ...this.state, ...frame.change };
    }
    this.sequence = frame.sequence;
    return undefined;
  }
}

/** Sockets that follow channels as docs/live-protocol.md asks, and come back where they are closed. */
export class LiveSockets {
  readonly findings: string[] = [];
  private readonly api: ApiClient;
  private readonly origin: string;
  private readonly channels: { readonly path: string; readonly value: ChannelValue; socket?: BenchSocket }[];
  private readonly unacknowledged = new Set<(typeof this.channels)[number]>();
  private readonly timer: NodeJS.Timeout;
  private ending = false;
  private frames = 0;

  private constructor(api: ApiClient, origin: string, paths: readonly string[]) {
    this.api = api;
    this.origin = origin;
    this.channels = paths.map((path) => ({ path, value: new ChannelValue() }));
    this.timer = setInterval(() => this.acknowledge(), ACK_EVERY_MS);
  }

  static async open(api: ApiClient, origin: string, paths: readonly string[]): Promise<LiveSockets> {
    const sockets = new LiveSockets(api, origin, paths);
    for (let at = 0; at < paths.length; at += OPENED_AT_ONCE)
      await Promise.all(sockets.channels.slice(at, at + OPENED_AT_ONCE).map((channel) => sockets.follow(channel)));
    return sockets;
  }

  /** Frames that have come, and sockets that are open now. */
  counts(): { readonly frames: number; readonly open: number } {
    return { frames: this.frames, open: this.channels.filter(({ socket }) => socket !== undefined).length };
  }

  /** The last value of each channel of this path that has one. */
  valuesOf(path: string): readonly Readonly<Record<string, unknown>>[] {
    const same = this.channels.filter((channel) => channel.path === path);
    return same.map(({ value }) => value.state).filter((state) => state !== undefined);
  }

  /** Channels on which nothing has ever come. */
  silent(): string[] {
    return this.channels
      .filter(({ value }) => value.state === undefined)
      .map(({ path }) => `${path} never said a word`);
  }

  close(): void {
    this.ending = true;
    clearInterval(this.timer);
    for (const { socket } of this.channels) socket?.terminate();
  }

  private async follow(channel: (typeof this.channels)[number]): Promise<void> {
    const { path, value } = channel;
    const ticket = await this.api.socketTicket();
    const url = new URL(path, this.origin.replace(/^http/, "ws"));
    if (value.state !== undefined) {
      url.searchParams.set("epoch", value.epoch);
      url.searchParams.set("sequence", String(value.sequence));
    }
    const socket = new WebSocket(url.href, ["apextrade.v1", `ticket.${ticket}`], { origin: this.origin });
    await new Promise<void>((opened, failed) => {
      socket.on("message", (data) => {
        this.frames++;
        const wrong = value.take(JSON.parse(String(data)) as Frame);
        if (wrong !== undefined) this.findings.push(`socket of ${path} ${wrong}`);
        this.unacknowledged.add(channel);
      });
      socket.on("open", () => {
        channel.socket = socket;
        opened();
      });
      socket.on("error", failed);
      socket.on("close", (code) => {
        const had = channel.socket === socket;
        channel.socket = undefined;
        if (had && !this.ending) void this.comeBack(channel, code);
      });
    });
  }

  private async comeBack(channel: (typeof this.channels)[number], code: number): Promise<void> {
    this.findings.push(`socket of ${channel.path} was closed with ${code}`);
    while (!this.ending && channel.socket === undefined) {
      await wait(COME_BACK_MS);
      await this.follow(channel).catch((error: unknown) => {
        this.findings.push(`socket of ${channel.path} did not come back: ${String(error)}`);
      });
    }
  }

  private acknowledge(): void {
    for (const { socket, value } of this.unacknowledged)
      socket?.send(JSON.stringify({ type: "ack", sequence: value.sequence }));
    this.unacknowledged.clear();
  }
}
