import { type Decimal, type Money, type Price, type Quantity, ZERO } from "../core/ledger/decimal.ts";
import { bookEvent, emptyLedger, equityOf, type Ledger } from "../core/ledger/ledger.ts";
import type { LedgerEvent } from "../core/ledger/ledger-event.ts";
import { readLedger } from "../core/ledger/parse-ledger.ts";
import { type CostMethod, quantityOf } from "../core/ledger/position.ts";
import { RecordReader } from "../core/ledger/record-reader.ts";
import { CAP_NAMES, type LimitSet } from "../core/risk/cap.ts";
import { type EquityTrack, startTrack, trackEquity } from "../core/risk/equity-track.ts";
import { type LimitChange, limitsInForce, RAISE_DELAY_MS } from "../core/risk/limits-in-force.ts";
import type { MessageBuckets, ScopeBook } from "../core/risk/risk-book.ts";
import { EXECUTION_WINDOW_MS } from "../core/risk/throttle.ts";
import { type Bucket, fullBucket } from "../core/risk/token-bucket.ts";
import { TRADING_STATES, type TradingState } from "../core/risk/trading-state.ts";

/** A switch and why it is where it is. `until`: it turns back by itself then (UTC ms), as a pause for the day does. */
export interface Switch {
  readonly state: TradingState;
  readonly reason: string | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Who threw it; absent for a rule. */
  readonly by?: SwitchedBy | undefined;
}

/** Who throws a switch by hand: somebody who is signed in, or a program with a key. */
export const SWITCHED_BY = ["person", "program"] as const;
export type SwitchedBy = (typeof SWITCHED_BY)[number];

export const SWITCH_ON: Switch = { state: "ACTIVE", reason: undefined, since: undefined, until: undefined };

/**
 * What the desk keeps of a bot, or of the account as a whole: its share of the books, what it did lately and what limits
 * it. Immutable, stored as one text.
 */
export interface ScopeBooks {
  readonly ledger: Ledger;
  /** Undefined until the first money came. */
  readonly track: EquityTrack | undefined;
  readonly executions: readonly number[];
  readonly rejectsInARow: number;
  readonly buckets: MessageBuckets;
  readonly limits: readonly LimitChange[];
  readonly trading: Switch;
}

/** Buckets begin full of more than any rate allows; the rate in force cuts them. */
const FULL = 1_000_000;

export function newScopeBooks(method: CostMethod): ScopeBooks {
  // Full since ever: a market that is played again may begin long before today.
  const full = fullBucket({ capacity: FULL, windowMs: 1_000 }, 0);
  return {
    ledger: emptyLedger(method),
    track: undefined,
    executions: [],
    rejectsInARow: 0,
    buckets: { second: full, minute: full },
    limits: [],
    trading: SWITCH_ON,
  };
}

export function withBooking(books: ScopeBooks, event: LedgerEvent): ScopeBooks {
  return { ...books, ledger: bookEvent(books.ledger, event).ledger };
}

/** Marks the equity of the scope; unchanged where a position has no mark yet. */
export function withMark(
  books: ScopeBooks,
  {
    currency,
    marks,
    at,
  }: { readonly currency: string; readonly marks: ReadonlyMap<string, Price>; readonly at: number },
): ScopeBooks {
  for (const { instrument, quote } of books.ledger.positions.values()) {
    if (quote === currency && !marks.has(instrument)) return books;
  }
  const { equity, netDeposits } = equityOf(books.ledger, currency, marks);
  const mark = { equity, netDeposits, at };
  return { ...books, track: books.track === undefined ? startTrack(mark) : trackEquity(books.track, mark) };
}

export function withExecution(books: ScopeBooks, at: number): ScopeBooks {
  const executions = [...books.executions.filter((time) => time > at - EXECUTION_WINDOW_MS), at];
  return { ...books, executions };
}

/** The limits of the scope after a change. What can no longer matter is forgotten. */
export function withLimits(books: ScopeBooks, limits: Omit<LimitSet, "version">, now: number): ScopeBooks {
  const last = books.limits.at(-1);
  const version = (last?.limits.version ?? 0) + 1;
  // Never before the last change, so that a clock that was set back does not let a raise hold at once.
  const at = Math.max(now, last?.at ?? now);
  const settled = books.limits.findLastIndex((change) => change.at <= at - RAISE_DELAY_MS);
  const kept = books.limits.slice(Math.max(0, settled));
  return { ...books, limits: [...kept, { at, limits: { ...limits, version } }] };
}

