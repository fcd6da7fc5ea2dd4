import { type AccountFrame, SIDECAR_PING, SIDECAR_PONG, type SidecarFrame } from "../../schema/wire/sidecar.ts";
import { bearerOf, verifySidecarToken } from "../auth/sidecar-token.ts";
import { VenueRefusal, VenueSilence } from "../brokers/request/venue-reply.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import { tryClose, trySend } from "../live/hang-up.ts";
import { logEvent } from "../platform/log-event.ts";
import { LINK_CODES, type LinkConnection, LinkMemory, type LinkStep, NO_LINK, takeFrame } from "./link-machine.ts";

const MEMORY = "sidecar-link";
const TAG = "sidecar";
/** A sidecar asks every three seconds whether we are there: one that has not for this long is down, ms. */
const SILENT_MS_MAX = 10_000;
/**
 * How long after the last beat that is known of it is looked at again, ms: one that fell silent then is noticed within fifteen
 * seconds, with one to spare for an alarm that rings late. Looking wakes the object, so it is done as seldom as that allows.
 */
const CHECK_AFTER_BEAT_MS = 14_000;
/** How answers begin, as a sidecar writes them. */
const ANSWER_BEGIN = '{"type":"answer"';
/** Requests that wait for an answer at once. */
const ASKS_MAX = 200;

export interface SidecarLinkOptions {
  readonly ctx: DurableObjectState;
  readonly key: Uint8Array;
  readonly now: () => number;
  /** Stores news so that they survive; what throws is told again. */
  readonly hear: (news: readonly VenueNews[]) => Promise<void>;
  /** The connection came, went or changed. */
  readonly changed: () => void;
}

interface Attachment {
  readonly epoch: number;
  readonly openedAt: number;
  readonly greeted: boolean;
}

/** What went wrong with a request is in the promise; the timer ends it where nothing does. */
interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * An account's end of the line to its sidecar. Sockets hibernate: the sidecar's beats are answered by the platform, and
 * what must survive a sleep is in storage. Frames are worked on one after the other, however they arrive.
 */
export class SidecarLink {
  private readonly options: SidecarLinkOptions;
  private readonly pending = new Map<number, Pending>();
  private readonly heard = new WeakMap<WebSocket, number>();
  private lastAsk = 0;
  private work: Promise<void> = Promise.resolve();

  constructor(options: SidecarLinkOptions) {
    this.options = options;
  }

  serves(socket: WebSocket): boolean {
    return this.options.ctx.getTags(socket).includes(TAG);
  }

  /** Counts the account's next request to be held; every sidecar of an earlier one is sent away. */
  nextEpoch(): number {
    const memory = this.memory();
    this.store({ ...memory, epoch: memory.epoch + 1 });
    for (const socket of this.sockets()) tryClose(socket, LINK_CODES.replaced, "held anew");
    return memory.epoch + 1;
  }

  /**
   * Opens the socket of a sidecar that has a fresh token for this account and owner: 401 without, 409 for one of an
   * earlier hold, which is to stop.
   */
  async open(request: Request, { accountId, ownerId }: { accountId: string; ownerId: string }): Promise<Response> {
    const { key, now, ctx } = this.options;
    const token = bearerOf(request.headers.get("Authorization"));
    const claims = token === undefined ? undefined : await verifySidecarToken(key, "sidecar", { token, nowMs: now() });
    if (claims === undefined || claims.accountId !== accountId || claims.ownerId !== ownerId) {
      return new Response(null, { status: 401 });
    }
    const memory = this.memory();
    const tokens = memory.tokens.filter(({ until }) => until + SILENT_MS_MAX > now());
    if (tokens.some(({ id }) => id === claims.tokenId)) return new Response(null, { status: 401 });
    if (claims.epoch !== memory.epoch) return new Response(null, { status: 409 });
    this.store({ ...memory, tokens: [...tokens, { id: claims.tokenId, until: claims.expiresAt }] });
    // The same sidecar after a break that we have not noticed yet.
    for (const socket of this.sockets()) tryClose(socket, LINK_CODES.replaced, "connected anew");
    const { 0: client, 1: server } = new WebSocketPair();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(SIDECAR_PING, SIDECAR_PONG));
    ctx.acceptWebSocket(server, [TAG]);
    server.serializeAttachment({ epoch: claims.epoch, openedAt: now(), greeted: false } satisfies Attachment);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Takes what a sidecar says, in the order in which it comes. */
  message(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    this.heard.set(socket, this.options.now());
    // Storing news may ask the venue and wait: its answer must not stand in line behind what waits for it.
    if (typeof text === "string" && text.startsWith(ANSWER_BEGIN)) return this.take(socket, text);
    const next = this.work.then(() => this.take(socket, text));
    this.work = next.catch((error: unknown) => {
      // Nothing was acknowledged: a new connection is told the same again.
      logEvent("sidecar_news_not_stored", { error });
      this.hangUp(socket, LINK_CODES.protocol, "not stored");
    });
    return this.work;
  }

  closed(socket: WebSocket): void {
    tryClose(socket, 1000, "");
    if (attachmentOf(socket)?.greeted === true) this.noteLink();
    if (!this.connection().up) this.failPending();
    this.options.changed();
  }

