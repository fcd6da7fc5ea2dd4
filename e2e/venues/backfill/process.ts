import type { EmulatedRequest, VenueEmulator } from "../venue-emulator.ts";

interface ProcessParts {
  readonly venue: VenueEmulator;
  readonly clock: { now: number };
  readonly random: () => number;
  readonly deaths: number;
  readonly spoil: (path: string, body: string) => string;
  readonly record: (at: number) => void;
  readonly replyMs: number;
}

/** A process of a Worker that may end at any read or write, before or after it is done; nothing it does later has effect. */
export class Process {
  isAlive = true;
  private readonly parts: ProcessParts;
  private readonly deadlines = new Set<{ readonly delayMs: number; readonly act: () => void }>();

  constructor(parts: ProcessParts) {
    this.parts = parts;
  }

  /** Calls `act` once a venue has not answered for so long. */
  readonly after = (delayMs: number, act: () => void): (() => void) => {
    const deadline = { delayMs, act };
    this.deadlines.add(deadline);
    return () => void this.deadlines.delete(deadline);
  };

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { venue, clock, spoil, record, replyMs } = this.parts;
    this.mayDie();
    record(clock.now);
    const request = requestOf(url, init);
    const reply = venue.faults.handle(venue, request);
    if (reply === "hang") {
      this.passDeadlines();
      return new Promise<Response>(() => undefined);
    }
    clock.now += replyMs;
    this.mayDie();
    const body = reply.status === 200 ? spoil(request.path, reply.body) : reply.body;
    return new Response(body, { status: reply.status, headers: reply.headers ?? {} });
  };

  /** Time passes until somebody gives up waiting. */
  private passDeadlines(): void {
    queueMicrotask(() => {
      for (const { delayMs, act } of [...this.deadlines]) {
        this.parts.clock.now += delayMs;
        act();
      }
    });
  }

  /** The same thing, as long as the process lives. */
  mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          const result: unknown = (() => {
            this.mayDie();
            return Reflect.apply(value, target, args);
          })();
          // A statement is run later, by a call of its own.
          if (result !== null && typeof result === "object" && "execute" in result) return this.mortal(result);
          if (!(result instanceof Promise)) return result;
          return result.then((done: unknown) => {
            this.mayDie();
            return done;
          });
        };
      },
    });
  }

  private mayDie(): void {
    if (this.isAlive && this.parts.random() < this.parts.deaths) this.isAlive = false;
    if (!this.isAlive) throw new Error("the process has ended");
  }
}

function requestOf(url: string, { method = "GET", headers, body }: RequestInit): EmulatedRequest {
  const { pathname: path, search } = new URL(url);
  return {
    ...{ method, path, rawQuery: search.slice(1), headers: Object.fromEntries(new Headers(headers)) },
    body: typeof body === "string" ? body : "",
  };
}
