import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";

/** The parts of the package ws that the benches use; it comes with the tools and has no types of its own. */
export interface BenchSocket {
  on(event: "message", listener: (data: Buffer) => void): void;
  on(event: "open", listener: () => void): void;
  on(event: "close", listener: (code: number) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  send(text: string): void;
  /** Stops reading from the network, as a client that hangs does. */
  pause(): void;
  terminate(): void;
}

interface SocketModule {
  readonly WebSocket: new (url: string, protocols: string[], options?: { readonly origin: string }) => BenchSocket;
  readonly WebSocketServer: new (options: {
    noServer: true;
  }) => {
    readonly clients: ReadonlySet<BenchSocket>;
    handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer, done: () => void): void;
  };
}

export const { WebSocket, WebSocketServer } = createRequire(import.meta.url)("ws") as SocketModule;
