import type { HoldRequest } from "../../schema/wire/sidecar.ts";
import { sidecarKey } from "../auth/sidecar-token.ts";
import { VenueSilence } from "../brokers/request/venue-reply.ts";
import { askForHold, releaseHold } from "../brokers/sidecar-port.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { LinkConnection } from "./link-machine.ts";
import { SidecarLink } from "./sidecar-link.ts";

/** Says to an object that a sidecar asks; clients cannot reach the object. */
export const SIDECAR_HEADER = "X-Sidecar";

/** A sidecar that was asked dials within seconds; one that does not is asked again after this, ms. */
const ASK_AGAIN_MS = 20_000;
/** What a venue or a sidecar refused is seldom taken at the next try, ms. */
const REFUSED_AGAIN_MS = 120_000;

/** What shall be held: the stream of an account, or the line of a connection's terminal. */
export interface HeldStream {
  readonly ownerId: string;
  /** Of the account or connection. */
  readonly id: string;
  /** Where the sidecar dials back. */
  readonly place: "accounts" | "connections";
  /** Whose prices are wanted. */
  readonly instruments: readonly string[];
  /** What it is opened with. `isRefused`: what it was opened with last is of no use any more. */
  open(isRefused: boolean): Promise<Pick<HoldRequest, "venue" | "environment" | "credentials">>;
}

export interface SidecarHoldParts {
  readonly ctx: DurableObjectState;
  readonly env: Env;
  readonly now: Clock;
  /** Stores what the venue says; what throws is told again. */
  readonly hear: (news: readonly VenueNews[]) => Promise<void>;
  readonly changed: () => void;
}

/** Whether this deployment has sidecars: a secret that is shared with them, and a way back for them. */
export function hasSidecars({ SIDECAR_SECRET: secret = "", SIDECAR_CALLBACKS: callbacks = "" }: Env): boolean {
  return secret !== "" && callbacks !== "";
}

/**
 * Keeps a stream held: asks a sidecar for it whenever none is there, and takes what it tells. Where there are no sidecars it
 * does nothing.
 */
export class SidecarHold {
  private readonly parts: SidecarHoldParts;
  private readonly link: SidecarLink | undefined;
  private askAt = 0;
  private asking = false;

  constructor(parts: SidecarHoldParts) {
    this.parts = parts;
    const { ctx, env, now, hear, changed } = parts;
    if (hasSidecars(env)) this.link = new SidecarLink({ ctx, key: sidecarKey(env.SIDECAR_SECRET), now, hear, changed });
  }

  /** How the stream stands; undefined where there are no sidecars. */
  connection(): LinkConnection | undefined {
    return this.link?.connection();
  }

  async open(request: Request, who: { readonly id: string; readonly ownerId: string } | undefined): Promise<Response> {
    if (this.link === undefined || who === undefined) return new Response(null, { status: 404 });
    return this.link.open(request, { accountId: who.id, ownerId: who.ownerId });
  }

  serves(socket: WebSocket): boolean {
    return this.link?.serves(socket) === true;
  }

  async message(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    await this.link?.message(socket, text);
  }

  closed(socket: WebSocket): void {
    this.link?.closed(socket);
  }

  /** Asks the venue over the line. Throws `VenueSilence` and `VenueRefusal`. */
  async ask(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): Promise<unknown> {
    if (this.link === undefined) throw new VenueSilence("there are no sidecars here", { isSent: false });
    return this.link.ask(method, params, leftMs);
  }

  /** Leaves a sidecar that is silent, and asks for one where there is none. Throws nothing and waits for nobody. */
  keep(stream: HeldStream): void {
    const { link } = this;
    if (link === undefined) return;
    link.check();
    const { up, venue } = link.connection();
    if ((up && venue !== "refused") || this.parts.now() < this.askAt) return;
    this.askOnce(link, stream);
  }

  /** Asks for it anew though it is held: what it was opened with, or which prices are wanted, has changed. */
  renew(stream: HeldStream): void {
    if (this.link !== undefined) this.askOnce(this.link, stream);
  }

  /** When it is to be kept again, UTC ms; undefined where there are no sidecars. */
  nextLookAt(): number | undefined {
    if (this.link === undefined) return undefined;
    return this.link.nextCheckAt() ?? Math.max(this.askAt, this.parts.now());
  }

  /** It is held no more. */
  async end({ id, ownerId }: Pick<HeldStream, "id" | "ownerId">): Promise<void> {
    const { link } = this;
    if (link === undefined) return;
    await releaseHold(this.parts.env, { accountId: id, ownerId, epoch: link.nextEpoch() }, this.parts.now());
  }

  private askOnce(link: SidecarLink, stream: HeldStream): void {
    if (this.asking) return;
    this.asking = true;
    const work = this.request(link, stream)
      .catch((error: unknown) => logEvent("sidecar_not_asked", { id: stream.id, error }))
      .finally(() => {
        this.asking = false;
      });
    this.parts.ctx.waitUntil(work);
  }

  private async request(link: SidecarLink, { ownerId, id, place, instruments, open }: HeldStream): Promise<void> {
    const { env, now } = this.parts;
    this.askAt = now() + ASK_AGAIN_MS;
    const [origin = ""] = (env.SIDECAR_CALLBACKS ?? "").split(",");
    const request: HoldRequest = {
      ...(await open(link.connection().venue === "refused")),
      instruments: [...instruments],
      callback: `${origin}/sidecar/v1/${place}/${id}`,
      epoch: link.nextEpoch(),
    };
    const outcome = await askForHold(env, { accountId: id, ownerId }, { request, nowMs: now() });
    if (outcome.outcome === "held") return;
    if (outcome.outcome === "refused") this.askAt = now() + REFUSED_AGAIN_MS;
    logEvent("sidecar_does_not_hold", { id, error: new Error(outcome.message) });
  }
}
