import type { VenueCredentials } from "../../schema/wire/connection.ts";
import type { HoldRequest } from "../../schema/wire/sidecar.ts";
import { sidecarKey } from "../auth/sidecar-token.ts";
import { xtsOf } from "../brokers/keyed-venues.ts";
import type { VenueDeps } from "../brokers/registry.ts";
import { VenueSilence } from "../brokers/request/venue-reply.ts";
import { askForHold, releaseHold } from "../brokers/sidecar-port.ts";
import { venueKeys } from "../brokers/venue-keys.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import type { XtsToken } from "../brokers/xts/sign.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import type { AccountRecord, VenueAccountMarket } from "./account-record.ts";
import { type LinkConnection, SidecarLink } from "./sidecar-link.ts";

/** Says to an account's object that a sidecar asks; clients cannot reach the object. */
export const SIDECAR_HEADER = "X-Sidecar";

/** A sidecar that was asked dials within seconds; one that does not is asked again after this, ms. */
const ASK_AGAIN_MS = 20_000;
/** What a venue or a sidecar refused is seldom taken at the next try, ms. */
const REFUSED_AGAIN_MS = 120_000;

interface AccountSidecarParts {
  readonly ctx: DurableObjectState;
  readonly env: Env;
  readonly now: Clock;
  /** Stores what the venue says; what throws is told again. */
  readonly hear: (news: readonly VenueNews[]) => Promise<void>;
  readonly changed: () => void;
}

/**
 * Keeps an account's stream held: asks a sidecar for it whenever none is there, and takes what it tells. Where no secret or no
 * way back is set there are no sidecars, and an account hears of its venue by asking alone.
 */
export class AccountSidecar {
  private readonly parts: AccountSidecarParts;
  private readonly link: SidecarLink | undefined;
  /** Tokens of the sessions that this object is logged in with: the client's and the stream's are the same. */
  private readonly tokens = new Map<string, XtsToken>();
  private askAt = 0;
  private asking = false;

  constructor(parts: AccountSidecarParts) {
    this.parts = parts;
    const { ctx, env, now, hear, changed } = parts;
    const { SIDECAR_SECRET: secret = "", SIDECAR_CALLBACKS: callbacks = "" } = env;
    if (secret !== "" && callbacks !== "")
      this.link = new SidecarLink({ ctx, key: sidecarKey(secret), now, hear, changed });
  }

  /** What the venue's client needs of it. */
  get deps(): Pick<VenueDeps, "bridge" | "xtsTokens"> {
    return {
      bridge: {
        ask: async (method, params, leftMs) => {
          if (this.link === undefined) throw new VenueSilence("there are no sidecars here", { isSent: false });
          return this.link.ask(method, params, leftMs);
        },
      },
      xtsTokens: (side) => ({
        read: () => this.tokens.get(side),
        write: (token) => void (token === undefined ? this.tokens.delete(side) : this.tokens.set(side, token)),
      }),
    };
  }

  /** How the venue's stream stands; undefined where there are no sidecars. */
  connection(): LinkConnection | undefined {
    return this.link?.connection();
  }

  async open(request: Request, record: AccountRecord | undefined): Promise<Response> {
    if (this.link === undefined || record?.account.market.kind !== "venue") return new Response(null, { status: 404 });
    return this.link.open(request, { accountId: record.account.id, ownerId: record.ownerId });
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

  /** Leaves a sidecar that is silent, and asks for one where there is none. Throws nothing and waits for nobody. */
  keep(record: AccountRecord): void {
    const { link } = this;
    const { market } = record.account;
    if (link === undefined || market.kind !== "venue") return;
    link.check();
    const { up, venue } = link.connection();
    const { now, ctx } = this.parts;
    if ((up && venue !== "refused") || this.asking || now() < this.askAt) return;
    this.asking = true;
    const work = this.ask(link, record, market)
      .catch((error: unknown) => logEvent("sidecar_not_asked", { id: record.account.id, error }))
      .finally(() => {
        this.asking = false;
      });
    ctx.waitUntil(work);
  }

  /** When it is to be kept again, UTC ms; undefined where there are no sidecars. */
  nextLookAt({ account }: AccountRecord): number | undefined {
    if (this.link === undefined || account.market.kind !== "venue") return undefined;
    return this.link.nextCheckAt() ?? Math.max(this.askAt, this.parts.now());
  }

  /** The account ends, or holds its stream no more. */
  async end({ ownerId, account }: AccountRecord): Promise<void> {
    const { link } = this;
    if (link === undefined || account.market.kind !== "venue") return;
    const epoch = link.nextEpoch();
    await releaseHold(this.parts.env, { accountId: account.id, ownerId, epoch }, this.parts.now());
  }

  private async ask(link: SidecarLink, record: AccountRecord, market: VenueAccountMarket): Promise<void> {
    const { env, ctx, now } = this.parts;
    const { ownerId, account } = record;
    this.askAt = now() + ASK_AGAIN_MS;
    // A session that was ended by another log-in is of no use to anybody.
    if (link.connection().venue === "refused") this.tokens.clear();
    const [origin = ""] = (env.SIDECAR_CALLBACKS ?? "").split(",");
    const keys = await venueKeys({ env, kv: ctx.storage.kv }, { ownerId, connectionId: market.connectionId });
    const request: HoldRequest = {
      ...{ venue: keys.venue, environment: keys.environment, credentials: await this.credentialsOf(keys) },
      instruments: record.instruments.map(({ id }) => id),
      callback: `${origin}/sidecar/v1/accounts/${account.id}`,
      epoch: link.nextEpoch(),
    };
    const outcome = await askForHold(env, { accountId: account.id, ownerId }, { request, nowMs: now() });
    if (outcome.outcome === "held") return;
    if (outcome.outcome === "refused") this.askAt = now() + REFUSED_AGAIN_MS;
    logEvent("sidecar_does_not_hold", { id: account.id, error: new Error(outcome.message) });
  }

  /** What a venue's stream is opened with: its keys, or the token of the session that they opened. */
  private async credentialsOf(keys: VenueCredentials): Promise<Record<string, string>> {
    const { env, now } = this.parts;
    if (keys.venue !== "XTS") {
      const { venue, environment, ...credentials } = keys;
      return credentials;
    }
    const { xtsTokens } = this.deps;
    const opened = xtsOf({ env, now, ...(xtsTokens === undefined ? {} : { xtsTokens }) }, keys);
    return { ...(await opened.streamCredentials("interactive")) };
  }
}
