import { DurableObject } from "cloudflare:workers";
import type { ByeReason, MarketState } from "../../schema/wire/live.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { LiveHub } from "./live-hub.ts";

/** Sockets of one object of a market: what one core tells within a third of a second. */
export const MARKET_SOCKETS_MAX = 5_000;

/** Tells a market to more watchers than its own object serves: it is told each value by that object and tells it on. */
export class RelayObject extends DurableObject<Env> {
  private readonly hub: LiveHub<MarketState>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.hub = new LiveHub({
      ...{ ctx, prefix: "live", channel: "relay", now: systemClock, newEpoch: () => crypto.randomUUID() },
      ...{ socketsMax: MARKET_SOCKETS_MAX, keep: "memory" },
    });
  }

  /** Tells a value on and answers how many watch. */
  publish(state: MarketState): number {
    this.hub.publish(state);
    return this.hub.size;
  }

  /** Opens a socket that the Worker has checked, once the market has told a value. */
  override async fetch(request: Request): Promise<Response> {
    if (this.hub.isEmpty) return new Response(null, { status: 503 });
    return this.hub.open(request);
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    const said = this.hub.message(socket, text);
    if (said === undefined) return;
    this.hub.refuse(socket, "bad_message", `A market's channel takes ack and snapshot, was ${said.type}.`);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }
}
