import { DurableObject } from "cloudflare:workers";
import type { LinkConnection } from "../account/link-machine.ts";
import { type HeldStream, SidecarHold } from "../account/sidecar-hold.ts";
import { xtsOf } from "../brokers/keyed-venues.ts";
import { VenueRefusal } from "../brokers/request/venue-reply.ts";
import { venueKeys } from "../brokers/venue-keys.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import type { OpenXts } from "../brokers/xts/open-xts.ts";
import type { XtsSide, XtsToken } from "../brokers/xts/sign.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { VaultError } from "../platform/vault.ts";
import { keepTerminalFacts } from "../services/connections/keep-terminal-facts.ts";
import type { ConnectionCalls, ConnectionListener, ConnectionOf } from "./connection-port.ts";
import { SealedTokens } from "./sealed-tokens.ts";
import { type ToldAnswer, toldAnswer } from "./told-answer.ts";

const OWNER = "connection";
const LISTENERS = "listeners";
const HELD = "held-instruments";
/** The line is looked after this often though nothing asks for it, ms: so a request that was lost is made again. */
const LOOK_EVERY_MS = 60_000;

/** What an account's object takes of its terminal. */
interface TerminalListener {
  onStream(call: { ownerId: string; news: readonly VenueNews[] }): Promise<void>;
  onLine(call: { ownerId: string; line: LinkConnection }): Promise<void>;
}

/**
 * What of a connection there may be only one, whoever uses its key: the session of XTS, where each log-in ends the one
 * before, and the line that a MetaTrader terminal dials. Other venues need none.
 */
