import { DurableObject } from "cloudflare:workers";
import { LiveHub } from "../live/live-hub.ts";
import { SOCKET_PROTOCOL } from "../live/socket-protocol.ts";

/** What the bench of the fan-out publishes: about as much as a market says each second. */
export interface FanOutState {
  /** When it was published, UTC milliseconds. */
  readonly at: number;
  readonly price: string;
  readonly running: object;
  readonly closed: object;
}

interface FanOutEnv {
  readonly HUB: DurableObjectNamespace<FanOutObject>;
  readonly PLAIN: DurableObjectNamespace<PlainObject>;
}

const CANDLE = { time: 1_760_000_000_000, open: 64_210.5, high: 64_288, low: 64_199.25, close: 64_251, volume: 12.5 };

/** One object with a hub and nothing else, for the bench of the fan-out. */
export class FanOutObject extends DurableObject<FanOutEnv> {
  private readonly hub: LiveHub<FanOutState>;

  constructor(ctx: DurableObjectState, env: FanOutEnv) {
    super(ctx, env);
    const newEpoch = () => crypto.randomUUID();
    this.hub = new LiveHub({ ctx, prefix: "live", now: Date.now, newEpoch, socketsMax: 20_000, keep: "memory" });
  }

  /** A socket; on POST a value of `at` is published, and the answer is how many sockets are open. */
  override async fetch(request: Request): Promise<Response> {
    if (request.method === "POST") {
      this.hub.publish(stateAt(request));
      return new Response(String(this.hub.size));
    }
    if (this.hub.isEmpty) this.hub.publish(stateAt(request));
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    this.hub.message(socket, text);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }
}

/** The same without a hub: what is published goes to all, whether they read or not. What the runtime itself costs. */
export class PlainObject extends DurableObject<FanOutEnv> {
  override async fetch(request: Request): Promise<Response> {
    if (request.method === "POST") {
      const text = JSON.stringify({ type: "delta", from: 0, sequence: 1, change: stateAt(request) });
      for (const socket of this.ctx.getWebSockets()) socket.send(text);
      return new Response(String(this.ctx.getWebSockets().length));
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const headers = { "Sec-WebSocket-Protocol": SOCKET_PROTOCOL };
    return new Response(null, { status: 101, webSocket: client, headers });
  }
}

function stateAt(request: Request): FanOutState {
  const at = Number(new URL(request.url).searchParams.get("at"));
  return { at, price: String(at % 100_000), running: { ...CANDLE, close: at }, closed: CANDLE };
}

export default {
  fetch(request: Request, { HUB, PLAIN }: FanOutEnv): Promise<Response> {
    const isPlain = new URL(request.url).pathname === "/plain";
    return (isPlain ? PLAIN.getByName("bench") : HUB.getByName("bench")).fetch(request);
  },
};
