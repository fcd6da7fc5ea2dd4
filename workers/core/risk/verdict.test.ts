import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { US_STOCK } from "../candle/trading-calendar.ts";
import { parseDecimal } from "../ledger/decimal-text.ts";
import { type DeskOrder, type OrderIntent, reservedQuantity } from "../order/desk-order.ts";
import type { OrderState } from "../order/order-table.ts";
import { ORDER_STATES } from "../order/order-table.ts";
import { intentOf, money, orderOf, price, quantity } from "../testing/orders.ts";
import {
  BTC,
  bookOf,
  type CapTexts,
  ETH,
  limitsOf,
  NOW,
  referenceOf,
  rulesOf,
  scopeOf,
} from "../testing/risk-books.ts";
import type { CapName } from "./cap.ts";
import { isReducing } from "./exposure.ts";
import { countMessage } from "./rate-checks.ts";
import type { RiskBook, RiskScope } from "./risk-book.ts";
import type { TradingStates } from "./trading-state.ts";
import { CHECKS, decide, type Verdict } from "./verdict.ts";

const decimal = (text: string) => parseDecimal(text, "value");
const position = (text: string) => decimal(text) as ReturnType<typeof quantity>;
const verdictOf = (
  intent: Partial<OrderIntent>,
  book: Partial<RiskBook> = {},
  caps: { bot?: CapTexts; account?: CapTexts } = {},
  now = NOW,
) => decide(intentOf(intent), bookOf(book), limitsOf(caps), now);
const codeOf = (verdict: Verdict) => (verdict.verdict === "pass" ? "pass" : verdict.code);
const open = (parts: Partial<DeskOrder> = {}) => orderOf({ state: "ACCEPTED", ...parts });
const states = (parts: Partial<TradingStates>): TradingStates => ({ ...bookOf().states, ...parts });

describe("a verdict", () => {
  it("that passes names the limits and the reference price it was given under", () => {
    expect(verdictOf({})).toEqual({ verdict: "pass", limitsVersion: "p1.a7.b3", reference: referenceOf() });
  });

  it("that denies names cap, value, limit, and whose limit it was", () => {
    expect(verdictOf({}, {}, { account: { orderQuantity: "5" } })).toEqual({
      verdict: "denied",
      code: "ORDER_QUANTITY",
      cap: "orderQuantity",
      value: "10",
      limit: "5",
      level: "account",
      scope: "account",
    });
  });

  it("is the same for the same arguments", () => {
    expect(verdictOf({})).toEqual(verdictOf({}));
  });
});

/** For each cap, what is measured at exactly 10 units of it: it passes at a limit of that, and not just below. */
const BOUNDS: readonly {
  cap: CapName;
  at: string;
  below: string;
  value?: string;
  intent?: Partial<OrderIntent>;
  book?: (scope: RiskScope) => Partial<RiskBook>;
}[] = [
  { cap: "orderQuantity", at: "10", below: "9.999" },
  { cap: "orderNotional", at: "1000", below: "999.99" },
  { cap: "orderNotional", at: "1030", below: "1029.99", intent: { limit: price("103") } },
  { cap: "positionQuantity", at: "14", below: "13.999", book: (scope) => ({ [scope]: scopeOf({ [BTC]: "4" }) }) },
  { cap: "positionNotional", at: "1400", below: "1399.99", book: (scope) => ({ [scope]: scopeOf({ [BTC]: "4" }) }) },
  {
    cap: "positionQuantity",
    at: "14",
    below: "13.999",
    intent: { side: "sell" },
    book: (scope) => ({ [scope]: scopeOf({ [BTC]: "-4" }) }),
  },
  { cap: "positionQuantity", at: "15", below: "14.999", book: () => ({ orders: [open({ filled: quantity("5") })] }) },
  { cap: "grossExposure", at: "1200", below: "1199.99", book: (scope) => ({ [scope]: scopeOf({ [ETH]: "-20" }) }) },
  { cap: "netExposure", at: "800", below: "799.99", book: (scope) => ({ [scope]: scopeOf({ [ETH]: "-20" }) }) },
  {
    cap: "netExposure",
    at: "1200",
    below: "1199.99",
    intent: { side: "sell" },
    book: (scope) => ({ [scope]: scopeOf({ [ETH]: "-20" }) }),
  },
  { cap: "leverage", at: "0.01", below: "0.009999" },
  { cap: "openOrders", at: "2", below: "1", book: () => ({ orders: [open()] }) },
  {
    cap: "openOrderNotional",
    at: "1500",
    below: "1499.99",
    book: () => ({ orders: [open({ filled: quantity("5") })] }),
  },
  { cap: "priceCollar", at: "0.03", below: "0.0299", intent: { limit: price("103") } },
  { cap: "priceCollar", at: "0.03", below: "0.0299", intent: { side: "sell", limit: price("97") } },
  { cap: "priceAge", at: "1000", below: "999" },
];

