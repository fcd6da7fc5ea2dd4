import { DurableObject } from "cloudflare:workers";
import type { ByeReason, MarketState } from "../../../schema/wire/live.ts";
import { TICK_MS } from "../../core/sim/sim-ticks.ts";
import { LiveHub } from "../../live/live-hub.ts";
import { MARKET_SOCKETS_MAX } from "../../live/relay-object.ts";
import { measureAlarm } from "../../metrics/alarm-lateness.ts";
import { FeedPulse } from "../../metrics/feed-pulse.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import { SIMULATED_SEED } from "../../services/simulated-datasets.ts";
import { listenerOf } from "./market-listener.ts";
import type { MarketFeed, MarketMinutes, MarketSubscriber } from "./market-port.ts";
import { MarketRelays } from "./market-relays.ts";
import { SimMarket } from "./sim-market.ts";
import { SimTape } from "./sim-tape.ts";
import { SubscriberBook } from "./subscriber-book.ts";

/**
 * The simulated market of one instrument, for everybody: the object's name is the instrument's, such as SIM:BTC-USD.
 * Its alarm rings each second while somebody listens or watches; otherwise it sleeps and nothing is lost, since the
 * market is a function of time.
 */
export class FeedObject extends DurableObject<Env> implements MarketFeed {
  private readonly book: SubscriberBook;
  private readonly hub: LiveHub<MarketState>;
  private readonly relays: MarketRelays;
  private made: SimMarket | undefined;
  private readonly pulse: FeedPulse;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.pulse = new FeedPulse("simulated", ctx.id.toString());
    this.book = new SubscriberBook(ctx.storage.sql);
    this.book.open();
    this.hub = new LiveHub({
      ...{ ctx, prefix: "live", channel: "market", now: systemClock, newEpoch: () => crypto.randomUUID() },
      ...{ socketsMax: MARKET_SOCKETS_MAX, keep: "memory" },
    });
    this.relays = new MarketRelays({
      ...{ kv: ctx.storage.kv, market: this.instrument, socketsMax: MARKET_SOCKETS_MAX },
      relay: (name) => env.RELAY.getByName(name),
    });
  }

  async subscribe(call: { ownerId: string; subscriber: MarketSubscriber }): Promise<void> {
    this.market().subscribe(call);
    await this.wake();
  }

  async unsubscribe(call: { ownerId: string; name: string }): Promise<void> {
    this.book.remove(call);
  }

  async minutes(call: { instrument: string; from: number; limit: number }): Promise<MarketMinutes> {
    this.requireInstrument(call.instrument);
    return this.market().minutes(call);
  }

  async last(call: { instrument: string }) {
    this.requireInstrument(call.instrument);
    return this.market().last();
  }

  /** Opens a socket that the Worker has checked; a simulated market may be watched by whoever is signed in. */
  override async fetch(request: Request): Promise<Response> {
    this.hub.publish(this.market().state());
    const reply = this.hub.open(request);
    await this.wake();
    return reply;
  }

  /** Name of a relay for a watcher whom this object has no room for. */
  async relay(): Promise<string> {
    const name = await this.relays.withRoom(this.market().state());
    await this.wake();
    return name;
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** The work of a second. It never throws and rings again first, so that nothing can end the market. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("feed", alarm, systemClock());
    try {
      if (this.book.size === 0 && this.hub.size === 0 && this.relays.count === 0) {
        this.pulse.stop(systemClock());
        return;
      }
      await this.ctx.storage.setAlarm(nextTick(systemClock()));
      if (this.hub.size > 0) this.hub.publish(this.market().state());
      await Promise.all([this.market().tick(), this.tellRelays()]);
      this.pulse.beat(systemClock());
    } catch (error) {
      logEvent("market_tick_failed", { name: "simulated", error });
      await this.wake().catch(() => undefined);
    }
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

  private async tellRelays(): Promise<void> {
    if (this.relays.count > 0) await this.relays.tell(this.market().state());
  }

  private async wake(): Promise<void> {
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(nextTick(systemClock()));
  }

  private market(): SimMarket {
    this.made ??= new SimMarket({
      tape: new SimTape({ seed: SIMULATED_SEED, symbol: this.instrument.replace(/^SIM:/, "") }),
      book: this.book,
      now: systemClock,
      listen: (subscriber) => listenerOf(this.env, subscriber),
    });
    return this.made;
  }

  private requireInstrument(instrument: string): void {
    if (instrument !== this.instrument)
      throw new Error(`the market is of ${this.instrument}, was asked for ${instrument}`);
  }

  private get instrument(): string {
    return this.ctx.id.name ?? "";
  }
}

function nextTick(nowMs: number): number {
  return (Math.floor(nowMs / TICK_MS) + 1) * TICK_MS;
}
