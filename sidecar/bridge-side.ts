import { z } from "zod";
import type { HoldRequest } from "../schema/wire/sidecar.ts";
import type { TerminalMessage, TerminalRefusal } from "../workers/brokers/mt5/bridge-message.ts";
import { definiteCode } from "../workers/brokers/mt5/errors.ts";
import { MT5_PREFIX } from "../workers/brokers/mt5/parse.ts";
import type { BridgeEvent, BridgeKey, TerminalFacts } from "../workers/brokers/mt5/session.ts";
import { bridgeNews } from "../workers/brokers/mt5/stream.ts";
import { VenueRefusal, VenueSilence } from "../workers/brokers/request/venue-reply.ts";
import type { BridgeListener, TerminalConnection } from "./bridge-listener.ts";
import { bridgeAddress } from "./bridge-listener.ts";
import type { Timers } from "./timers.ts";
import type { VenueListener, VenueSide } from "./venue-line.ts";

/** What an account tells of its terminal: who it is, and the key that it proves itself by. */
export const BridgeCredentials = z.strictObject({
  login: z.string().regex(/^\d{1,20}$/, "must be an account number"),
  server: z.string().min(1).max(128),
  /** Name of the key, which no two connections share. */
  keyId: z.string().min(1).max(128).default("1"),
  /** Made by us: nobody has to remember it. */
  secret: z.string().min(32, "must have at least 32 characters").max(200),
});
type BridgeCredentials = z.infer<typeof BridgeCredentials>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimer: () => void;
}

/** Requests that wait for a terminal at once. */
const WAITING_MAX = 200;

/** A hold's side of its terminal, which dials us: one connection at a time, the latest. */
export class BridgeSide implements VenueSide {
  readonly address: string;
  private readonly credentials: BridgeCredentials;
  private readonly symbols: readonly string[];
  private readonly parts: { readonly listener: BridgeListener; readonly timers: Timers; readonly told: VenueListener };
  private connection: TerminalConnection | undefined;
  private readonly waiting = new Map<number, Waiting>();
  /** Events that the account has stored; undefined before the first, when the terminal knows by its own file. */
  private taken: number | undefined;

  /** Throws RangeError for credentials that cannot be such. */
  constructor(request: HoldRequest, parts: BridgeSide["parts"]) {
    const parsed = BridgeCredentials.safeParse(request.credentials);
    if (!parsed.success)
      throw new RangeError(`credentials.${parsed.error.issues[0]?.path.join(".")} is not as it must be`);
    this.credentials = parsed.data;
    this.address = bridgeAddress(parsed.data);
    this.symbols = request.instruments
      .filter((instrument) => instrument.startsWith(MT5_PREFIX))
      .map((instrument) => instrument.slice(MT5_PREFIX.length));
    this.parts = parts;
  }

  start(): void {
    this.parts.listener.add(this);
    this.parts.told.state("connecting", "the terminal has not dialled yet");
  }

  end(): void {
    this.parts.listener.remove(this);
    this.connection?.end("released");
  }

  get key(): BridgeKey {
    const { secret } = this.credentials;
    return { secret, takenSequence: this.taken, symbols: this.symbols };
  }

  joined(connection: TerminalConnection, facts: TerminalFacts): void {
    const before = this.connection;
    this.connection = connection;
    before?.end("dialled again");
    const { told } = this.parts;
    told.news([{ type: "gap", reason: "the terminal connected" }]);
    told.state("ready", facts.tradeAllowed ? "" : "trading is off in the terminal");
  }

  left(connection: TerminalConnection, reason: string): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    for (const { reject, cancelTimer } of this.waiting.values()) {
      cancelTimer();
      reject(new VenueSilence(`the terminal went away: ${reason}`, { isSent: true }));
    }
    this.waiting.clear();
    this.parts.told.state("down", reason);
  }

  event(connection: TerminalConnection, event: BridgeEvent): void {
    if (this.connection !== connection) return;
    const news = bridgeNews(event, this.parts.timers.now());
    if (event.sequence === 0) {
      this.parts.told.news(news);
      return;
    }
    // The terminal keeps an event on its disk until the account has stored it.
    this.parts.told.news(news, () => {
      this.taken = Math.max(this.taken ?? 0, event.sequence);
      this.connection?.ack(this.taken);
    });
  }

  answered(connection: TerminalConnection, answer: Extract<TerminalMessage, { t: "res" }> | TerminalRefusal): void {
    const waiting = this.waiting.get(Number(answer.id));
    if (this.connection !== connection || waiting === undefined) return;
    this.waiting.delete(Number(answer.id));
    waiting.cancelTimer();
    if (answer.ok) {
      waiting.resolve(answer.r);
      return;
    }
    const code = definiteCode(answer.err);
    const { msg } = answer.err;
    waiting.reject(code === undefined ? new VenueSilence(msg, { isSent: true }) : new VenueRefusal(code, msg));
  }

  async ask(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): Promise<unknown> {
    const { connection } = this;
    if (connection === undefined) throw new VenueSilence("the terminal is not connected", { isSent: false });
    if (this.waiting.size >= WAITING_MAX) throw new VenueSilence("too many requests wait", { isSent: false });
    const id = connection.request(method, params, leftMs);
    return new Promise((resolve, reject) => {
      const cancelTimer = this.parts.timers.after(leftMs, () => {
        this.waiting.delete(id);
        reject(new VenueSilence(`the terminal must answer within ${leftMs} ms`, { isSent: true }));
      });
      this.waiting.set(id, { resolve, reject, cancelTimer });
    });
  }
}
