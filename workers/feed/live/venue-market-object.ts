import { DurableObject } from "cloudflare:workers";
import type { ByeReason, MarketState } from "../../../schema/wire/live.ts";
import type { VenueMark } from "../../brokers/broker.ts";
import type { MarketData } from "../../brokers/market-data.ts";
import { openMarketData } from "../../brokers/registry.ts";
import { type StoredInstrument, venueInstrument } from "../../brokers/stored-instrument.ts";
import { venueKeys } from "../../brokers/venue-keys.ts";
import { connectionDeps } from "../../connection/connection-port.ts";
import { LiveHub } from "../../live/live-hub.ts";
import { OWNER_HEADER } from "../../live/socket-request.ts";
import { measureAlarm } from "../../metrics/alarm-lateness.ts";
import { FeedPulse } from "../../metrics/feed-pulse.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import type { MarketMinutes } from "./market-port.ts";
import { PRICE_EVERY_MS, VenueMarket } from "./venue-market.ts";
import { SqlMinutes } from "./venue-minutes.ts";

// Tabs and machines of one person.
const SOCKETS_MAX = 20;
/** An account that has not asked for so long needs no prices: it asks again when it does. */
const LISTENED_FOR_MS = 10 * 60_000;
/** Keys are read again so often: they may have been replaced. */
const KEYS_FOR_MS = 10 * 60_000;
const MARKET = "market";

/** Which market an object serves: of one account, since it is asked for with the account's own key. */
export interface VenueMarketOf {
  readonly ownerId: string;
  readonly connectionId: string;
  readonly instrument: StoredInstrument;
  /** Name of the account's object, which is told the prices. */
  readonly account: string;
}

/** What an account's object takes of its markets. */
interface PriceListener {
  onPrices(call: { ownerId: string; marks: readonly VenueMark[] }): Promise<void>;
}

/**
 * The market of one instrument of one account at a venue. While the account listens or a page watches, its alarm asks for the
 * price every few seconds; otherwise it sleeps, and minutes are read when somebody wants them.
 */
export class VenueMarketObject extends DurableObject<Env> {
  private readonly hub: LiveHub<MarketState>;
  private made: VenueMarket | undefined;
  private readonly pulse: FeedPulse;
  private opened: { readonly data: Promise<MarketData>; readonly until: number } | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.pulse = new FeedPulse("venue", ctx.id.toString());
    this.hub = new LiveHub({
      ...{ ctx, prefix: "live", channel: "venue", now: systemClock, newEpoch: () => crypto.randomUUID() },
      ...{ socketsMax: SOCKETS_MAX, keep: "memory" },
    });
  }

  /** Says whose market it is; a second time changes nothing but the instrument's rules. */
  begin(market: VenueMarketOf): void {
    const known = this.ctx.storage.kv.get<VenueMarketOf>(MARKET);
    if (known !== undefined && known.ownerId !== market.ownerId) throw new Error("the market belongs to another owner");
    this.ctx.storage.kv.put(MARKET, market);
  }

  /** The account wants prices from now on, for a while. */
  async listen(call: { ownerId: string }): Promise<void> {
    this.claim(call.ownerId);
    this.ctx.storage.kv.put("listenedUntil", systemClock() + LISTENED_FOR_MS);
    await this.wake();
  }

  async leave(call: { ownerId: string }): Promise<void> {
    this.claim(call.ownerId);
    this.ctx.storage.kv.delete("listenedUntil");
  }

  async minutes(call: { ownerId: string; instrument: string; from: number; limit: number }): Promise<MarketMinutes> {
    this.claim(call.ownerId);
    return this.market().minutes(call);
  }

  async last(call: { ownerId: string; instrument: string }) {
    this.claim(call.ownerId);
    return this.market().last();
  }

  /** Opens a socket that the Worker has checked. */
  override async fetch(request: Request): Promise<Response> {
    const owner = this.ctx.storage.kv.get<VenueMarketOf>(MARKET)?.ownerId;
    if (owner === undefined || owner !== request.headers.get(OWNER_HEADER)) return new Response(null, { status: 404 });
    this.hub.publish(this.market().state());
    const reply = this.hub.open(request);
    await this.wake();
    return reply;
  }

  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** Sets the next alarm before anything that may fail, and never throws. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("venue-market", alarm, systemClock());
    const { storage } = this.ctx;
    const listens = (storage.kv.get<number>("listenedUntil") ?? 0) > systemClock();
    if (!listens && this.hub.size === 0) {
      this.pulse.stop(systemClock());
      return;
    }
    await storage.setAlarm(systemClock() + PRICE_EVERY_MS);
    try {
      const mark = await this.market().price();
      // A closed market has no new price and is well: what counts is that its venue answers.
      this.pulse.beat(systemClock());
      if (listens && mark !== undefined) await this.tell(mark);
    } catch (error) {
      logEvent("venue_price_failed", { name: this.claim(undefined).instrument.id, error });
    }
    if (this.hub.size > 0) this.hub.publish(this.market().state());
    this.hub.sweep(systemClock());
  }

  private async tell(mark: VenueMark): Promise<void> {
    const { account, ownerId } = this.claim(undefined);
    const listener = this.env.ACCOUNT.getByName(account) as unknown as PriceListener;
    await listener.onPrices({ ownerId, marks: [{ ...mark, intervalMs: PRICE_EVERY_MS }] });
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    if (this.hub.isEmpty) this.hub.publish(this.market().state());
    const said = this.hub.message(socket, text);
    if (said === undefined) return;
    this.hub.refuse(socket, "bad_message", `A market's channel takes ack and snapshot, was ${said.type}.`);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  async destroy(ownerId: string): Promise<void> {
    if (this.ctx.storage.kv.get(MARKET) === undefined) return;
    this.claim(ownerId);
    this.hub.end("deleted");
    await this.ctx.storage.deleteAll();
  }

  private claim(ownerId: string | undefined): VenueMarketOf {
    const market = this.ctx.storage.kv.get<VenueMarketOf>(MARKET);
    if (market === undefined) throw new Error("the market is not there");
    if (ownerId !== undefined && market.ownerId !== ownerId) throw new Error("the market belongs to another owner");
    return market;
  }

  private market(): VenueMarket {
    this.made ??= new VenueMarket({
      data: () => this.data(),
      instrument: venueInstrument(this.claim(undefined).instrument),
      store: new SqlMinutes(this.ctx.storage),
      now: systemClock,
    });
    return this.made;
  }

  private data(): Promise<MarketData> {
    const now = systemClock();
    if (this.opened === undefined || this.opened.until <= now) {
      const { env } = this;
      const market = this.claim(undefined);
      const keys = venueKeys({ env, kv: this.ctx.storage.kv }, market);
      const deps = { env, now: systemClock, ...connectionDeps(env, market) };
      const data = keys.then((credentials) => openMarketData(deps, credentials));
      this.opened = { data, until: now + KEYS_FOR_MS };
      data.catch(() => {
        this.opened = undefined;
      });
    }
    return this.opened.data;
  }

  private async wake(): Promise<void> {
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(systemClock());
  }
}