describe("every cap", () => {
  for (const scope of ["bot", "account"] as const) {
    it.each(BOUNDS)(
      `lets pass what is at its limit and denies what is beyond, of the ${scope}: $cap`,
      ({ cap, at, below, intent, book }) => {
        const parts = book?.(scope) ?? {};
        const limits = (text: string) => ({ [scope]: { [cap]: text } });
        expect(codeOf(verdictOf(intent ?? {}, parts, limits(at)))).toBe("pass");
        const denied = verdictOf(intent ?? {}, parts, limits(below));
        expect(denied).toMatchObject({ verdict: "denied", cap, limit: below });
      },
    );
  }

  it("holds over all bots of an account, whoever asks (F38)", () => {
    const orders = [open({ bot: "bot-2", filled: quantity("5") })];
    const book = { account: scopeOf({ [BTC]: "4" }), orders };
    expect(codeOf(verdictOf({}, book, { bot: { positionQuantity: "10" }, account: { positionQuantity: "19" } }))).toBe(
      "pass",
    );
    expect(verdictOf({}, book, { account: { positionQuantity: "18.999" } })).toMatchObject({
      cap: "positionQuantity",
      value: "19",
      scope: "account",
    });
  });

  it("counts every order whose end is not certain, and none that has ended (I13)", () => {
    for (const state of ORDER_STATES as readonly OrderState[]) {
      const counted = ["SUBMITTING", "ACCEPTED", "UNKNOWN", "PENDING_CANCEL", "PENDING_REPLACE", "LOST"].includes(
        state,
      );
      const verdict = verdictOf({}, { orders: [orderOf({ state })] }, { account: { positionQuantity: "19" } });
      expect([state, codeOf(verdict)]).toEqual([state, counted ? "POSITION_QUANTITY" : "pass"]);
      const another = verdictOf({}, { orders: [orderOf({ state })] }, { account: { openOrders: "1" } });
      expect([state, codeOf(another)]).toEqual([state, counted ? "OPEN_ORDERS" : "pass"]);
    }
    const released = { orders: [orderOf({ state: "LOST", released: true })] };
    expect(codeOf(verdictOf({}, released, { account: { positionQuantity: "19" } }))).toBe("pass");
  });

  it("lets a position that is too large already get smaller", () => {
    const book = { bot: scopeOf({ [BTC]: "20" }), account: scopeOf({ [BTC]: "20" }) };
    const caps = { account: { positionQuantity: "5", grossExposure: "100", netExposure: "100", leverage: "0.001" } };
    expect(codeOf(verdictOf({ side: "sell" }, book, caps))).toBe("pass");
    expect(codeOf(verdictOf({ side: "buy" }, book, caps))).toBe("POSITION_QUANTITY");
  });

  it("is the platform's where no one sets a lower one", () => {
    const parts = { references: new Map([[BTC, referenceOf({ price: price("200000") })]]) };
    const wide = { bot: { orderNotional: "99999999", positionNotional: "99999999" } };
    expect(verdictOf({ limit: price("200000") }, parts, wide)).toMatchObject({
      cap: "orderNotional",
      level: "platform",
    });
  });

  it("is measured in the account's currency", () => {
    const references = new Map([[BTC, referenceOf({ rate: decimal("1.25") })]]);
    const caps = (text: string) => ({ bot: { orderNotional: text } });
    expect(codeOf(verdictOf({}, { references }, caps("1250")))).toBe("pass");
    expect(verdictOf({}, { references }, caps("1249.99"))).toMatchObject({ value: "1250" });
  });
});