  connection(): LinkConnection {
    const { venue, linkAt, gapAt, last, taken } = this.memory();
    const up = this.sockets().some((socket) => attachmentOf(socket)?.greeted === true && !this.isSilent(socket));
    const waiting = Math.max(0, last - taken);
    if (up) {
      const since = Math.max(linkAt, venue.at);
      return { up, venue: venue.state, reason: venue.reason, since, waiting, gapAt };
    }
    const state = venue.state === "refused" ? "refused" : "down";
    return { up, venue: state, reason: venue.reason || "no sidecar is connected", since: linkAt, waiting, gapAt };
  }

  /** Leaves sidecars that have been silent for too long. To be called by `nextCheckAt`. */
  check(): void {
    for (const socket of this.sockets()) {
      if (this.isSilent(socket)) this.hangUp(socket, LINK_CODES.silent, "silent");
    }
  }

  /** When it is to be looked again, UTC ms; undefined where there is nobody to look after. */
  nextCheckAt(): number | undefined {
    const heard = this.sockets().map((socket) => this.heardAt(socket));
    return heard.length === 0 ? undefined : Math.min(...heard) + CHECK_AFTER_BEAT_MS;
  }

  /**
   * Asks the venue through the sidecar. Throws `VenueSilence` where no answer came within `leftMs`, and `VenueRefusal`
   * where the venue refused.
   */
  ask(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): Promise<unknown> {
    const socket = this.sockets().find((open) => attachmentOf(open)?.greeted === true && !this.isSilent(open));
    if (socket === undefined) throw new VenueSilence("no sidecar is connected", { isSent: false });
    if (this.pending.size >= ASKS_MAX) throw new VenueSilence("too many requests wait", { isSent: false });
    // An answer to what this object asked before it slept must not be taken for another's.
    const id = Math.max(this.lastAsk + 1, this.options.now());
    this.lastAsk = id;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new VenueSilence(`the venue must answer within ${leftMs} ms`, { isSent: true }));
      }, leftMs);
      this.pending.set(id, { resolve, reject, timer });
      say(socket, { type: "ask", id, leftMs, method, params: params as never });
    });
  }

  private async take(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    const attachment = attachmentOf(socket);
    // It was sent away while this frame waited for its turn.
    if (attachment === undefined || attachment.epoch !== this.memory().epoch) return;
    if (typeof text !== "string") return this.hangUp(socket, LINK_CODES.protocol, "not text");
    const before = this.memory();
    const step = takeFrame(before, text, { greeted: attachment.greeted });
    if (step.news.length > 0) await this.options.hear(step.news);
    const isMissing = step.news.some(({ type }) => type === "gap");
    this.keep(isMissing ? { ...step, memory: { ...step.memory, gapAt: this.options.now() } } : step);
    if (step.answer !== undefined) this.answered(step.answer);
    for (const frame of step.send) {
      if (frame.type === "welcome") {
        socket.serializeAttachment({ ...attachment, greeted: true } satisfies Attachment);
        this.noteLink();
      }
      say(socket, frame);
    }
    const welcomed = step.send.some(({ type }) => type === "welcome");
    if (step.close !== undefined) this.hangUp(socket, step.close.code, step.close.reason);
    else if (welcomed || step.memory.venue.state !== before.venue.state) this.options.changed();
  }

  /** Stores what a step changed, beside what others changed while its news were stored. */
  private keep({ memory }: LinkStep): void {
    const now = this.memory();
    const { stream, taken, last, venue, gapAt } = memory;
    if (now.epoch !== memory.epoch) return;
    const isSame = now.stream === stream && now.taken === taken && now.last === last && now.venue === venue;
    if (!isSame) this.store({ ...now, stream, taken, last, venue, gapAt });
  }

  private answered(answer: Extract<SidecarFrame, { type: "answer" }>): void {
    const pending = this.pending.get(answer.id);
    if (pending === undefined) return;
    this.pending.delete(answer.id);
    clearTimeout(pending.timer);
    if (answer.ok) {
      pending.resolve(answer.value);
      return;
    }
    const isSilence = answer.code === "SILENCE" || answer.code === "FAILED";
    const { code, message, isSent } = answer;
    pending.reject(isSilence ? new VenueSilence(message, { isSent }) : new VenueRefusal(code, message));
  }

  private hangUp(socket: WebSocket, code: number, reason: string): void {
    tryClose(socket, code, reason);
    if (attachmentOf(socket)?.greeted === true) this.noteLink();
    // It counts as gone from here on, whenever its end is told.
    socket.serializeAttachment(null);
    this.failPending();
    this.options.changed();
  }

  private failPending(): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(new VenueSilence("the sidecar went away", { isSent: true }));
    }
    this.pending.clear();
  }

  private noteLink(): void {
    this.store({ ...this.memory(), linkAt: this.options.now() });
  }

  private isSilent(socket: WebSocket): boolean {
    return this.options.now() - this.heardAt(socket) > SILENT_MS_MAX;
  }

  private heardAt(socket: WebSocket): number {
    const beat = this.options.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(beat, this.heard.get(socket) ?? 0, attachmentOf(socket)?.openedAt ?? 0);
  }

  private sockets(): WebSocket[] {
    return this.options.ctx.getWebSockets(TAG).filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  private memory(): LinkMemory {
    return LinkMemory.safeParse(this.options.ctx.storage.kv.get(MEMORY)).data ?? NO_LINK;
  }

  private store(memory: LinkMemory): void {
    this.options.ctx.storage.kv.put(MEMORY, memory);
  }
}

function attachmentOf(socket: WebSocket): Attachment | undefined {
  return (socket.deserializeAttachment() as Attachment | null) ?? undefined;
}

function say(socket: WebSocket, frame: AccountFrame): void {
  trySend(socket, JSON.stringify(frame));
}
