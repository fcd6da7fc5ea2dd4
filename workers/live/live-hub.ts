import { type ByeReason, LiveClientMessage } from "../../schema/wire/live.ts";
import { gauge } from "../metrics/meter.ts";
import type { Channel } from "../metrics/metric-labels.ts";
import { readClientMessage } from "./client-message.ts";
import { hangUp, isOpen, tryClose, trySend } from "./hang-up.ts";
import {
  changedFields,
  deltaFrame,
  type LiveField,
  type LiveFrame,
  type LiveValue,
  snapshotFrame,
  stateText,
} from "./live-value.ts";
import {
  afterAck,
  afterSending,
  endOf,
  hasCredit,
  REFUSALS_MAX,
  SOCKET_MS_MAX,
  type SocketProgress,
  slowAt,
} from "./socket-credit.ts";
import { SOCKET_PROTOCOL } from "./socket-protocol.ts";
import { readSocketRequest } from "./socket-request.ts";

// Asked and answered by the platform while the object sleeps.
const PING = "ping";
const PONG = "pong";

export interface LiveHubOptions {
  readonly ctx: DurableObjectState;
  /** Begin of the names under which the hub stores; an object with several channels gives each its own. */
  readonly prefix: string;
  readonly now: () => number;
  /** Makes the name of an epoch: a stretch of numbers that belong together. */
  readonly newEpoch: () => string;
  /** Sockets that may be open at once. */
  readonly socketsMax: number;
  /**
   * `memory` for a value that its object makes anew within moments: nothing is written, and after each sleep a new epoch
   * begins, so that watchers are sent the value whole.
   */
  readonly keep?: "storage" | "memory";
  /** What its sockets are counted as. */
  readonly channel?: Channel;
}

/**
 * One value that changes, and the sockets that follow it: see `docs/live-protocol.md`. Sockets hibernate: what a hub must
 * know is in storage and in the sockets' attachments, and its field is only a copy of what is stored. Fields of the
 * value are replaceable: a watcher that lags is sent, once it has room, everything that changed since, in one delta.
 */
export class LiveHub<T extends object> {
  private readonly options: LiveHubOptions;
  private value: LiveValue | undefined;
  /** A copy of the sockets' attachments, which are slow to read. */
  private readonly progress = new WeakMap<WebSocket, SocketProgress>();

  constructor(options: LiveHubOptions) {
    this.options = options;
  }

  /** The value as it is; undefined before the first `publish`. */
  current(): T | undefined {
    const value = this.read();
    return value === undefined ? undefined : (JSON.parse(stateText(value)) as T);
  }

  /** Whether there is nothing to tell: before the first `publish`, and after a sleep of a hub that keeps it in memory. */
  get isEmpty(): boolean {
    return this.read() === undefined;
  }

  /** Whether the socket follows this hub's value: an object may have several hubs. */
  serves(socket: WebSocket): boolean {
    return this.options.ctx.getTags(socket).includes(this.tag);
  }

  /** Sockets that are open. */
  get size(): number {
    return this.sockets().length;
  }

  /** Takes the next value, tells every watcher with room what changed, and says whether anything did. */
  publish(next: T): boolean {
    const before = this.read();
    const sequence = before === undefined ? 0 : before.sequence + 1;
    const changed = changedFields(before, next).map(([name, text]) => [name, { at: sequence, text }] as const);
    if (before !== undefined && changed.length === 0) return false;
    const epoch = before?.epoch ?? this.options.newEpoch();
    this.value = { epoch, sequence, fields: new Map([...(before?.fields ?? []), ...changed]) };
    this.store(changed);
    this.tellAll();
    return true;
  }