describe("losses", () => {
  const atEquity = (equity: string) => scopeOf({}, { equity: { ...scopeOf().equity, equity: money(equity) } });
  const holding = (equity: string) =>
    scopeOf({ [BTC]: "20" }, { equity: { ...scopeOf().equity, equity: money(equity) } });

  it("of the day and from the peak stop what is not a way out", () => {
    for (const [cap, at, below, value] of [
      ["dailyLoss", "1000", "999.99", "1000"],
      ["drawdown", "0.01", "0.0099", "0.01"],
    ] as const) {
      for (const scope of ["bot", "account"] as const) {
        const book = { [scope]: atEquity("99000") };
        expect(codeOf(verdictOf({}, book, { [scope]: { [cap]: at } }))).toBe("pass");
        expect(verdictOf({}, book, { [scope]: { [cap]: below } })).toMatchObject({ cap, value, limit: below, scope });
      }
      const held = { bot: holding("99000"), account: holding("99000") };
      expect(codeOf(verdictOf({ side: "sell" }, held, { account: { [cap]: below } }))).toBe("pass");
    }
  });

  it("of everything leave no room for any exposure", () => {
    expect(
      verdictOf({}, { account: atEquity("-5") }, { account: { leverage: "3", dailyLoss: "999999" } }),
    ).toMatchObject({
      cap: "leverage",
      value: "1000",
    });
  });
});

describe("prices", () => {
  it("that are old stop every order, whatever it does (F35)", () => {
    const at = (age: number, intervalMs: number) => ({
      references: new Map([[BTC, referenceOf({ at: NOW - age, intervalMs })]]),
    });
    expect(codeOf(verdictOf({}, at(10_000, 1_000)))).toBe("pass");
    expect(verdictOf({}, at(10_001, 1_000))).toMatchObject({
      code: "STALE_PRICE",
      value: "10001 ms",
      limit: "10000 ms",
    });
    expect(codeOf(verdictOf({}, at(180_000, 60_000)))).toBe("pass");
    expect(codeOf(verdictOf({}, at(180_001, 60_000)))).toBe("STALE_PRICE");
    expect(codeOf(verdictOf({}, at(-1_000, 1_000)))).toBe("pass");
    expect(codeOf(verdictOf({}, at(-1_001, 1_000)))).toBe("STALE_PRICE");
    expect(codeOf(verdictOf({}, at(Number.NaN, 1_000)))).toBe("STALE_PRICE");
    expect(codeOf(verdictOf({}, { references: new Map() }))).toBe("NO_REFERENCE");
  });

  it("that cannot be known for anything held deny, since exposure cannot be measured", () => {
    const verdict = verdictOf({}, { account: scopeOf({ [ETH]: "1" }), references: new Map([[BTC, referenceOf()]]) });
    expect(verdict).toMatchObject({ code: "CHECK_FAILED", value: `no reference price of ${ETH}` });
    const flat = { account: scopeOf({ [ETH]: "0" }), references: new Map([[BTC, referenceOf()]]) };
    expect(codeOf(verdictOf({}, flat))).toBe("pass");
  });

  it("may rest as far away as they like on the better side, and never far on the worse", () => {
    expect(codeOf(verdictOf({ limit: price("50") }))).toBe("pass");
    expect(codeOf(verdictOf({ limit: price("105") }))).toBe("pass");
    expect(codeOf(verdictOf({ limit: price("105.01") }))).toBe("PRICE_COLLAR");
    expect(codeOf(verdictOf({ side: "sell", limit: price("200") }))).toBe("pass");
    expect(codeOf(verdictOf({ side: "sell", limit: price("94.99") }))).toBe("PRICE_COLLAR");
    expect(codeOf(verdictOf({ kind: "market", limit: undefined }))).toBe("pass");
    const away = { kind: "stop-limit", side: "sell", stop: price("80") } as const;
    expect(codeOf(verdictOf({ ...away, limit: price("79") }))).toBe("pass");
    expect(codeOf(verdictOf({ ...away, limit: price("70") }))).toBe("PRICE_COLLAR");
  });

  it("and quantities are on the instrument's grid", () => {
    expect(verdictOf({ limit: price("100.005") })).toMatchObject({
      code: "OFF_TICK",
      value: "100.005",
      limit: "a multiple of 0.01",
    });
    expect(codeOf(verdictOf({ kind: "stop", limit: undefined, stop: price("90.001") }))).toBe("OFF_TICK");
    expect(verdictOf({ quantity: quantity("0.0005") })).toMatchObject({
      code: "OFF_LOT",
      limit: "a multiple of 0.001",
    });
    const coarse = (parts: object) => ({ instruments: new Map([[BTC, { ...rulesOf(), ...parts }]]) });
    expect(verdictOf({ quantity: quantity("9") }, coarse({ quantityMin: quantity("10") }))).toMatchObject({
      code: "QUANTITY_MIN",
      limit: "10",
    });
    expect(verdictOf({}, coarse({ notionalMin: money("1000.01") }))).toMatchObject({
      code: "NOTIONAL_MIN",
      value: "1000",
    });
    expect(codeOf(verdictOf({}, coarse({ notionalMin: money("1000") })))).toBe("pass");
  });

  it("are there for the kinds that need them, and only for them", () => {
    const forms: readonly Partial<OrderIntent>[] = [
      { kind: "limit", limit: undefined },
      { kind: "market" },
      { kind: "stop", stop: price("90") },
      { kind: "stop", limit: undefined },
      { kind: "stop-limit" },
      { stop: price("90") },
      { limit: position("-1") as unknown as ReturnType<typeof price> },
      { limit: position("0") as unknown as ReturnType<typeof price> },
      { quantity: position("-1") },
      { quantity: position("0") },
    ];
    for (const form of forms) expect([form, codeOf(verdictOf(form))]).toEqual([form, "FORM"]);
    expect(codeOf(verdictOf({ kind: "stop", limit: undefined, stop: price("120") }))).toBe("pass");
  });
});

