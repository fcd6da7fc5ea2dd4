import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import WebSocket from "ws";

/** A connection that was asked for; nothing is told after `close`. */
export interface Connection {
  send(text: string): void;
  /** Asks whether the other side is there, below what it says: `alive(true)` tells that it answered. */
  ping(): void;
  /** Bytes that were sent and have not left yet. */
  readonly waiting: number;
  /** Ends it at once, whatever the other side does. */
  close(): void;
}

export interface ConnectionEvents {
  opened(): void;
  /** One frame or one line. */
  text(text: string): void;
  /** Something came that is no text: it shows that the other side is there. */
  alive(isPong: boolean): void;
  /** Told once. `status`: of a reply that was no stream. */
  closed(reason: string, status?: number): void;
}

export interface ConnectTo {
  readonly transport: "websocket" | "lines";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens connections. Tests hand in their own. */
export type Connect = (to: ConnectTo, events: ConnectionEvents) => Connection;

/** Longest frame or line that is taken, bytes: venues' own are a few kilobytes. */
const FRAME_BYTES_MAX = 1024 * 1024;
/** A connection that does not stand within this is given up, ms. */
const OPEN_MS_MAX = 10_000;

/** Connects over the network: web sockets, and replies that never end. Redirects are not followed. */
export const connectOverNetwork: Connect = (to, events) => {
  const told = once(events);
  try {
    return to.transport === "websocket" ? openSocket(to, told) : openLines(to, told);
  } catch (error) {
    // An address that cannot be one is told as any other failure.
    queueMicrotask(() => told.closed(messageOf(error)));
    return { send() {}, ping() {}, waiting: 0, close: told.end };
  }
};

interface ToldOnce extends ConnectionEvents {
  /** Tells nothing any more. */
  end(): void;
}

function once(events: ConnectionEvents): ToldOnce {
  let ended = false;
  return {
    opened: () => ended || events.opened(),
    text: (text) => ended || events.text(text),
    alive: (isPong) => ended || events.alive(isPong),
    closed(reason, status) {
      if (ended) return;
      ended = true;
      events.closed(reason, status);
    },
    end() {
      ended = true;
    },
  };
}

function openSocket({ url, headers }: ConnectTo, told: ToldOnce): Connection {
  const socket = new WebSocket(url, {
    headers,
    followRedirects: false,
    handshakeTimeout: OPEN_MS_MAX,
    maxPayload: FRAME_BYTES_MAX,
    // Compression would cost each of hundreds of sockets its own window of memory.
    perMessageDeflate: false,
  });
  let status: number | undefined;
  socket.on("open", () => told.opened());
  // Binary frames of the venues that we know carry text.
  socket.on("message", (data: Buffer) => told.text(data.toString("utf8")));
  socket.on("ping", () => told.alive(false));
  socket.on("pong", () => told.alive(true));
  socket.on("unexpected-response", (request, response: IncomingMessage) => {
    status = response.statusCode;
    response.resume();
    request.destroy();
    told.closed(`was answered with ${status}`, status);
  });
  socket.on("error", (error) => told.closed(messageOf(error), status));
  socket.on("close", (code, reason) => told.closed(`closed with ${code} ${reason.toString("utf8").slice(0, 200)}`));
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    ping() {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
    get waiting() {
      return socket.bufferedAmount;
    },
    close() {
      told.end();
      // A closing handshake would wait for a peer that may be gone.
      socket.terminate();
    },
  };
}

function openLines({ url, headers }: ConnectTo, told: ToldOnce): Connection {
  const ask = url.startsWith("https:") ? httpsRequest : httpRequest;
  let rest = "";
  const request = ask(url, { headers }, (response) => {
    request.setTimeout(0);
    if (response.statusCode !== 200) {
      response.resume();
      request.destroy();
      told.closed(`was answered with ${response.statusCode}`, response.statusCode);
      return;
    }
    response.setEncoding("utf8");
    told.opened();
    response.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.trim() === "") told.alive(false);
        else told.text(line);
      }
      if (rest.length > FRAME_BYTES_MAX) {
        request.destroy();
        told.closed("a line was too long");
      }
    });
    response.on("end", () => told.closed("the reply ended"));
    response.on("error", (error) => told.closed(messageOf(error)));
  });
  request.setTimeout(OPEN_MS_MAX, () => request.destroy(new Error("no reply came in time")));
  request.on("error", (error) => told.closed(messageOf(error)));
  request.end();
  return {
    send() {},
    ping() {},
    waiting: 0,
    close() {
      told.end();
      request.destroy();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