  /**
   * Opens a socket that the Worker has checked and asked for by `socketRequest`. Throws before the first `publish`. A
   * client that names a value of this epoch gets one delta from there, any other a snapshot.
   */
  open(request: Request): Response {
    const value = this.read();
    if (value === undefined) throw new Error("a socket was opened before there was anything to tell");
    const { ctx, socketsMax } = this.options;
    if (this.sockets().length >= socketsMax) return new Response(null, { status: 429 });
    const { grantId, watcher, untilMs, resume } = readSocketRequest(request);
    const endsAt = Math.min(untilMs, this.options.now() + SOCKET_MS_MAX);
    const known = resume?.epoch === value.epoch && resume.sequence <= value.sequence;
    const progress: SocketProgress = {
      ...{ watcher, endsAt, epoch: value.epoch, inFlight: [], refusals: 0 },
      ...(known ? { sent: resume.sequence, whole: false } : { sent: -1, whole: true }),
    };
    const { 0: client, 1: server } = new WebSocketPair();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    // Tagged, so that the hub and the end of the session or key find it, also after the object slept.
    ctx.acceptWebSocket(server, [grantId, this.tag]);
    // A resumed watcher is told even that nothing changed: the frame says that it is up to date.
    this.send(server, progress, known ? deltaFrame(value, progress.sent) : snapshotFrame(value));
    this.measure();
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { "Sec-WebSocket-Protocol": SOCKET_PROTOCOL },
    });
  }

  /**
   * Takes what a client said. Messages of every channel are dealt with here, and those that are none are refused; what
   * could be a message of the object's own is returned.
   */
  message(socket: WebSocket, text: string | ArrayBuffer): { readonly type: string } | undefined {
    const said = readClientMessage(text);
    const common = LiveClientMessage.safeParse(said).data;
    if (common === undefined) {
      if (said !== undefined) return said;
      this.refuse(socket, "bad_message", 'A message must be JSON with a type, such as {"type":"snapshot"}.');
      return undefined;
    }
    const progress = this.progressOf(socket);
    if (progress === undefined) return undefined;
    const next = common.type === "ack" ? afterAck(progress, common.sequence) : { ...progress, whole: true };
    this.keepProgress(socket, next);
    this.tell(socket, new Map());
    return undefined;
  }

  /** Who watches over this socket, as the Worker said when it opened it. */
  watcherOf(socket: WebSocket): unknown {
    return this.progressOf(socket)?.watcher;
  }

  /** Answers a message that cannot be followed; the socket stays open, unless this happens without end. */
  refuse(socket: WebSocket, code: string, message: string): void {
    const progress = this.progressOf(socket);
    if (progress === undefined) return;
    if (progress.refusals >= REFUSALS_MAX) {
      hangUp(socket, "limit");
      return;
    }
    this.keepProgress(socket, { ...progress, refusals: progress.refusals + 1 });
    trySend(socket, JSON.stringify({ type: "error", code, message }));
  }

  /** Answers the closing of a socket by its client. */
  close(socket: WebSocket, code: number): void {
    // 1005, 1006 and 1015 stand for closings without a code and must not be sent.
    const sendable = code === 1000 || (code >= 3000 && code <= 4999);
    tryClose(socket, sendable ? code : 1000, "");
    this.measure();
  }

  /** Tells how many sockets are open, of this hub alone. */
  private measure(): void {
    const { channel, ctx, prefix, now } = this.options;
    if (channel === undefined) return;
    const size = this.size;
    const value = size === 0 ? undefined : size;
    gauge(
      "websocket_connections",
      { channel },
      { value, source: `${ctx.id.toString()}/${prefix.slice(0, 30)}`, at: now() },
    );
  }

  /** Closes the sockets of a session or key that has ended, or goes on under another id. */
  hangUp(grantId: string, reason: ByeReason): void {
    for (const socket of this.options.ctx.getWebSockets(grantId)) hangUp(socket, reason);
  }

  /** Closes every socket and forgets the value. */
  end(reason: ByeReason): void {
    for (const socket of this.sockets()) hangUp(socket, reason);
    this.value = undefined;
    const { kv } = this.options.ctx.storage;
    for (const [key] of [...kv.list({ prefix: this.key("") })]) kv.delete(key);
  }

  /**
   * Closes the sockets whose reader is too slow and those whose time is over. `publish` does the same; an object that may say nothing for long calls
   * this at the time that it returns, or is left with it: undefined where nothing is on its way.
   */
  sweep(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const socket of this.sockets()) {
      const progress = this.progressOf(socket);
      if (progress === undefined) continue;
      const over = endOf(progress, nowMs);
      const dueAt = slowAt(progress);
      if (over !== undefined) hangUp(socket, over);
      else if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
    }
    return next;
  }

  private tellAll(): void {
    // Most watchers are at the same number, and so get the same text.
    const frames = new Map<number, LiveFrame>();
    for (const socket of this.sockets()) this.tell(socket, frames);
  }

  /** Sends what the watcher lacks, if it has room. `frames` keeps those made for others, by the number they start from. */
  private tell(socket: WebSocket, frames: Map<number, LiveFrame>): void {
    const value = this.read();
    const progress = this.progressOf(socket);
    if (value === undefined || progress === undefined) return;
    const over = endOf(progress, this.options.now());
    if (over !== undefined) {
      hangUp(socket, over);
      return;
    }
    const whole = progress.whole || progress.epoch !== value.epoch;
    if (!whole && progress.sent === value.sequence) return;
    const from = whole ? -1 : progress.sent;
    let frame = frames.get(from);
    if (frame === undefined) {
      frame = whole ? snapshotFrame(value) : deltaFrame(value, from);
      frames.set(from, frame);
    }
    if (hasCredit(progress, frame.bytes)) this.send(socket, progress, frame);
  }

  private send(socket: WebSocket, progress: SocketProgress, { text, bytes }: LiveFrame): void {
    const value = this.read();
    if (value === undefined) return;
    const { epoch, sequence } = value;
    this.keepProgress(socket, afterSending(progress, { epoch, sequence, bytes, nowMs: this.options.now() }));
    trySend(socket, text);
  }

  private progressOf(socket: WebSocket): SocketProgress | undefined {
    if (!isOpen(socket)) return undefined;
    return this.progress.get(socket) ?? (socket.deserializeAttachment() as SocketProgress);
  }

  private keepProgress(socket: WebSocket, progress: SocketProgress): void {
    socket.serializeAttachment(progress);
    this.progress.set(socket, progress);
  }

  /** Those that are not on their way out. */
  private sockets(): WebSocket[] {
    return this.options.ctx.getWebSockets(this.tag).filter(isOpen);
  }

  private read(): LiveValue | undefined {
    if (this.value !== undefined || this.options.keep === "memory") return this.value;
    const { kv } = this.options.ctx.storage;
    const head = kv.get<Omit<LiveValue, "fields">>(this.key("head"));
    if (head === undefined) return undefined;
    const prefix = this.key("field/");
    const fields = [...kv.list<LiveField>({ prefix })].map(
      ([key, field]) => [key.slice(prefix.length), field] as const,
    );
    this.value = { ...head, fields: new Map(fields) };
    return this.value;
  }

  private store(changed: readonly (readonly [string, LiveField])[]): void {
    if (this.value === undefined || this.options.keep === "memory") return;
    const { kv } = this.options.ctx.storage;
    const { epoch, sequence } = this.value;
    for (const [name, field] of changed) kv.put(this.key(`field/${name}`), field);
    kv.put(this.key("head"), { epoch, sequence });
  }

  private get tag(): string {
    return `channel:${this.options.prefix}`;
  }

  private key(name: string): string {
    return `${this.options.prefix}/${name}`;
  }
}