describe("repeats", () => {
  it("of an equal order need a new signal for ten seconds, and one sent before the clock went back counts", () => {
    const recent = (age: number, parts: Partial<OrderIntent> = {}) => ({
      recent: [{ intent: intentOf(parts), at: NOW - age }],
    });
    expect(verdictOf({}, recent(9_999))).toMatchObject({ code: "DUPLICATE", value: "9999", limit: "10000" });
    expect(codeOf(verdictOf({}, recent(10_000)))).toBe("pass");
    expect(codeOf(verdictOf({}, recent(-5_000)))).toBe("DUPLICATE");
    const others = [
      { signal: "s2" },
      { side: "sell" },
      { quantity: quantity("9") },
      { limit: price("99") },
      { instrument: ETH },
    ] as const;
    for (const other of others) expect(codeOf(verdictOf({}, recent(1, other)))).toBe("pass");
    const longer = { account: { duplicateWindow: "20000" } };
    expect(codeOf(verdictOf({}, recent(15_000), longer))).toBe("DUPLICATE");
    expect(codeOf(verdictOf({}, recent(9_999), { account: { duplicateWindow: "1" } }))).toBe("DUPLICATE");
  });

  it("of trades and of rejections halt a bot, and an account at the platform's ceiling (C12)", () => {
    const times = (count: number, age = 0) => Array.from({ length: count }, () => NOW - age);
    for (const [scope, trades, rejects, level] of [
      ["bot", 20, 5, "default"],
      ["account", 200, 20, "platform"],
    ] as const) {
      const book = (parts: object) => ({ [scope]: scopeOf({}, parts) });
      expect(codeOf(verdictOf({}, book({ executions: times(trades - 1) })))).toBe("pass");
      const limit = String(trades);
      const repeated = { code: "REPEATED_EXECUTION", value: limit, limit, scope, level };
      expect(verdictOf({}, book({ executions: times(trades) }))).toMatchObject(repeated);
      expect(codeOf(verdictOf({}, book({ executions: times(trades, 600_000) })))).toBe("pass");
      expect(codeOf(verdictOf({}, book({ rejectsInARow: rejects - 1 })))).toBe("pass");
      expect(verdictOf({}, book({ rejectsInARow: rejects }))).toMatchObject({ code: "REPEATED_REJECT", level });
    }
  });

  it("are bounded by messages a second and a minute, of the bot, of the account and of the venue (C11, F12)", () => {
    for (const scope of ["bot", "account"] as const) {
      for (const [window, name, limit] of [
        ["second", "ordersPerSecond", "5 a second"],
        ["minute", "ordersPerMinute", "300 a minute"],
      ] as const) {
        const { buckets } = bookOf();
        const empty = { ...buckets, [scope]: { ...buckets[scope], [window]: { left: 0.5, at: NOW } } };
        expect(verdictOf({}, { buckets: empty })).toMatchObject({ code: "ORDER_RATE", cap: name, limit, scope });
        // Half a message is missing: a tenth of a second refills it, in both windows.
        expect(codeOf(verdictOf({}, { buckets: empty }, {}, NOW + 101))).toBe("pass");
      }
    }
    const { buckets } = bookOf();
    const venue = (left: number) => ({
      buckets: { ...buckets, venue: { ...buckets.venue, second: { left, at: NOW } } },
    });
    expect(codeOf(verdictOf({}, venue(21)))).toBe("pass");
    expect(verdictOf({}, venue(20.9))).toMatchObject({ code: "VENUE_RATE", value: "20 left", limit: "100 a second" });
  });

  it("count an order for bot, account and venue, and a cancel for the venue alone, without ever holding it back", () => {
    const book = bookOf();
    const limits = limitsOf();
    const ordered = countMessage(book, { kind: "order", limits, now: NOW });
    expect([ordered.bot.second.left, ordered.account.minute.left, ordered.venue.second.left]).toEqual([4, 299, 99]);
    let cancels = { ...book, buckets: ordered };
    for (let i = 0; i < 150; i++)
      cancels = { ...cancels, buckets: countMessage(cancels, { kind: "cancel", limits, now: NOW }) };
    expect([cancels.buckets.bot.second.left, cancels.buckets.venue.second.left]).toEqual([4, -51]);
    expect(codeOf(decide(intentOf(), cancels, limits, NOW))).toBe("VENUE_RATE");
  });
});

