import { DAY_MS, MINUTE_MS } from "../candle/timeframe.ts";
import { isOpen } from "../candle/trading-calendar.ts";
import { weekdayOfDay } from "../candle/us-market-day.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import type { DeskOrderKind } from "../order/desk-order.ts";
import { CAP_LEVELS, missingBotLimits, type TradingWindow } from "./cap.ts";
import { type Check, type CheckInput, type Denial, denial, rulesIn } from "./check.ts";
import { heldOf, isReducing, isReducingWithin } from "./exposure.ts";
import { bindingState, STATE_ALLOWS } from "./trading-state.ts";

/** What may be done at all: states, limits that must be set, instruments, hours, the form. */
export const PERMISSION_CHECKS: readonly Check[] = [
  { name: "trading state", check: checkState },
  { name: "limits set", check: checkLimitsSet },
  { name: "instrument allowed", check: checkInstrument },
  { name: "market open", check: checkMarketOpen },
  { name: "hours", check: checkHours },
  { name: "form", check: checkForm },
  { name: "reduce only", check: checkReduceOnly },
];

function checkState({ intent, book }: CheckInput): Denial | undefined {
  const { state, scope } = bindingState(book.states);
  const allows = STATE_ALLOWS[state];
  if (allows.increase) return undefined;
  if (!allows.reduce) return denial("HALTED", { value: scope, limit: "cancels only" });
  const within = scope === "bot" ? "bot" : "account";
  if (isReducingWithin(book, within, intent)) return undefined;
  return denial("REDUCING", { value: scope, limit: "orders that only reduce the position" });
}

function checkLimitsSet({ limits }: CheckInput): Denial | undefined {
  const missing = missingBotLimits(limits.bot);
  if (missing.length === 0) return undefined;
  return denial("LIMITS_MISSING", { value: missing.join(", "), limit: "every limit that a bot must have" });
}

function checkInstrument({ intent, book, limits }: CheckInput): Denial | undefined {
  for (const level of CAP_LEVELS) {
    const { instruments } = limits[level];
    if (instruments === undefined || instruments.includes(intent.instrument)) continue;
    return { ...denial("INSTRUMENT", { value: intent.instrument, limit: instruments.join(", ") }), level };
  }
  const rules = book.instruments.get(intent.instrument);
  // What is held has to be closed as long as the venue takes it; a list of it may have been cut short, too.
  if (rules !== undefined && (rules.isDelisted !== true || intent.reduceOnly)) return undefined;
  const limit = rules === undefined ? "instruments of the venue" : "instruments that the venue still trades";
  return denial("INSTRUMENT", { value: intent.instrument, limit });
}

function checkMarketOpen({ intent, book, now }: CheckInput): Denial | undefined {
  const { calendar } = rulesIn(book, intent.instrument);
  if (isOpen(calendar, now)) return undefined;
  return denial("MARKET_CLOSED", { value: String(now), limit: `sessions of ${calendar.id}` });
}

/** Hours that people set. */
function checkHours({ limits, now }: CheckInput): Denial | undefined {
  for (const level of CAP_LEVELS) {
    const { windows } = limits[level];
    if (windows === undefined || windows.some((window) => isWithin(window, now))) continue;
    return { ...denial("HOURS", { value: String(now), limit: "the hours allowed" }), level };
  }
  return undefined;
}

function isWithin({ weekdays, fromMinute, toMinute }: TradingWindow, now: number): boolean {
  const day = Math.floor(now / DAY_MS);
  const minute = (now - day * DAY_MS) / MINUTE_MS;
  return weekdays.includes(weekdayOfDay(day)) && minute >= fromMinute && minute < toMinute;
}

/** An order that says of itself that it only closes is held to its word. */
function checkReduceOnly({ intent, book }: CheckInput): Denial | undefined {
  if (!intent.reduceOnly || isReducing(book, "bot", intent)) return undefined;
  const held = heldOf(book, "bot", intent.instrument);
  return denial("REDUCE_ONLY", {
    value: formatDecimal(intent.quantity),
    limit: `what is held: ${formatDecimal(held)}`,
  });
}

/** Prices that an order of a kind names; it names no others. */
const NEEDS: Readonly<Record<DeskOrderKind, readonly ("limit" | "stop" | "trail")[]>> = {
  market: [],
  limit: ["limit"],
  stop: ["stop"],
  "stop-limit": ["limit", "stop"],
  "trailing-stop": ["trail"],
};

/** Kinds that need a price name it, and only they. */
export function checkForm({ intent }: Pick<CheckInput, "intent">): Denial | undefined {
  const { kind, quantity, limit, stop, trail } = intent;
  if (quantity <= 0n) return denial("FORM", { value: `quantity ${formatDecimal(quantity)}`, limit: "above 0" });
  for (const [field, price] of [
    ["limit", limit],
    ["stop", stop],
    ["trail", trail],
  ] as const) {
    const needed = NEEDS[kind].includes(field);
    if (needed !== (price !== undefined)) {
      return denial("FORM", {
        value: `${kind} ${needed ? "without" : "with"} ${field}`,
        limit: "the prices of its kind",
      });
    }
    if (price !== undefined && price <= 0n) {
      return denial("FORM", { value: `${field} ${formatDecimal(price)}`, limit: "above 0" });
    }
  }
  return undefined;
}
