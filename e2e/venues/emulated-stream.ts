import type { VenueNews } from "../../workers/brokers/venue-news.ts";
import type { StreamScript, StreamStep } from "../../workers/brokers/venue-stream.ts";
import type { SocketHandler, VenueEmulator } from "./venue-emulator.ts";

/** Holds a stream onto an emulator in the same process: what a sidecar does with a socket. */
export class EmulatedStream {
  /** Why the script closed its connection last. */
  closedBecause: StreamStep["close"];
  isReady = false;
  private handler: SocketHandler | undefined;
  private endLines: (() => void) | undefined;
  private readonly parts: {
    readonly venue: VenueEmulator;
    readonly script: StreamScript;
    readonly now: () => number;
    readonly hear: (news: readonly VenueNews[]) => void;
  };

  constructor(parts: EmulatedStream["parts"]) {
    this.parts = parts;
  }

  get isOpen(): boolean {
    return this.handler !== undefined || this.endLines !== undefined;
  }

  open(): void {
    const { venue, script, now } = this.parts;
    const { pathname, search } = new URL(script.url);
    if (script.transport === "lines") {
      const headers = Object.fromEntries(new Headers({ ...script.headers }));
      const request = { method: "GET", path: pathname, rawQuery: search.slice(1), headers, body: "" };
      this.endLines = venue.openLines?.(request, (line) => this.take(line));
      if (this.endLines !== undefined) this.follow(script.open(now()));
      return;
    }
    const socket = { send: (text: string) => this.take(text), close: () => this.cut() };
    this.handler = venue.connect(pathname, search.slice(1), socket);
    if (this.handler !== undefined) this.follow(script.open(now()));
  }

  private take(text: string): void {
    if (this.isOpen) this.follow(this.parts.script.take(text, this.parts.now()));
  }

  tick(): void {
    if (this.isOpen) this.follow(this.parts.script.tick(this.parts.now()));
  }

  private follow(step: StreamStep): void {
    this.parts.hear(step.news);
    if (step.isReady === true) this.isReady = true;
    for (const frame of step.send) this.handler?.take(frame);
    if (step.close !== undefined) {
      this.closedBecause = step.close;
      this.cut();
    }
  }

  /** The connection breaks. */
  cut(): void {
    const { handler, endLines } = this;
    this.handler = undefined;
    this.endLines = undefined;
    this.isReady = false;
    handler?.closed();
    endLines?.();
  }
}