describe("orders of one account", () => {
  const resting = (side: "buy" | "sell", at: string, parts: Partial<DeskOrder> = {}) => ({
    orders: [open({ bot: "bot-2", side, limit: price(at), ...parts })],
  });

  it("never trade with one another (C15)", () => {
    expect(verdictOf({ limit: price("101") }, resting("sell", "101"))).toMatchObject({
      code: "SELF_CROSS",
      value: "101",
      limit: "own order at 101",
    });
    expect(codeOf(verdictOf({ limit: price("101") }, resting("sell", "101.01")))).toBe("pass");
    expect(codeOf(verdictOf({ side: "sell", limit: price("99") }, resting("buy", "99")))).toBe("SELF_CROSS");
    expect(codeOf(verdictOf({ side: "sell", limit: price("99") }, resting("buy", "98.99")))).toBe("pass");
    const market = { kind: "market", limit: undefined } as const;
    expect(codeOf(verdictOf(market, resting("sell", "105")))).toBe("SELF_CROSS");
    expect(codeOf(verdictOf(market, resting("sell", "105.01")))).toBe("pass");
    expect(codeOf(verdictOf({ ...market, side: "sell" }, resting("buy", "95")))).toBe("SELF_CROSS");
  });

  it("on the same side, of another instrument, ended, or not resting, do not cross", () => {
    const buy = { limit: price("101") };
    expect(codeOf(verdictOf(buy, resting("buy", "101")))).toBe("pass");
    expect(codeOf(verdictOf(buy, resting("sell", "101", { instrument: ETH })))).toBe("pass");
    expect(codeOf(verdictOf(buy, resting("sell", "101", { state: "CANCELED" })))).toBe("pass");
    expect(codeOf(verdictOf(buy, resting("sell", "101", { kind: "stop", limit: undefined, stop: price("90") })))).toBe(
      "pass",
    );
    expect(codeOf(verdictOf({ kind: "stop", limit: undefined, stop: price("101") }, resting("sell", "100")))).toBe(
      "pass",
    );
  });
});

