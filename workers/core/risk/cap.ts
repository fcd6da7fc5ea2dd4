import type { Decimal } from "../ledger/decimal.ts";
import { parseDecimal } from "../ledger/decimal-text.ts";

/** Who sets a limit. A wider level bounds the narrower ones: the strictest wins. */
export const CAP_LEVELS = ["platform", "account", "bot"] as const;
export type CapLevel = (typeof CAP_LEVELS)[number];

/** What a cap is counted in: `account` is money in the account's currency, `base` units of the instrument. */
export type CapUnit = "account" | "base" | "share" | "ratio" | "count" | "ms";

export interface CapDefinition {
  readonly unit: CapUnit;
  /** Which of two limits binds more. */
  readonly strictest: "lowest" | "highest";
  /** Code of the verdict that this cap denies with. */
  readonly code: string;
  /** How the value that is held against the limit is measured. Orders whose end is not certain always count. */
  readonly measured: string;
}

/** Every cap there is. Each is measured on the bot's own share and on the whole account, against that level's limit. */
export const CAPS = {
  orderQuantity: cap("base", "ORDER_QUANTITY", "quantity of the order"),
  orderNotional: cap("account", "ORDER_NOTIONAL", "quantity at the higher of reference, limit and stop"),
  positionQuantity: cap("base", "POSITION_QUANTITY", "position if every open order of the side and this one fill"),
  positionNotional: cap("account", "POSITION_NOTIONAL", "that position at the reference price"),
  grossExposure: cap(
    "account",
    "GROSS_EXPOSURE",
    "sum over instruments of the larger position that open orders may lead to",
  ),
  netExposure: cap(
    "account",
    "NET_EXPOSURE",
    "sum over instruments of positions if every open order of the side fills",
  ),
  leverage: cap("ratio", "LEVERAGE", "gross exposure ÷ marked equity"),
  openOrders: cap("count", "OPEN_ORDERS", "orders whose end is not certain, and this one"),
  openOrderNotional: cap("account", "OPEN_ORDER_NOTIONAL", "what these orders may still trade"),
  ordersPerSecond: cap("count", "ORDER_RATE", "token bucket that holds a second's orders"),
  ordersPerMinute: cap("count", "ORDER_RATE", "token bucket that holds a minute's orders"),
  dailyLoss: cap("account", "DAILY_LOSS", "marked equity at the start of the UTC day less now, transfers apart"),
  drawdown: cap("share", "DRAWDOWN", "1 - marked equity ÷ its peak, transfers apart"),
  priceCollar: cap("share", "PRICE_COLLAR", "share by which a limit may be worse than its reference"),
  priceAge: cap("ms", "STALE_PRICE", "age of the reference price"),
  duplicateWindow: { ...cap("ms", "DUPLICATE", "time since an equal order of the same signal"), strictest: "highest" },
  executions: cap("count", "REPEATED_EXECUTION", "orders that traded in ten minutes"),
  rejectsInARow: cap("count", "REPEATED_REJECT", "orders rejected by the venue with none accepted in between"),
} as const satisfies Readonly<Record<string, CapDefinition>>;
export type CapName = keyof typeof CAPS;
export const CAP_NAMES = Object.keys(CAPS) as readonly CapName[];

function cap(unit: CapUnit, code: string, measured: string): CapDefinition {
  return { unit, strictest: "lowest", code, measured };
}

