import { describe, expect, it } from "vitest";
import { US_STOCK } from "../candle/trading-calendar.ts";
import { parseDecimal } from "../ledger/decimal-text.ts";
import type { OrderIntent } from "../order/desk-order.ts";
import { intentOf, money, orderOf, price, quantity } from "../testing/orders.ts";
import {
  BTC,
  bookOf,
  type CapTexts,
  ETH,
  limitSetOf,
  limitsOf,
  NOW,
  referenceOf,
  rulesOf,
  scopeOf,
} from "../testing/risk-books.ts";
import { type LimitSet, PLATFORM_CEILINGS } from "./cap.ts";
import { limitsInForce } from "./limits-in-force.ts";
import type { RiskBook } from "./risk-book.ts";
import { haltReason } from "./throttle.ts";
import { CHECKS, CLOSING_CHECKS, decide, type Verdict } from "./verdict.ts";

const decimal = (text: string) => parseDecimal(text, "value");
const states = (parts: Partial<RiskBook["states"]>) => ({ states: { ...bookOf().states, ...parts } });
const rules = (parts: Partial<ReturnType<typeof rulesOf>>) => ({
  instruments: new Map([[BTC, { ...rulesOf(), ...parts }]]),
});

interface Case {
  readonly intent?: Partial<OrderIntent>;
  readonly book?: Partial<RiskBook>;
  readonly caps?: { bot?: CapTexts; account?: CapTexts };
  readonly limits?: Partial<Record<"account" | "bot", Partial<LimitSet>>>;
  readonly now?: number;
}

function verdictOf({ intent, book, caps, limits, now = NOW }: Case): Verdict {
  const set = limitsOf(caps);
  const changed = { ...set, account: { ...set.account, ...limits?.account }, bot: { ...set.bot, ...limits?.bot } };
  return decide(intentOf(intent), bookOf(book), changed, now);
}
const codeOf = (asked: Case) => {
  const verdict = verdictOf(asked);
  return verdict.verdict === "pass" ? "pass" : verdict.code;
};

const DENIALS: readonly (readonly [code: string, asked: Case, rest: object])[] = [
  ["HALTED", { book: states({ user: "HALTED" }) }, { value: "user", limit: "cancels only" }],
  ["REDUCING", { book: states({ bot: "REDUCING" }) }, { value: "bot", limit: "orders that only reduce the position" }],
  [
    "LIMITS_MISSING",
    { limits: { bot: { caps: {}, instruments: [BTC] } } },
    {
      value: "orderNotional, positionNotional, openOrders, dailyLoss",
      limit: "every limit that a bot must have",
    },
  ],
  [
    "INSTRUMENT",
    { limits: { account: { instruments: [ETH, "SIM:XRP-USD"] } } },
    { value: BTC, limit: `${ETH}, SIM:XRP-USD`, level: "account" },
  ],
  ["INSTRUMENT", { book: { instruments: new Map() } }, { value: BTC, limit: "instruments of the venue" }],
  [
    "INSTRUMENT",
    { book: rules({ isDelisted: true }) },
    { value: BTC, limit: "instruments that the venue still trades" },
  ],
  [
    "MARKET_CLOSED",
    { book: rules({ calendar: US_STOCK }), now: Date.UTC(2023, 10, 12) },
    { value: String(Date.UTC(2023, 10, 12)), limit: `sessions of ${US_STOCK.id}` },
  ],
  ["HOURS", { limits: { bot: { windows: [] } } }, { value: String(NOW), limit: "the hours allowed", level: "bot" }],
  ["FORM", { intent: { quantity: quantity("0") } }, { value: "quantity 0", limit: "above 0" }],
  ["FORM", { intent: { limit: undefined } }, { value: "limit without limit", limit: "the prices of its kind" }],
  ["FORM", { intent: { stop: price("99") } }, { value: "limit with stop", limit: "the prices of its kind" }],
  ["FORM", { intent: { kind: "market" } }, { value: "market with limit", limit: "the prices of its kind" }],
  [
    "FORM",
    { intent: { kind: "trailing-stop", limit: undefined } },
    { value: "trailing-stop without trail", limit: "the prices of its kind" },
  ],
  ["FORM", { intent: { limit: money("-1") as never } }, { value: "limit -1", limit: "above 0" }],
  [
    "REDUCE_ONLY",
    { intent: { side: "sell", reduceOnly: true }, book: { bot: scopeOf({ [BTC]: "9.5" }) } },
    { value: "10", limit: "what is held: 9.5" },
  ],
  ["NO_REFERENCE", { book: { references: new Map() } }, { value: "none", limit: "a reference price" }],
  [
    "STALE_PRICE",
    { book: { references: new Map([[BTC, referenceOf({ at: NOW - 10_001 })]]) } },
    { value: "10001 ms", limit: "10000 ms", cap: "priceAge" },
  ],
  [
    "ORDER_RATE",
    {
      book: { buckets: { ...bookOf().buckets, bot: { second: { left: 0.5, at: NOW }, minute: { left: 9, at: NOW } } } },
    },
    { value: "0 left", limit: "5 a second", cap: "ordersPerSecond", level: "default", scope: "bot" },
  ],
];