export class ConnectionObject extends DurableObject<Env> implements ConnectionCalls {
  private readonly hold: SidecarHold;
  private opened: Promise<OpenXts> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const changed = () => ctx.waitUntil(this.lineChanged());
    this.hold = new SidecarHold({ ctx, env, now: systemClock, hear: (news) => this.hear(news), changed });
  }

  /** The token of a side, for every object that asks with the key of this connection. */
  async xtsToken(call: ConnectionOf & { side: XtsSide; ended: string | undefined }): Promise<ToldAnswer<XtsToken>> {
    const { side, ended } = call;
    this.claim(call);
    return toldAnswer(async () => {
      const tokens = (await this.xts(call)).tokens(side);
      try {
        return await (ended === undefined ? tokens.current() : tokens.renewed(ended));
      } catch (error) {
        // Keys may have been replaced meanwhile.
        if (error instanceof VenueRefusal && error.isKey) this.opened = undefined;
        throw error;
      }
    });
  }

  async askTerminal(
    call: ConnectionOf & { method: string; params: Readonly<Record<string, unknown>>; leftMs: number },
  ): Promise<ToldAnswer<unknown>> {
    this.claim(call);
    return toldAnswer(() => this.hold.ask(call.method, call.params, call.leftMs));
  }

  async holdTerminal(
    call: ConnectionOf & { listener: ConnectionListener | undefined },
  ): Promise<LinkConnection | undefined> {
    this.claim(call);
    const { listener } = call;
    if (listener !== undefined) {
      this.ctx.storage.kv.put(LISTENERS, { ...this.listeners(), [listener.account]: [...listener.instruments] });
    }
    await this.look();
    return this.hold.connection();
  }

  async leaveTerminal(call: ConnectionOf & { account: string }): Promise<void> {
    this.claim(call);
    const { [call.account]: _, ...left } = this.listeners();
    this.ctx.storage.kv.put(LISTENERS, left);
  }

  /** The keys of the connection were replaced. */
  async renewKeys(call: ConnectionOf): Promise<void> {
    this.claim(call);
    this.opened = undefined;
    new SealedTokens(this.env, this.ctx.storage.kv, call.connectionId).forget();
    if (this.ctx.storage.kv.get(HELD) !== undefined) this.hold.renew(this.stream(call));
  }

  /** The sidecar dials here, with a token of its own. */
  override async fetch(request: Request): Promise<Response> {
    const of = this.ctx.storage.kv.get<ConnectionOf>(OWNER);
    return this.hold.open(request, of && { id: of.connectionId, ownerId: of.ownerId });
  }

  /** Nobody but the sidecar has a socket here. */
  override async webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    await this.hold.message(socket, text);
  }

  override webSocketClose(socket: WebSocket): void {
    this.hold.closed(socket);
  }

  /** Never throws, so that it rings again. */
  override async alarm(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      logEvent("connection_look_failed", { error });
      await this.ctx.storage.setAlarm(systemClock() + LOOK_EVERY_MS);
    }
  }

  /** Forgets everything, and lets the terminal go. */
  async destroy(ownerId: string): Promise<void> {
    const of = this.ctx.storage.kv.get<ConnectionOf>(OWNER);
    if (of === undefined) return;
    this.claim({ ...of, ownerId });
    if (this.ctx.storage.kv.get(HELD) !== undefined) await this.hold.end({ id: of.connectionId, ownerId });
    this.opened = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** Keeps the line of the terminal held, and asks anew where other prices are wanted than it was held for. */
  private async look(): Promise<void> {
    const of = this.ctx.storage.kv.get<ConnectionOf>(OWNER);
    if (of === undefined) return;
    const { storage } = this.ctx;
    const stream = this.stream(of);
    const wanted = stream.instruments.join(" ");
    const held = storage.kv.get<string>(HELD);
    storage.kv.put(HELD, wanted);
    if (held !== undefined && held !== wanted) this.hold.renew(stream);
    else this.hold.keep(stream);
    const next = this.hold.nextLookAt() ?? Number.POSITIVE_INFINITY;
    await storage.setAlarm(Math.min(next, systemClock() + LOOK_EVERY_MS));
  }

  private stream({ ownerId, connectionId }: ConnectionOf): HeldStream {
    return {
      ...{ ownerId, id: connectionId, place: "connections" },
      instruments: [...new Set(Object.values(this.listeners()).flat())].sort(),
      open: async () => {
        const { env } = this;
        const keys = await venueKeys({ env, kv: this.ctx.storage.kv }, { ownerId, connectionId }).catch((error) => {
          // The connection was removed, and this object did not hear of it.
          if (error instanceof VaultError) this.ctx.waitUntil(this.destroy(ownerId));
          throw error;
        });
        const { venue, environment, ...credentials } = keys;
        // A name of its own for each connection: whoever else knows the number of the account can take nothing from it.
        return { venue, environment, credentials: { ...credentials, keyId: connectionId } };
      },
    };
  }

  /** News are told on before they are acknowledged: an account that does not take them is told again with all others. */
  private async hear(news: readonly VenueNews[]): Promise<void> {
    const { ownerId } = this.claimed();
    await Promise.all(this.accounts().map((account) => account.onStream({ ownerId, news })));
  }

  private async lineChanged(): Promise<void> {
    const of = this.ctx.storage.kv.get<ConnectionOf>(OWNER);
    const line = this.hold.connection();
    if (of === undefined || line === undefined) return;
    await this.look();
    const told = await Promise.allSettled(
      this.accounts().map((account) => account.onLine({ ownerId: of.ownerId, line })),
    );
    for (const one of told) {
      if (one.status === "rejected") logEvent("line_not_told", { id: of.connectionId, error: one.reason });
    }
    if (!line.up || line.venue !== "ready") return;
    try {
      await keepTerminalFacts({ env: this.env, now: systemClock }, of);
    } catch (error) {
      logEvent("terminal_facts_not_kept", { id: of.connectionId, error });
    }
  }

  private accounts(): TerminalListener[] {
    return Object.keys(this.listeners()).map((name) => this.env.ACCOUNT.getByName(name) as unknown as TerminalListener);
  }

  private listeners(): Record<string, string[]> {
    return this.ctx.storage.kv.get<Record<string, string[]>>(LISTENERS) ?? {};
  }

  private xts(of: ConnectionOf): Promise<OpenXts> {
    this.opened ??= this.openXts(of).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async openXts(of: ConnectionOf): Promise<OpenXts> {
    const { env } = this;
    const { kv } = this.ctx.storage;
    const keys = await venueKeys({ env, kv }, of);
    if (keys.venue !== "XTS") throw new VenueRefusal("NO_SESSION", `${keys.venue} has no session to be shared`);
    const tokens = new SealedTokens(env, kv, of.connectionId);
    return xtsOf({ env, now: systemClock, xtsStore: (side) => tokens.of(side) }, keys);
  }

  /** Whose connection it is; the first call says so. Throws for another owner. */
  private claim({ ownerId, connectionId }: ConnectionOf): void {
    const { kv } = this.ctx.storage;
    const known = kv.get<ConnectionOf>(OWNER);
    if (known === undefined) kv.put(OWNER, { ownerId, connectionId });
    else if (known.ownerId !== ownerId || known.connectionId !== connectionId) {
      throw new Error("the connection belongs to another owner");
    }
  }

  private claimed(): ConnectionOf {
    const of = this.ctx.storage.kv.get<ConnectionOf>(OWNER);
    if (of === undefined) throw new Error("the connection is not there");
    return of;
  }
}
