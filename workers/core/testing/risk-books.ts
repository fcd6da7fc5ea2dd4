import { ALWAYS_OPEN } from "../candle/trading-calendar.ts";
import type { Decimal } from "../ledger/decimal.ts";
import { parseDecimal, parsePosition } from "../ledger/decimal-text.ts";
import { type CapName, type LimitSet, type Limits, PLATFORM_CEILINGS } from "../risk/cap.ts";
import { startTrack } from "../risk/equity-track.ts";
import type { InstrumentRules, Reference, RiskBook, ScopeBook } from "../risk/risk-book.ts";
import { fullBucket } from "../risk/token-bucket.ts";
import { money, price, quantity } from "./orders.ts";

export const NOW = 1_700_000_000_000;
export const BTC = "SIM:BTC-USD";
export const ETH = "SIM:ETH-USD";

const decimal = (text: string): Decimal => parseDecimal(text, "value");

export function rulesOf(): InstrumentRules {
  return {
    tick: decimal("0.01"),
    lot: decimal("0.001"),
    quantityMin: quantity("0.001"),
    notionalMin: money("1"),
    calendar: ALWAYS_OPEN,
  };
}

export function referenceOf(parts: Partial<Reference> = {}): Reference {
  return { price: price("100"), at: NOW - 1_000, intervalMs: 1_000, rate: decimal("1"), ...parts };
}

/** Nothing held, 100,000 of equity. */
export function scopeOf(positions: Readonly<Record<string, string>> = {}, parts: Partial<ScopeBook> = {}): ScopeBook {
  const held = Object.entries(positions).map(
    ([instrument, size]) => [instrument, parsePosition(size, "position")] as const,
  );
  return {
    positions: new Map(held),
    equity: startTrack({ equity: money("100000"), netDeposits: money("100000"), at: NOW }),
    executions: [],
    rejectsInARow: 0,
    ...parts,
  };
}

/** A book in which the intent of `intentOf` passes. */
export function bookOf(parts: Partial<RiskBook> = {}): RiskBook {
  const venueRate = { second: { capacity: 100, windowMs: 1_000 }, minute: { capacity: 1_000, windowMs: 60_000 } };
  const full = (second: number, minute: number) => ({
    second: fullBucket({ capacity: second, windowMs: 1_000 }, NOW),
    minute: fullBucket({ capacity: minute, windowMs: 60_000 }, NOW),
  });
  return {
    bot: scopeOf(),
    account: scopeOf(),
    orders: [],
    instruments: new Map([
      [BTC, rulesOf()],
      [ETH, rulesOf()],
    ]),
    references: new Map([
      [BTC, referenceOf()],
      [ETH, referenceOf({ price: price("10") })],
    ]),
    recent: [],
    buckets: { bot: full(5, 300), account: full(5, 300), venue: full(100, 1_000) },
    venueRate,
    states: { platform: "ACTIVE", user: "ACTIVE", account: "ACTIVE", instrument: "ACTIVE", bot: "ACTIVE" },
    ...parts,
  };
}

export type CapTexts = Partial<Record<CapName, string>>;

export function limitSetOf(caps: CapTexts, parts: Partial<LimitSet> = {}): LimitSet {
  const entries = Object.entries(caps).map(([name, text]) => [name, decimal(text)]);
  return { version: 1, caps: Object.fromEntries(entries), ...parts };
}

/** The four caps that a bot must have, wide, and what a test sets beside them. */
export function limitsOf({ bot = {}, account = {} }: { bot?: CapTexts; account?: CapTexts } = {}): Limits {
  const wide = { orderNotional: "100000", positionNotional: "100000", openOrders: "100", dailyLoss: "50000" };
  return {
    platform: PLATFORM_CEILINGS,
    account: limitSetOf(account, { version: 7 }),
    bot: limitSetOf({ ...wide, ...bot }, { version: 3, instruments: [BTC, ETH] }),
  };
}