describe("a denial", () => {
  it.each(DENIALS)("names rule, value and limit: %s", (code, asked, rest) => {
    expect(verdictOf(asked)).toStrictEqual({ verdict: "denied", code, cap: "none", ...rest });
  });
});

describe("the checks", () => {
  it("each have a name, and ask in this order", () => {
    expect(CHECKS.map(({ name }) => name)).toEqual([
      ...["trading state", "limits set", "instrument allowed", "market open", "hours", "form", "reduce only"],
      ...["fresh reference", "grid", "price collar", "duplicate", "self-cross"],
      ...["order size", "position", "exposure and leverage", "open orders", "losses"],
      ...["order rate", "venue rate", "repeated execution"],
    ]);
  });
});

describe("an order by which a kill switch closes", () => {
  const leftBy = (closes: "some" | "all") =>
    CHECKS.filter((check) => !CLOSING_CHECKS[closes].includes(check)).map(({ name }) => name);

  it("passes whatever bounds what is opened, and is held to closing", () => {
    const bounds = ["limits set", "instrument allowed", "hours", "duplicate", "order size", "open orders", "losses"];
    expect(leftBy("some")).toEqual([...bounds, "order rate", "repeated execution"]);
    const exposures = ["position", "exposure and leverage"];
    expect(leftBy("all")).toEqual(
      CHECKS.map(({ name }) => name).filter((name) => [...leftBy("some"), ...exposures].includes(name)),
    );
    const scope = scopeOf({ [BTC]: "10" }, { executions: Array.from({ length: 20 }, () => NOW - 1), rejectsInARow: 9 });
    const book = bookOf({ bot: scope, account: scope });
    const limits = limitsOf({ bot: { orderQuantity: "1", orderNotional: "1" } });
    const ask = (size: string, checks = CLOSING_CHECKS.some) =>
      decide(intentOf({ side: "sell", reduceOnly: true, quantity: quantity(size) }), book, limits, NOW, checks);
    expect(ask("10").verdict).toBe("pass");
    expect(ask("10.001")).toMatchObject({ code: "REDUCE_ONLY" });
    expect(ask("10", CHECKS)).toMatchObject({ code: "ORDER_QUANTITY" });
    expect(ask("0.01", CHECKS)).toMatchObject({ code: "REPEATED_EXECUTION" });
  });
});