describe("what may be traded, and when", () => {
  it("is on the lists of every level and known at the venue", () => {
    expect(verdictOf({ instrument: "SIM:X" })).toMatchObject({ code: "INSTRUMENT", value: "SIM:X", level: "bot" });
    const limits = limitsOf();
    const narrow = { ...limits, account: { ...limits.account, instruments: [ETH] } };
    expect(decide(intentOf(), bookOf(), narrow, NOW)).toMatchObject({
      code: "INSTRUMENT",
      limit: ETH,
      level: "account",
    });
    expect(codeOf(verdictOf({}, { instruments: new Map() }))).toBe("INSTRUMENT");
  });

  it("is within the market's sessions and the hours allowed", () => {
    const stock = { instruments: new Map([[BTC, { ...rulesOf(), calendar: US_STOCK }]]) };
    // NOW is Tuesday 2023-11-14 22:13 UTC, after the close.
    expect(codeOf(verdictOf({}, stock))).toBe("MARKET_CLOSED");
    const limits = limitsOf();
    const at = (weekdays: number[], fromMinute: number, toMinute: number) =>
      codeOf(
        decide(
          intentOf(),
          bookOf(),
          { ...limits, account: { ...limits.account, windows: [{ weekdays, fromMinute, toMinute }] } },
          NOW,
        ),
      );
    expect(at([2], 1_333, 1_334)).toBe("pass");
    expect(at([2], 1_334, 1_440)).toBe("HOURS");
    expect(at([2], 0, 1_333)).toBe("HOURS");
    expect(at([1, 3], 0, 1_440)).toBe("HOURS");
  });

  it("needs the limits that a bot must have (C9)", () => {
    const limits = limitsOf();
    const bare = { ...limits, bot: { version: 1, caps: {} } };
    expect(decide(intentOf(), bookOf(), bare, NOW)).toMatchObject({
      code: "LIMITS_MISSING",
      value: "orderNotional, positionNotional, openOrders, dailyLoss, instruments",
    });
  });
});

