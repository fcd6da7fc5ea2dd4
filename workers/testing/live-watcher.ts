/** A frame as a test reads it; the schemas of the channels are proven elsewhere. */
export interface LiveFrame {
  readonly type: "snapshot" | "delta" | "error" | "bye" | "killed";
  readonly epoch?: string;
  readonly sequence?: number;
  readonly from?: number;
  readonly state?: object;
  readonly change?: object;
  readonly code?: string;
  readonly reason?: string;
}

/** A client of a channel that keeps what it was told and applies it the way the protocol says. */
export class LiveWatcher {
  readonly frames: LiveFrame[] = [];
  readonly socket: WebSocket;
  /** Code of the close frame, once it came. */
  readonly closed: Promise<number>;
  private readonly waiting: (() => void)[] = [];

  /** `acks` false is a client that takes in what it is told and never says so. */
  constructor(reply: Response, { acks = true }: { readonly acks?: boolean } = {}) {
    if (reply.webSocket === null) throw new Error(`the reply has no socket, its status was ${reply.status}`);
    this.socket = reply.webSocket;
    this.closed = new Promise((resolve) => {
      this.socket.addEventListener("close", ({ code }) => resolve(code));
    });
    this.socket.addEventListener("message", ({ data }) => {
      if (data === "pong") return;
      const frame = JSON.parse(String(data)) as LiveFrame;
      this.frames.push(frame);
      if (acks && frame.sequence !== undefined) this.ack(frame.sequence);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.socket.accept();
  }

  ack(sequence: number): void {
    this.say({ type: "ack", sequence });
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Waits until what it was told makes `done` true. */
  async until(done: (watcher: LiveWatcher) => boolean): Promise<void> {
    while (!done(this)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  count(type: LiveFrame["type"]): number {
    return this.frames.filter((frame) => frame.type === type).length;
  }

  /** The value after every frame so far; throws where one does not begin where the one before it ended. */
  value<T>(): T | undefined {
    let value: object | undefined;
    let sequence = -1;
    for (const frame of this.frames) {
      if (frame.type === "snapshot") value = frame.state;
      if (frame.type === "delta") {
        if (frame.from !== sequence) throw new Error(`a delta from ${frame.from} came after ${sequence}`);
        value = { ...value, ...frame.change };
      }
      sequence = frame.sequence ?? sequence;
    }
    return value as T | undefined;
  }

  /** Number of the last value. */
  get sequence(): number {
    return this.frames.findLast((frame) => frame.sequence !== undefined)?.sequence ?? -1;
  }
}