const NO_LIMITS: LimitSet = { version: 0, caps: {} };

/** The answer of a history that was given last, and the time `[from, to)` that it holds in. */
const IN_FORCE = new WeakMap<readonly LimitChange[], { from: number; to: number; limits: LimitSet }>();

/** What is in force; no limits at all where none was ever set, which a bot may not trade with. */
export function limitsOf({ limits: history }: ScopeBooks, now: number): LimitSet {
  const last = history.at(-1);
  if (last === undefined) return NO_LIMITS;
  // A clock that was set back undoes no change: what was lowered stays lowered.
  const at = Math.max(now, last.at);
  // Every verdict asks, several times, and people change limits now and then.
  const known = IN_FORCE.get(history);
  if (known !== undefined && known.from <= at && at < known.to) return known.limits;
  const settling = history.map((change) => change.at + RAISE_DELAY_MS).filter((until) => until > at);
  const answer = { from: at, to: Math.min(...settling), limits: limitsInForce(history, at) };
  IN_FORCE.set(history, answer);
  return answer.limits;
}

/** The scope as verdicts look at it. */
export function scopeBookOf(books: ScopeBooks, now: number): ScopeBook {
  const { ledger, executions, rejectsInARow } = books;
  const positions = new Map<string, Quantity>();
  for (const position of ledger.positions.values()) positions.set(position.instrument, quantityOf(position));
  const nothing = { equity: 0n as Money, netDeposits: 0n as Money, at: now };
  return { positions, equity: books.track ?? startTrack(nothing), executions, rejectsInARow };
}

/** Throws RecordError or DecimalError where the text is not what was written. */
export function readScopeBooks(text: string): ScopeBooks {
  const record = RecordReader.ofText(text, "scope");
  return {
    ledger: readLedger(record.record("ledger")),
    track: record.optional("track", () => readTrack(record.record("track"))),
    executions: record.numbers("executions"),
    rejectsInARow: record.whole("rejectsInARow"),
    buckets: readBuckets(record.record("buckets")),
    limits: record.records("limits").map(readChange),
    trading: readSwitch(record.record("trading")),
  };
}

export function readBuckets(record: RecordReader): MessageBuckets {
  return { second: readBucket(record.record("second")), minute: readBucket(record.record("minute")) };
}

function readBucket(record: RecordReader): Bucket {
  return { left: record.number("left"), at: record.number("at") };
}

export function readSwitch(record: RecordReader): Switch {
  return {
    state: record.oneOf("state", TRADING_STATES),
    reason: record.optional("reason", () => record.text("reason")),
    since: record.optional("since", () => record.whole("since")),
    until: record.optional("until", () => record.whole("until")),
    by: record.optional("by", () => record.oneOf("by", SWITCHED_BY)),
  };
}

function readTrack(record: RecordReader): EquityTrack {
  return {
    day: record.whole("day"),
    dayStart: record.decimal<Money>("dayStart"),
    peak: record.decimal<Money>("peak"),
    equity: record.decimal<Money>("equity"),
    netDeposits: record.decimal<Money>("netDeposits"),
  };
}

function readChange(record: RecordReader): LimitChange {
  return { at: record.whole("at"), limits: readLimitSet(record.record("limits")) };
}

export function readLimitSet(record: RecordReader): LimitSet {
  const caps = record.record("caps");
  const set = caps.names();
  const instruments = record.optional("instruments", () => record.texts("instruments"));
  const windows = record.optional("windows", () =>
    record.records("windows").map((window) => ({
      weekdays: window.numbers("weekdays"),
      fromMinute: window.whole("fromMinute"),
      toMinute: window.whole("toMinute"),
    })),
  );
  return {
    version: record.whole("version"),
    caps: Object.fromEntries(
      CAP_NAMES.filter((name) => set.includes(name)).map((name) => [name, caps.decimal<Decimal>(name)]),
    ),
    ...(instruments === undefined ? {} : { instruments }),
    ...(windows === undefined ? {} : { windows }),
  };
}

/** What one scope holds of an instrument. */
export function heldBy(books: ScopeBooks, instrument: string): Decimal {
  const position = books.ledger.positions.get(instrument);
  return position === undefined ? ZERO : (position.lots.reduce((sum, lot) => sum + lot.quantity, 0n) as Decimal);
}