describe("trading states", () => {
  it("HALTED lets nothing pass, at whatever level", () => {
    for (const scope of ["platform", "user", "account", "instrument", "bot"] as const) {
      expect(verdictOf({}, { states: states({ [scope]: "HALTED" }) })).toMatchObject({ code: "HALTED", value: scope });
    }
  });

  it("REDUCING never lets a position grow, whatever becomes of the open orders (I18)", () => {
    const size = fc.integer({ min: -8, max: 8 });
    const others = fc.array(
      fc.record({
        side: fc.constantFrom<"buy" | "sell">("buy", "sell"),
        size: fc.integer({ min: 1, max: 4 }),
        mine: fc.boolean(),
      }),
      { maxLength: 4 },
    );
    const scopes = fc.constantFrom("bot" as const, "account" as const);
    fc.assert(
      fc.property(
        size,
        size,
        others,
        fc.constantFrom<"buy" | "sell">("buy", "sell"),
        fc.integer({ min: 1, max: 8 }),
        scopes,
        (held, rest, rows, side, amount, scope) => {
          const orders = rows.map((row) =>
            open({
              side: row.side,
              quantity: quantity(String(row.size)),
              limit: price(row.side === "buy" ? "90" : "110"),
              bot: row.mine ? "bot-1" : "bot-2",
            }),
          );
          const book = {
            bot: scopeOf({ [BTC]: String(held) }),
            account: scopeOf({ [BTC]: String(held + rest) }),
            orders,
            states: states({ [scope]: "REDUCING" }),
          };
          const verdict = verdictOf({ side, quantity: quantity(String(amount)) }, book);
          if (verdict.verdict === "denied") return;
          const sign = side === "buy" ? 1 : -1;
          for (let subset = 0; subset < 2 ** rows.length; subset++) {
            const filled = rows.filter((_, index) => (subset >> index) % 2 === 1);
            const sum = (mine: boolean) =>
              filled
                .filter((row) => !mine || row.mine)
                .reduce((total, row) => total + (row.side === "buy" ? row.size : -row.size), 0);
            const bot = held + sum(true);
            // Fills of the side that trades against what is held can only have come before; those of the other side add.
            if (Math.sign(bot) === Math.sign(held))
              expect(Math.abs(bot + sign * amount)).toBeLessThanOrEqual(Math.abs(bot));
            const all = held + rest + sum(false);
            if (scope === "account" && Math.sign(all) === Math.sign(held + rest)) {
              expect(Math.abs(all + sign * amount)).toBeLessThanOrEqual(Math.abs(all));
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("REDUCING lets a position be closed, once, by its own bot", () => {
    const closing = { side: "sell", limit: price("100") } as const;
    const book = (parts: Partial<RiskBook>) => ({
      bot: scopeOf({ [BTC]: "10" }),
      account: scopeOf({ [BTC]: "10" }),
      states: states({ bot: "REDUCING" }),
      ...parts,
    });
    expect(codeOf(verdictOf(closing, book({})))).toBe("pass");
    expect(codeOf(verdictOf(closing, book({ orders: [open({ side: "sell", quantity: quantity("0.001") })] })))).toBe(
      "REDUCING",
    );
    expect(codeOf(verdictOf({ ...closing, quantity: quantity("10.001") }, book({})))).toBe("REDUCING");
    expect(verdictOf({}, book({}))).toMatchObject({ code: "REDUCING", value: "bot" });
    // The account is flat since another bot holds the other side: what one closes would open the account's position.
    const netted = book({ account: scopeOf(), states: states({ account: "REDUCING" }) });
    expect(codeOf(verdictOf(closing, netted))).toBe("REDUCING");
    const short = {
      bot: scopeOf({ [BTC]: "-10" }),
      account: scopeOf({ [BTC]: "-10" }),
      states: states({ user: "REDUCING" }),
    };
    expect(codeOf(verdictOf({ side: "buy" }, short))).toBe("pass");
    expect(isReducing(bookOf(), "bot", intentOf())).toBe(false);
  });
});

describe("an exception inside a verdict", () => {
  it("is a denial, in each step (S66)", () => {
    for (const [index, { name }] of CHECKS.entries()) {
      const broken = CHECKS.map((check, at) =>
        at === index
          ? {
              name,
              check: () => {
                throw new Error(`${name} broke`);
              },
            }
          : check,
      );
      const verdict = decide(intentOf(), bookOf(), limitsOf(), NOW, broken);
      expect(verdict).toEqual({
        verdict: "denied",
        code: "CHECK_FAILED",
        cap: "none",
        value: `${name} broke`,
        limit: "every check made",
      });
    }
    const odd = [
      {
        name: "odd",
        check: () => {
          throw "text";
        },
      },
    ];
    expect(decide(intentOf(), bookOf(), limitsOf(), NOW, odd)).toMatchObject({
      code: "CHECK_FAILED",
      value: "unknown",
    });
  });

  it("is a denial where an instrument has no rules, even if the check of it were left out", () => {
    const rest = CHECKS.filter((check) => check.name !== "instrument allowed");
    const verdict = decide(intentOf(), bookOf({ instruments: new Map() }), limitsOf(), NOW, rest);
    expect(verdict).toMatchObject({ code: "CHECK_FAILED", value: `no rules of ${BTC}` });
  });

  it("is a denial at every single value that the verdict reads (S66)", () => {
    const book = {
      orders: [open()],
      bot: scopeOf({ [BTC]: "1" }),
      recent: [{ intent: intentOf({ signal: "s0" }), at: NOW - 1 }],
    };
    const run = (failAt: number) => {
      const counter = { reads: 0, failAt };
      const verdict = decide(
        failing(intentOf(), counter),
        failing(bookOf(book), counter),
        failing(limitsOf({ bot: { leverage: "5" } }), counter),
        NOW,
      );
      return { verdict, reads: counter.reads };
    };
    const { verdict, reads } = run(Number.POSITIVE_INFINITY);
    expect(verdict.verdict).toBe("pass");
    expect(reads).toBeGreaterThan(100);
    for (let at = 0; at < reads; at++)
      expect([at, run(at).verdict]).toMatchObject([at, { verdict: "denied", code: "CHECK_FAILED" }]);
  });
});

/** The value behind a proxy that throws at the nth read of any of its parts. */
function failing<T>(value: T, counter: { reads: number; failAt: number }): T {
  if (typeof value !== "object" || value === null || value instanceof Map) return value;
  return new Proxy(value, {
    get: (target, key, receiver) => {
      if (counter.reads++ === counter.failAt) throw new Error("read failed");
      return failing(Reflect.get(target, key, receiver), counter);
    },
  }) as T;
}

describe("whatever is asked", () => {
  const side = fc.constantFrom<"buy" | "sell">("buy", "sell");
  const instrument = fc.constantFrom(BTC, ETH);
  const bot = fc.constantFrom("bot-1", "bot-2", "bot-3");
  const state = fc.constantFrom<OrderState>(
    "SUBMITTING",
    "ACCEPTED",
    "UNKNOWN",
    "PENDING_CANCEL",
    "LOST",
    "CANCELED",
    "REJECTED",
  );
  const orders = fc.array(fc.record({ side, instrument, bot, state, size: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 6,
  });
  const held = fc.record({ [BTC]: fc.integer({ min: -20, max: 20 }), [ETH]: fc.integer({ min: -20, max: 20 }) });
  const caps = fc.record({
    positionQuantity: fc.integer({ min: 1, max: 40 }),
    grossExposure: fc.integer({ min: 100, max: 6_000 }),
    netExposure: fc.integer({ min: 100, max: 4_000 }),
    openOrders: fc.integer({ min: 1, max: 7 }),
  });

  it("what passes keeps every cap even if the worst becomes of all open orders (I7)", () => {
    let passed = 0;
    fc.assert(
      fc.property(
        held,
        orders,
        side,
        instrument,
        fc.integer({ min: 1, max: 20 }),
        caps,
        (positions, rows, buys, market, size, limits) => {
          const texts = Object.fromEntries(
            Object.entries(limits).map(([name, value]) => [name, String(value)]),
          ) as CapTexts;
          const open = rows.map((row) =>
            orderOf({ ...row, quantity: quantity(String(row.size)), kind: "market", limit: undefined }),
          );
          const account = scopeOf({ [BTC]: String(positions[BTC]), [ETH]: String(positions[ETH]) });
          const intent = {
            side: buys,
            instrument: market,
            quantity: quantity(String(size)),
            kind: "market",
            limit: undefined,
          } as const;
          if (verdictOf(intent, { account, orders: open }, { account: texts }).verdict !== "pass") return;
          passed++;
          const priceOf = { [BTC]: 100, [ETH]: 10 };
          const live = rows.filter((row) => !["CANCELED", "REJECTED"].includes(row.state));
          expect(live.length + 1).toBeLessThanOrEqual(limits.openOrders);
          const own = { side: buys, instrument: market, size };
          // Every subset of the open orders fills, and the new one does.
          let worstGross = 0;
          for (let subset = 0; subset < 2 ** live.length; subset++) {
            const filled = [...live.filter((_, index) => (subset >> index) % 2 === 1), own];
            const end = { ...positions };
            for (const row of filled) end[row.instrument] += row.side === "buy" ? row.size : -row.size;
            const gross = Math.abs(end[BTC]) * priceOf[BTC] + Math.abs(end[ETH]) * priceOf[ETH];
            worstGross = Math.max(worstGross, gross);
            const signed = buys === "buy" ? end[market] : -end[market];
            expect(signed).toBeLessThanOrEqual(limits.positionQuantity);
          }
          let before = 0;
          for (let subset = 0; subset < 2 ** live.length; subset++) {
            const end = { ...positions };
            for (const row of live.filter((_, index) => (subset >> index) % 2 === 1))
              end[row.instrument] += row.side === "buy" ? row.size : -row.size;
            before = Math.max(before, Math.abs(end[BTC]) * priceOf[BTC] + Math.abs(end[ETH]) * priceOf[ETH]);
          }
          if (worstGross > before) expect(worstGross).toBeLessThanOrEqual(limits.grossExposure);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it("reserves exactly what the open orders may still trade (I13)", () => {
    fc.assert(
      fc.property(orders, (rows) => {
        const all = rows.map((row) => orderOf({ ...row, quantity: quantity(String(row.size)) }));
        const total = all.reduce((sum, order) => sum + reservedQuantity(order), 0n);
        const expected = rows
          .filter((row) => !["CANCELED", "REJECTED"].includes(row.state))
          .reduce((sum, row) => sum + row.size, 0);
        expect(total).toBe(BigInt(expected) * 10n ** 18n);
      }),
    );
  });
});
