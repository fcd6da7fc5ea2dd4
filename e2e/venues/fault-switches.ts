import type { EmulatedReply, EmulatedRequest, VenueEmulator } from "./venue-emulator.ts";

/** How a venue can fail. Of those that answer wrongly the request was executed all the same. */
export const FAULTS = [
  /** It never arrives. */
  "request-lost",
  /** Executed, and the reply never comes. */
  "reply-lost",
  /** Executed seconds later, and never answered. */
  "late-accept",
  /** Executed, and answered as a mistake of the client's that means a time-out. */
  "maybe-400",
  /** Executed, and answered with a page for people. */
  "html-body",
  "empty-body",
  "server-error",
  /** Not executed, and answered as broken. */
  "server-down",
  /** Not executed, and asked to slow down. */
  "rate-limited",
  /** Of what is told unasked. */
  "event-dropped",
  "event-twice",
] as const;
export type Fault = (typeof FAULTS)[number];

const HANGING: ReadonlySet<Fault> = new Set(["request-lost", "reply-lost", "late-accept"]);
/** Seconds that a client which is too fast is asked to wait. */
const RETRY_AFTER_S = 5;

interface FaultParts {
  /** From 0 to 1, as of a seed. */
  readonly random: () => number;
  /** Calls `act` after `delayMs` of the emulator's time. */
  readonly after: (delayMs: number, act: () => void) => void;
  /** How late an order is taken at most, ms. */
  readonly lateMsMax?: number;
}

/** The faults of a venue: armed for the next requests one by one, or striking by chance. */
export class FaultSwitches {
  /** The venue is closed for maintenance. */
  maintenance = false;
  /** What is being executed came in time, and was left lying. */
  isLate = false;
  /** How far its clock is before everybody's, ms. */
  clockSkewMs = 0;
  /** How often each fault strikes, 0 to 1. */
  rates: Partial<Record<Fault, number>> = {};
  private armed: { readonly fault: Fault; times: number; readonly path: string }[] = [];
  private readonly parts: FaultParts;

  constructor(parts: FaultParts) {
    this.parts = parts;
  }

  /** The next `times` requests whose method and path contain `path` fail so. */
  arm(fault: Fault, { times = 1, path = "" }: { times?: number; path?: string } = {}): void {
    this.armed.push({ fault, times, path });
  }

  clear(): void {
    this.armed = [];
    this.rates = {};
    this.maintenance = false;
    this.clockSkewMs = 0;
  }

  /** How often an event is told: 0, 1 or 2 times. */
  eventCopies(): number {
    if (this.strikes("event-dropped", "")) return 0;
    return this.strikes("event-twice", "") ? 2 : 1;
  }

  /** Executes a request as the venue would, with what fails now; "hang" where no answer ever comes. */
  handle(venue: VenueEmulator, request: EmulatedRequest): EmulatedReply | "hang" {
    if (this.maintenance) return { status: 503, body: '{"code":0,"message":"system maintenance"}' };
    const name = `${request.method} ${request.path}`;
    const fault = FAULTS.find((each) => !each.startsWith("event-") && this.strikes(each, name));
    if (fault === undefined) return venue.handle(request);
    return this.fail(fault, () => venue.handle(request));
  }

  private fail(fault: Fault, execute: () => EmulatedReply): EmulatedReply | "hang" {
    if (fault === "late-accept") {
      const { random, after, lateMsMax = 20_000 } = this.parts;
      after(Math.round(random() * lateMsMax), () => {
        this.isLate = true;
        execute();
        this.isLate = false;
      });
    } else if (fault !== "request-lost" && fault !== "server-down" && fault !== "rate-limited") execute();
    if (HANGING.has(fault)) return "hang";
    switch (fault) {
      case "maybe-400":
        return { status: 400, body: '{"code":-1,"msg":"Request timed out, please check the order status."}' };
      case "html-body":
        return { status: 200, headers: { "content-type": "text/html" }, body: "<html><body>Bad Gateway</body></html>" };
      case "empty-body":
        return { status: 200, body: "" };
      case "rate-limited": {
        const headers = { "retry-after": String(RETRY_AFTER_S) };
        return { status: 429, headers, body: '{"code":-1003,"msg":"Too many requests."}' };
      }
      default:
        return { status: 503, body: '{"code":-1000,"msg":"Internal error; execution status unknown."}' };
    }
  }

  private strikes(fault: Fault, name: string): boolean {
    const armed = this.armed.find((each) => each.fault === fault && each.times > 0 && name.includes(each.path));
    if (armed !== undefined) {
      armed.times--;
      return true;
    }
    const rate = this.rates[fault] ?? 0;
    return rate > 0 && this.parts.random() < rate;
  }
}
