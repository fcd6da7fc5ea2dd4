import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { obey } from "./control-order.ts";
import type { EmulatedRequest, VenueEmulator } from "./venue-emulator.ts";

/** Bytes of a request: an order is a thousandth of it. */
const REQUEST_BYTES_MAX = 1_000_000;

export interface VenueServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface ServeOptions {
  /** Any that is free where it is left out. */
  readonly port?: number;
  /** Whether prices go on by themselves, as their candles do, or stand where a test has put them. */
  readonly market?: "stands" | "goes-on";
}

/**
 * Serves an emulator over HTTP and WebSocket on this machine. POST /control/trade {instrument, price, quantity?} moves its
 * market, POST /control/fault {fault, times?, path?} | {rates} | {maintenance} | {clockSkewMs} | {clear} breaks it. Rejects
 * where the port is taken.
 */
export async function serveVenue(
  venue: VenueEmulator,
  { port = 0, market = "stands" }: ServeOptions = {},
): Promise<VenueServer> {
  const server = createServer((request, response) => void answer(venue, request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    sockets.handleUpgrade(request, socket, head, (open) => {
      const handler = venue.connect(pathname, search.slice(1), {
        send: (text) => open.send(text, { binary: venue.framesAreBinary === true }),
        close: (code, reason) => open.close(code, reason),
      });
      if (handler === undefined) {
        open.close(1008, "no such stream");
        return;
      }
      open.on("message", (data) => handler.take(String(data)));
      open.on("close", () => handler.closed());
      open.on("error", () => handler.closed());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const timer = setInterval(() => {
    if (market === "goes-on") venue.book.follow();
    venue.tick?.();
  }, 1_000);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    async close() {
      clearInterval(timer);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(venue: VenueEmulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, search } = new URL(request.url ?? "/", "http://localhost");
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = await bodyOf(request);
  const asked: EmulatedRequest = { method: request.method ?? "GET", path, rawQuery: search.slice(1), headers, body };
  if (path.startsWith("/control/")) {
    control(venue, asked, response);
    return;
  }
  const end = venue.openLines?.(asked, (line) => response.write(`${line}\n`));
  if (end !== undefined) {
    response.flushHeaders();
    request.on("close", end);
    response.on("close", end);
    return;
  }
  const reply = venue.faults.handle(venue, asked);
  if (reply === "hang") return;
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
  response.end(reply.body);
}

function control(venue: VenueEmulator, { path, body }: EmulatedRequest, response: ServerResponse): void {
  try {
    obey(venue, path, body);
    response.end("{}\n");
  } catch (error) {
    response.statusCode = 400;
    response.end(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > REQUEST_BYTES_MAX) request.destroy();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
