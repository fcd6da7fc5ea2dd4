import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { serveVenue, type VenueServer } from "../e2e/venues/venue-server.ts";
import { XtsEmulator } from "../e2e/venues/xts/xts-emulator.ts";
import { SIDECAR_PING, SIDECAR_PONG } from "../schema/wire/sidecar.ts";
import { type LinkMemory, NO_LINK, takeFrame } from "../workers/account/link-machine.ts";
import { bearerOf, issueSidecarToken, sidecarKey, verifySidecarToken } from "../workers/auth/sidecar-token.ts";
import { parsePrice, parseQuantity } from "../workers/core/ledger/decimal-text.ts";

export const SECRET = "a secret of drills that is long enough for its use";
export const ACCOUNT = { accountId: "acc_drill", ownerId: "usr_drill" };

/** A fifteenth of the time that things really take, so that fifteen seconds are one; with `SIDECAR_PACE=real`, all of it. */
export const PACE = process.env.SIDECAR_PACE === "real" ? 15 : 1;
export const DRILL_BEATS = { everyMs: 200 * PACE, silentMsMax: 667 * PACE, noticedMsMax: 1_000 * PACE };

/** An account's end of the line, as its object is, with the link's own machine and storage that outlives connections. */
export class DrillAccount {
  stored: LinkMemory = NO_LINK;
  /** Numbers of trades that were heard, each as often as it was. */
  readonly heard: string[] = [];
  gaps = 0;
  byes = 0;
  /** When the account noticed that its sidecar was gone, ms by the process's clock; undefined while it is there. */
  downAt: number | undefined = performance.now();
  upAt = 0;
  onGap: () => void = () => undefined;
  private readonly server: Server;
  private socket: WebSocket | undefined;
  private readonly asks = new Map<number, (answer: unknown) => void>();
  private lastAsk = 0;
  private heardAt = 0;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor() {
    this.server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    this.server.on("upgrade", async (request, raw, head) => {
      const token = bearerOf(request.headers.authorization) ?? "";
      const claims = await verifySidecarToken(sidecarKey(SECRET), "sidecar", { token, nowMs: Date.now() });
      if (claims?.accountId !== ACCOUNT.accountId || claims.epoch !== this.stored.epoch) {
        raw.end(`HTTP/1.1 ${claims === undefined ? 401 : 409} No\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, raw, head, (socket) => this.take(socket));
    });
    this.timer = setInterval(() => this.check(), 50);
  }

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    clearInterval(this.timer);
    this.socket?.terminate();
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Asks the venue through the sidecar: the frame that answers. */
  ask(method: string, params: object): Promise<unknown> {
    const id = ++this.lastAsk;
    const frame = { type: "ask", id, leftMs: 5_000, method, params };
    return new Promise((resolve) => {
      this.asks.set(id, resolve);
      this.socket?.send(JSON.stringify(frame));
    });
  }

  private take(socket: WebSocket): void {
    this.socket?.terminate();
    this.socket = socket;
    this.heardAt = performance.now();
    let greeted = false;
    socket.on("message", (data) => {
      if (this.socket !== socket) return;
      this.heardAt = performance.now();
      const text = String(data);
      if (text === SIDECAR_PING) {
        socket.send(SIDECAR_PONG);
        return;
      }
      const step = takeFrame(this.stored, text, { greeted });
      this.stored = step.memory;
      if (step.answer !== undefined) this.asks.get(step.answer.id)?.(step.answer);
      for (const news of step.news) {
        if (news.type === "fill") this.heard.push(news.fill.tradeId);
        if (news.type === "gap") {
          this.gaps += 1;
          this.onGap();
        }
      }
      for (const frame of step.send) {
        if (frame.type === "welcome") {
          greeted = true;
          this.downAt = undefined;
          this.upAt = performance.now();
        }
        socket.send(JSON.stringify(frame));
      }
      if (text.startsWith('{"type":"bye"')) this.byes += 1;
      if (step.close !== undefined) socket.close(step.close.code, step.close.reason);
    });
    socket.on("close", () => this.gone(socket));
    socket.on("error", () => this.gone(socket));
  }

  private check(): void {
    const { socket } = this;
    if (socket !== undefined && performance.now() - this.heardAt > DRILL_BEATS.silentMsMax) {
      socket.terminate();
      this.gone(socket);
    }
  }

  private gone(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    this.downAt ??= performance.now();
  }
}

export interface SidecarProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly bridgePort: number;
}

/** As the image starts it: without a limit the collector lets the heap grow far beyond what is in use. */
export const SIDECAR_FLAGS = ["--max-old-space-size=144", "--max-semi-space-size=2"];

/** Starts a sidecar as a process of its own and waits until it listens. */
export async function startSidecar(
  callbacks: readonly string[],
  changed: Readonly<Record<string, string>> = {},
): Promise<SidecarProcess> {
  const main = new URL("../sidecar/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...SIDECAR_FLAGS, main], {
    env: {
      PATH: process.env.PATH,
      SIDECAR_SECRET: SECRET,
      SIDECAR_CALLBACKS: callbacks.join(","),
      SIDECAR_HOST: "127.0.0.1",
      SIDECAR_PORT: "0",
      SIDECAR_BEAT_MS: String(DRILL_BEATS.everyMs),
      SIDECAR_SILENT_MS: String(DRILL_BEATS.silentMsMax),
      MT5_PORT: "0",
      MT5_PLAIN: "true",
      ...changed,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ports = new Map<string, number>();
  let text = "";
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    for (const line of text.split("\n").slice(0, -1)) {
      const { event, port } = JSON.parse(line) as { event: string; port: number };
      ports.set(event, port);
    }
    text = text.slice(text.lastIndexOf("\n") + 1);
    if (ports.size === 2) break;
  }
  return { child, port: ports.get("listening") ?? 0, bridgePort: ports.get("terminals") ?? 0 };
}

/** Asks a sidecar to hold the account's stream, as the account does with a new epoch. */
export async function askToHold(
  sidecar: SidecarProcess,
  asked: {
    callback: string;
    venue: string;
    credentials: object;
    epoch: number;
    accountId?: string;
    environment?: string;
  },
): Promise<number> {
  const { callback, venue, credentials, epoch, accountId = ACCOUNT.accountId, environment = "demo" } = asked;
  const claims = { ...ACCOUNT, accountId, epoch, tokenId: crypto.randomUUID(), nowMs: Date.now() };
  const token = await issueSidecarToken(sidecarKey(SECRET), "account", claims);
  const body = { venue, environment, credentials, instruments: [], callback, epoch };
  const reply = await fetch(`http://127.0.0.1:${sidecar.port}/v1/holds`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await reply.text();
  return reply.status;
}

/** A venue that trades by itself, some twenty times a second, until it is told to stop. */
export class BusyVenue {
  readonly venue: XtsEmulator;
  private served: VenueServer | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  constructor() {
    const after = (delayMs: number, act: () => void) => void setTimeout(act, delayMs);
    this.venue = new XtsEmulator({ now: Date.now, random: () => 0.5, after });
    this.venue.book.trade("NSECM-2885", parsePrice("100", "price"));
  }

  async open(): Promise<VenueServer> {
    this.served = await serveVenue(this.venue);
    return this.served;
  }

  /** Numbers of all trades that there were. */
  get trades(): string[] {
    return this.venue.book.fills.map(({ id }) => `NSECM:${id}`);
  }

  start(): void {
    this.timer = setInterval(() => {
      this.count += 1;
      const clientId = `drill${String(this.count).padStart(15, "0")}`;
      this.venue.book.place({
        ...{ clientId, symbol: "NSECM-2885", side: "buy", kind: "market" },
        quantity: parseQuantity("1", "quantity"),
      });
    }, 50);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async close(): Promise<void> {
    this.stop();
    await this.served?.close();
  }

  /** Logs in as the account does before it asks to be held. */
  async credentials(base: string): Promise<object> {
    const { appKey, secretKey, clientId } = this.venue.keys;
    const body = JSON.stringify({ appKey, secretKey, source: "WEBAPI" });
    const headers = { "content-type": "application/json" };
    const reply = await fetch(`${base}/interactive/user/session`, { method: "POST", headers, body });
    const { result } = (await reply.json()) as { result: { token: string } };
    return { base, token: result.token, userId: clientId, side: "interactive" };
  }
}

/** Waits until something holds. Throws, with its name, where that takes too long. */
export async function until(what: string, holds: () => boolean, msMax: number): Promise<number> {
  const started = performance.now();
  while (!holds()) {
    if (performance.now() - started > msMax) throw new Error(`${what} must happen within ${msMax} ms, did not`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - started;
}