describe("what is just allowed", () => {
  const [day, minute] = [new Date(NOW).getUTCDay(), 22 * 60 + 13];
  const within = (fromMinute: number, toMinute: number) => ({ weekdays: [day], fromMinute, toMinute });

  it("is the first minute of the hours, not the one that ends them, in any window", () => {
    const at = (NOW - 20_000) / 60_000;
    expect(at % 1).toBe(0);
    const book = { references: new Map([[BTC, referenceOf({ at: NOW - 20_000 })]]) };
    const open = (...windows: ReturnType<typeof within>[]) =>
      codeOf({ limits: { bot: { windows } }, now: NOW - 20_000, book });
    expect(open(within(minute, minute + 1))).toBe("pass");
    expect(open(within(minute - 1, minute))).toBe("HOURS");
    expect(open(within(0, 1), within(minute, minute + 1))).toBe("pass");
  });

  it("is an order that closes where only that may be done, of the bot alone or with the account", () => {
    const sell = { side: "sell" } as const;
    // The account is short by what another bot holds: what this bot closes makes the account's position larger.
    const apart = { bot: scopeOf({ [BTC]: "10" }), account: scopeOf({ [BTC]: "-5" }) };
    expect(codeOf({ intent: sell, book: { ...apart, ...states({ bot: "REDUCING" }) } })).toBe("pass");
    expect(codeOf({ intent: sell, book: { ...apart, ...states({ account: "REDUCING" }) } })).toBe("REDUCING");
    expect(codeOf({ intent: { ...sell, reduceOnly: true }, book: apart })).toBe("pass");
    // After the loss of a day likewise, on whose share it was.
    const equity = { ...scopeOf().equity, equity: money("99000") };
    const lost = { bot: { ...apart.bot, equity }, account: { ...apart.account, equity } };
    expect(codeOf({ intent: sell, book: lost, caps: { bot: { dailyLoss: "1" } } })).toBe("pass");
    expect(codeOf({ intent: sell, book: lost, caps: { account: { dailyLoss: "1" } } })).toBe("DAILY_LOSS");
    // What trades with the position never closes it.
    const short = {
      bot: scopeOf({ [BTC]: "-20" }),
      account: scopeOf({ [BTC]: "-20" }),
      ...states({ bot: "REDUCING" }),
    };
    expect(codeOf({ intent: { ...sell, quantity: quantity("1") }, book: short })).toBe("REDUCING");
    const long = { bot: scopeOf({ [BTC]: "20" }), account: scopeOf({ [BTC]: "20" }), ...states({ bot: "REDUCING" }) };
    expect(codeOf({ intent: { quantity: quantity("1") }, book: long })).toBe("REDUCING");
  });

  it("is the least quantity, and a value that is rounded down to no less than the least", () => {
    const least = rules({ quantityMin: quantity("10"), notionalMin: money("1000") });
    expect(codeOf({ book: least })).toBe("pass");
    expect(codeOf({ book: rules({ quantityMin: quantity("10.001") }) })).toBe("QUANTITY_MIN");
    const grain = { tick: decimal("0.000000000000000001"), lot: decimal("0.5"), quantityMin: quantity("0.5") };
    const intent = { quantity: quantity("0.5"), limit: price("0.000000000000000003") };
    const references = new Map([[BTC, referenceOf({ price: price("0.000000000000000003") })]]);
    const ask = (notionalMin: string) =>
      codeOf({ intent, book: { references, ...rules({ ...grain, notionalMin: money(notionalMin) }) } });
    expect(ask("0.000000000000000001")).toBe("pass");
    expect(ask("0.000000000000000002")).toBe("NOTIONAL_MIN");
  });

  it("is a limit within the collar, rounded against it, and a market order short of what rests", () => {
    const references = new Map([[BTC, referenceOf({ price: price("3") })]]);
    const share = { priceCollar: "0.133333333333333333" };
    const collar = { bot: share, account: share };
    expect(codeOf({ intent: { limit: price("3.4") }, book: { references }, caps: collar })).toBe("PRICE_COLLAR");
    expect(codeOf({ intent: { limit: price("3.39") }, book: { references }, caps: collar })).toBe("pass");
    const market = { kind: "market", limit: undefined } as const;
    const resting = (at: string) => [orderOf({ state: "ACCEPTED", side: "sell", limit: price(at) })];
    const thin = { account: { priceCollar: "0.000000000000000003" }, bot: { priceCollar: "0.1" } };
    const half = new Map([[BTC, referenceOf({ price: price("0.5") })]]);
    const ask = (at: string) => codeOf({ intent: market, book: { references: half, orders: resting(at) }, caps: thin });
    expect(ask("0.500000000000000001")).toBe("SELF_CROSS");
    expect(ask("0.500000000000000002")).toBe("pass");
  });

  it("is exposure that counts each instrument once, and no order that has ended", () => {
    const held = { bot: scopeOf({ [BTC]: "10" }), account: scopeOf({ [BTC]: "10" }) };
    const gross = (most: string) => codeOf({ book: held, caps: { account: { grossExposure: most } } });
    expect([gross("2000"), gross("1999.99")]).toEqual(["pass", "GROSS_EXPOSURE"]);
    const ended = orderOf({ state: "CANCELED", instrument: "SIM:XRP-USD" });
    expect(codeOf({ book: { orders: [ended] } })).toBe("pass");
  });

  it("is a stop that is worth its own price", () => {
    const intent = { kind: "stop", limit: undefined, stop: price("110") } as const;
    const worth = (most: string) => codeOf({ intent, caps: { bot: { orderNotional: most } } });
    expect([worth("1100"), worth("1099.99")]).toEqual(["pass", "ORDER_NOTIONAL"]);
  });

  it("is what meets neither version of an order that is being changed", () => {
    const changing = (from: string, to: string) => {
      const replacement = { revision: 1, quantity: quantity("10"), limit: price(to), stop: undefined };
      return [orderOf({ state: "PENDING_REPLACE", side: "sell", limit: price(from), replacement })];
    };
    const ask = (from: string, to: string) => verdictOf({ book: { orders: changing(from, to) } });
    expect(ask("101", "102").verdict).toBe("pass");
    expect(ask("101", "99")).toMatchObject({ code: "SELF_CROSS", limit: "own order at 99" });
    expect(ask("99.5", "102")).toMatchObject({ code: "SELF_CROSS", limit: "own order at 99.5" });
    // Either may trade, at the higher of its prices.
    for (const orders of [changing("101", "103"), changing("103", "101")]) {
      const open = (most: string) => codeOf({ book: { orders }, caps: { account: { openOrderNotional: most } } });
      expect([open("2030"), open("2029.99")]).toEqual(["pass", "OPEN_ORDER_NOTIONAL"]);
    }
  });

  it("is the last message of a rate, and the last trade before a throttle", () => {
    const one = { second: { left: 1, at: NOW }, minute: { left: 1, at: NOW } };
    expect(codeOf({ book: { buckets: { ...bookOf().buckets, bot: one } } })).toBe("pass");
    const executions = [NOW - 599_999, NOW - 1];
    const limits = limitsOf({ bot: { executions: "2" } });
    const ask = (times: readonly number[]) =>
      haltReason({ executions: times, rejectsInARow: 0 }, limits, { scope: "bot", now: NOW })?.count;
    expect(ask(executions)).toBe(2);
    expect(ask([NOW - 600_000, NOW - 1])).toBeUndefined();
    const none = { platform: limitSetOf({}), account: limitSetOf({}), bot: limitSetOf({}) };
    expect(haltReason({ executions, rejectsInARow: 9 }, none, { scope: "account", now: NOW })).toBeUndefined();
  });

  it("is no exposure at all without equity, and any way out of a net one", () => {
    const broke = (text: string) => ({
      account: scopeOf({}, { equity: { ...scopeOf().equity, equity: money(text) } }),
    });
    const caps = { account: { leverage: "3", dailyLoss: "999999" } };
    expect(verdictOf({ book: broke("0"), caps })).toMatchObject({ cap: "leverage", value: "1000" });
    expect(verdictOf({ book: broke("300"), caps })).toMatchObject({ cap: "leverage", value: "3.333333333333333334" });
    // The buy takes 10 off what is short: gross and net get smaller, however large they are.
    const short = { bot: scopeOf({ [BTC]: "-30" }), account: scopeOf({ [BTC]: "-30" }) };
    expect(codeOf({ book: short, caps: { account: { netExposure: "1", grossExposure: "1" } } })).toBe("pass");
    // Bought beside a larger short elsewhere, net to the side that is bought stays at nothing.
    const hedge = { bot: scopeOf({ [ETH]: "-500" }), account: scopeOf({ [ETH]: "-500" }) };
    expect(codeOf({ book: hedge, caps: { account: { netExposure: "0" } } })).toBe("pass");
  });
});

describe("limits in force", () => {
  it("name only what is limited, and only hours that there are", () => {
    const weekdays = (days: readonly number[]) => ({ weekdays: days, fromMinute: 0, toMinute: 60 });
    const set = (parts: Partial<LimitSet>) => ({ version: 1, caps: {}, ...parts });
    expect(limitsInForce([{ at: 0, limits: set({}) }], 1)).toStrictEqual({ version: 1, caps: {} });
    const history = [
      { at: 0, limits: set({ windows: [weekdays([1, 2])] }) },
      { at: 10, limits: set({ windows: [weekdays([3])] }) },
    ];
    expect(limitsInForce(history, 20).windows).toEqual([]);
    expect(PLATFORM_CEILINGS.version).toBe(1);
  });
});
