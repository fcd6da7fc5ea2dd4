import type { EmulatedBook } from "../emulated-book.ts";
import type { FaultSwitches } from "../fault-switches.ts";
import type { EmulatedRequest } from "../venue-emulator.ts";
import type { OandaLedger, Transaction } from "./oanda-ledger.ts";
import { type OandaViews, timeOf } from "./oanda-views.ts";

/** How often a stream says that it is alive, ms. */
const HEARTBEAT_MS = 5_000;

interface StreamParts {
  readonly book: EmulatedBook;
  readonly ledger: OandaLedger;
  readonly views: OandaViews;
  readonly faults: FaultSwitches;
  readonly accountId: string;
  /** UTC ms. */
  readonly now: () => number;
}

interface Stream {
  readonly kind: "transactions" | "pricing";
  readonly instruments: readonly string[];
  readonly line: (text: string) => void;
}

/** Replies that never end: transactions and prices, line by line. */
export class OandaStreams {
  private readonly parts: StreamParts;
  private readonly streams = new Set<Stream>();
  private beatAt = 0;

  constructor(parts: StreamParts) {
    this.parts = parts;
  }

  /** Answers how to end it; undefined where there is no stream at the path. */
  open({ path, rawQuery }: EmulatedRequest, line: (text: string) => void): (() => void) | undefined {
    const account = `/v3/accounts/${this.parts.accountId}`;
    const kind = path === `${account}/transactions/stream` ? "transactions" : "pricing";
    if (kind === "pricing" && path !== `${account}/pricing/stream`) return undefined;
    const names = new URLSearchParams(rawQuery).get("instruments") ?? "";
    const stream: Stream = { kind, instruments: names.split(","), line };
    this.streams.add(stream);
    this.beat(stream);
    if (kind === "pricing") for (const name of stream.instruments) this.quoteTo(stream, name);
    return () => this.streams.delete(stream);
  }

  tick(): void {
    if (this.parts.now() - this.beatAt < HEARTBEAT_MS) return;
    this.beatAt = this.parts.now();
    for (const stream of this.streams) this.beat(stream);
  }

  private beat({ kind, line }: Stream): void {
    const last = kind === "transactions" ? { lastTransactionID: this.parts.ledger.lastId } : {};
    line(JSON.stringify({ type: "HEARTBEAT", ...last, time: timeOf(this.parts.now()) }));
  }

  /** The price of an instrument, to those who listen to it. */
  quote(symbol: string): void {
    for (const stream of this.streams) if (stream.kind === "pricing") this.quoteTo(stream, symbol);
  }

  private quoteTo({ instruments, line }: Stream, symbol: string): void {
    if (instruments.includes(symbol) && this.parts.book.prices.has(symbol)) {
      line(JSON.stringify({ type: "PRICE", ...this.parts.views.price(symbol) }));
    }
  }

  tell(transaction: Transaction): void {
    for (const { kind, line } of this.streams) {
      if (kind !== "transactions") continue;
      for (let copies = this.parts.faults.eventCopies(); copies > 0; copies--) line(JSON.stringify(transaction));
    }
  }
}
