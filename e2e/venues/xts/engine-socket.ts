import type { EmulatedSocket } from "../venue-emulator.ts";

const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 60_000;
let opened = 0;

/** The server's end of Engine.IO 3 with Socket.IO 2 on it: opens, answers pings, sends events. */
export class EngineSocket {
  private readonly socket: EmulatedSocket;

  constructor(socket: EmulatedSocket) {
    this.socket = socket;
  }

  /** Greets, and lets in or refuses. */
  open(refusal: string | undefined): void {
    opened += 1;
    const sid = `emulated${opened}`;
    const greeting = { sid, upgrades: [], pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS };
    this.socket.send(`0${JSON.stringify(greeting)}`);
    this.socket.send(refusal === undefined ? "40" : `44${JSON.stringify(refusal)}`);
  }

  /** Sends an event, whose content is a text with JSON in it. */
  emit(name: string, content: string): void {
    this.socket.send(`42${JSON.stringify([name, content])}`);
  }

  take(text: string): void {
    if (text.startsWith("2")) this.socket.send(`3${text.slice(1)}`);
    if (text === "1" || text === "41") this.socket.close(1000, "");
  }
}