/** Hours in which orders may be sent: minutes of the UTC day, `[from, to)`, on weekdays from 0 (Sunday) to 6. */
export interface TradingWindow {
  readonly weekdays: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** The limits of one level. What is absent is not limited at this level. */
export interface LimitSet {
  /** Rises by one with each change of this level. */
  readonly version: number;
  readonly caps: Readonly<Partial<Record<CapName, Decimal>>>;
  /** Instruments that may be traded; absent for all. */
  readonly instruments?: readonly string[];
  /** Hours that orders may be sent in; absent for all. */
  readonly windows?: readonly TradingWindow[];
}

export type Limits = Readonly<Record<CapLevel, LimitSet>>;

const amount = (text: string): Decimal => parseDecimal(text, "cap");

/** What no account and no bot of this deployment may pass, whatever its owner sets. */
export const PLATFORM_CEILINGS: LimitSet = {
  version: 1,
  caps: {
    // A single order of a size that a retail venue fills without a call.
    orderNotional: amount("1000000"),
    positionNotional: amount("5000000"),
    grossExposure: amount("10000000"),
    // The most that rules for retail customers allow on major currency pairs (ESMA, 2018); elsewhere they allow less.
    leverage: amount("30"),
    // As many as the kill switch has to cancel within seconds.
    openOrders: amount("1000"),
    openOrderNotional: amount("10000000"),
    // Twice the default: a strategy that needs more is not one that watches candles.
    ordersPerSecond: amount("10"),
    ordersPerMinute: amount("600"),
    // Beyond a fifth from the market a limit is a mistake, whatever was meant.
    priceCollar: amount("0.2"),
    // An equal order with no new signal behind it is a repeat for at least so long.
    duplicateWindow: amount("10000"),
    executions: amount("200"),
    rejectsInARow: amount("20"),
  },
};

/** What holds for the orders of a bot, and of an account, that sets no limit of its own. */
export const DEFAULT_CAPS: Readonly<Record<"account" | "bot", LimitSet["caps"]>> = {
  bot: {
    ordersPerSecond: amount("5"),
    ordersPerMinute: amount("300"),
    priceCollar: amount("0.05"),
    duplicateWindow: amount("10000"),
    executions: amount("20"),
    rejectsInARow: amount("5"),
  },
  // An account with many bots trades often without anything being wrong: only its bots are throttled by default.
  account: {
    ordersPerSecond: amount("5"),
    ordersPerMinute: amount("300"),
    priceCollar: amount("0.05"),
    duplicateWindow: amount("10000"),
  },
};

/** Caps that a bot must have of its own before it may send anything, beside the instruments that it may trade. */
export const REQUIRED_BOT_CAPS = ["orderNotional", "positionNotional", "openOrders", "dailyLoss"] as const;

/** What a bot's limits lack of what they must have; empty when it may start. */
export function missingBotLimits(bot: LimitSet): string[] {
  const missing: string[] = REQUIRED_BOT_CAPS.filter((name) => bot.caps[name] === undefined);
  return bot.instruments === undefined ? [...missing, "instruments"] : missing;
}

export function stricter(name: CapName, left: Decimal, right: Decimal): Decimal {
  const lower = left < right;
  return lower === (CAPS[name].strictest === "lowest") ? left : right;
}

/** A limit and the level that set it; `default` where no level but the ceiling says anything. */
export interface BindingLimit {
  readonly limit: Decimal;
  readonly level: CapLevel | "default";
}

/**
 * What the value of `scope` is held against: its own limit or its default, and the platform's ceiling. A bot's share is not
 * held against the account's limit, since bots may hold opposite positions; the account's own share is, so that the
 * strictest of all levels wins.
 */
export function bindingLimit(limits: Limits, name: CapName, scope: "account" | "bot"): BindingLimit | undefined {
  const set = limits[scope].caps[name];
  const own = set ?? DEFAULT_CAPS[scope][name];
  const ceiling = limits.platform.caps[name];
  const binds = own !== undefined && (ceiling === undefined || stricter(name, own, ceiling) === own);
  if (binds) return { limit: own, level: set === undefined ? "default" : scope };
  return ceiling === undefined ? undefined : { limit: ceiling, level: "platform" };
}

/** A limit that always exists, by default or by the platform. Throws where it does not: nothing may pass unmeasured. */
export function requiredLimit(limits: Limits, name: CapName, scope: "account" | "bot"): BindingLimit {
  const binding = bindingLimit(limits, name, scope);
  if (binding === undefined) throw new Error(`no limit of ${name}`);
  return binding;
}

/** The version of all limits that a verdict was given under, such as "p1.a7.b3". */
export function limitsVersion({ platform, account, bot }: Limits): string {
  return `p${platform.version}.a${account.version}.b${bot.version}`;
}
