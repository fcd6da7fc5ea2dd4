import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decimal } from "../ledger/decimal.ts";
import { parseDecimal } from "../ledger/decimal-text.ts";
import { limitSetOf, limitsOf } from "../testing/risk-books.ts";
import {
  bindingLimit,
  CAP_NAMES,
  CAPS,
  type CapName,
  type LimitSet,
  limitsVersion,
  missingBotLimits,
  PLATFORM_CEILINGS,
  requiredLimit,
  stricter,
} from "./cap.ts";
import { type LimitChange, limitsInForce, RAISE_DELAY_MS } from "./limits-in-force.ts";
import { bindingState, STATE_ALLOWS, STATE_SCOPES, TRADING_STATES, type TradingStates } from "./trading-state.ts";

const decimal = (text: string) => parseDecimal(text, "value");

describe("limits", () => {
  it("are the strictest of the level's own and the platform's", () => {
    const limits = limitsOf({
      bot: { orderNotional: "9000000", duplicateWindow: "1" },
      account: { orderNotional: "5000" },
    });
    expect(bindingLimit(limits, "orderNotional", "bot")).toEqual({ limit: decimal("1000000"), level: "platform" });
    expect(bindingLimit(limits, "orderNotional", "account")).toEqual({ limit: decimal("5000"), level: "account" });
    // A longer window is the stricter one.
    expect(bindingLimit(limits, "duplicateWindow", "bot")).toEqual({ limit: decimal("10000"), level: "platform" });
    expect(bindingLimit(limits, "priceCollar", "account")).toEqual({ limit: decimal("0.05"), level: "default" });
    expect(bindingLimit(limits, "netExposure", "account")).toBeUndefined();
    expect(bindingLimit(limitsOf({ account: { netExposure: "5" } }), "netExposure", "account")?.level).toBe("account");
  });

  it("never pass the platform's ceiling, whatever anybody sets", () => {
    const sets = fc.dictionary(
      fc.constantFrom(...CAP_NAMES),
      fc.bigInt({ min: 0n, max: 10n ** 26n }).map((n) => n as Decimal),
    );
    fc.assert(
      fc.property(sets, sets, fc.constantFrom("bot" as const, "account" as const), (bot, account, scope) => {
        const limits = {
          platform: PLATFORM_CEILINGS,
          bot: { version: 1, caps: bot },
          account: { version: 1, caps: account },
        };
        for (const [name, ceiling] of Object.entries(PLATFORM_CEILINGS.caps) as [CapName, Decimal][]) {
          const limit = requiredLimit(limits, name, scope).limit;
          if (CAPS[name].strictest === "lowest") expect(limit <= ceiling).toBe(true);
          else expect(limit >= ceiling).toBe(true);
        }
      }),
    );
  });

  it("that must exist are an error where they do not", () => {
    expect(() => requiredLimit(limitsOf(), "netExposure", "bot")).toThrow("no limit of netExposure");
  });

  it("of a bot are named where they are missing", () => {
    expect(missingBotLimits(limitsOf().bot)).toEqual([]);
    expect(missingBotLimits(limitSetOf({ orderNotional: "1", dailyLoss: "1" }))).toEqual([
      "positionNotional",
      "openOrders",
      "instruments",
    ]);
    expect(limitsVersion(limitsOf())).toBe("p1.a7.b3");
  });

  it("each say their unit, their code and how they are measured", () => {
    for (const name of CAP_NAMES) {
      expect(CAPS[name].code).toMatch(/^[A-Z_]+$/);
      expect(CAPS[name].measured).not.toBe("");
    }
  });
});

describe("a limit that changes", () => {
  const at = (time: number, caps: Record<string, string>, parts: Partial<LimitSet> = {}): LimitChange => ({
    at: time,
    limits: limitSetOf(caps, { version: time, ...parts }),
  });
  const inForce = (history: readonly LimitChange[], now: number) => limitsInForce(history, now).caps.orderNotional;

  it("counts at once when lowered and after a minute when raised (C8)", () => {
    const history = [
      at(0, { orderNotional: "10" }),
      at(100_000, { orderNotional: "20" }),
      at(300_000, { orderNotional: "5" }),
    ];
    expect([0, 100_000, 159_999].map((now) => inForce(history, now))).toEqual([
      decimal("10"),
      decimal("10"),
      decimal("10"),
    ]);
    expect([160_000, 299_999].map((now) => inForce(history, now))).toEqual([decimal("20"), decimal("20")]);
    expect(inForce(history, 300_000)).toBe(decimal("5"));
    expect(limitsInForce(history, 130_000).version).toBe(100_000);
  });

  it("is raised when it is taken away, and for a window when it gets shorter", () => {
    const history = [
      at(0, { orderNotional: "10", duplicateWindow: "30000" }),
      at(100_000, { duplicateWindow: "20000" }),
    ];
    expect(limitsInForce(history, 159_999).caps).toEqual({
      orderNotional: decimal("10"),
      duplicateWindow: decimal("30000"),
    });
    expect(limitsInForce(history, 160_000).caps).toEqual({ duplicateWindow: decimal("20000") });
  });

  it("is never looser than anything set within the minute, nor than what held before it", () => {
    const changes = fc.array(
      fc.record({ after: fc.integer({ min: 1, max: 50_000 }), value: fc.option(fc.integer({ min: 1, max: 9 })) }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        changes,
        fc.nat({ max: 700_000 }),
        fc.constantFrom<CapName>("orderNotional", "duplicateWindow"),
        (rows, now, name) => {
          let time = 0;
          const history = rows.map(({ after, value }) => {
            time += after;
            return { at: time, limits: limitSetOf(value === null ? {} : { [name]: String(value) }) };
          });
          fc.pre(now >= history[0].at);
          const limit = limitsInForce(history, now).caps[name];
          // The reference: step through every moment at which something can change and keep what was asked for then.
          const asked = (moment: number) => history.filter((change) => change.at <= moment).at(-1)?.limits.caps[name];
          const moments = [now - RAISE_DELAY_MS, ...history.map((change) => change.at)].filter(
            (moment) => moment >= now - RAISE_DELAY_MS && moment <= now && moment >= history[0].at,
          );
          const values = moments.map(asked).filter((value) => value !== undefined);
          const strictest = values.reduce<Decimal | undefined>(
            (best, next) => (best === undefined ? next : stricter(name, best, next)),
            undefined,
          );
          expect(limit).toBe(strictest);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("opens a list of instruments and hours after a minute, and closes it at once", () => {
    const hours = (fromMinute: number, toMinute: number, weekdays = [1, 2]) => ({
      windows: [{ weekdays, fromMinute, toMinute }],
    });
    const history = [
      at(0, {}, { instruments: ["A", "B"], ...hours(0, 600) }),
      at(100_000, {}, { instruments: ["B", "C"], ...hours(300, 900, [2, 3]) }),
      at(300_000, {}),
    ];
    expect(limitsInForce(history, 100_000)).toMatchObject({
      instruments: ["B"],
      windows: [{ weekdays: [2], fromMinute: 300, toMinute: 600 }],
    });
    expect(limitsInForce(history, 160_000)).toMatchObject({ instruments: ["B", "C"], ...hours(300, 900, [2, 3]) });
    expect(limitsInForce(history, 300_001)).toMatchObject({ instruments: ["B", "C"] });
    expect(limitsInForce(history, 360_000)).toEqual({ version: 300_000, caps: {} });
    const apart = [at(0, {}, hours(0, 100)), at(10, {}, hours(100, 200)), at(20, {}, hours(0, 200, [5]))];
    expect(limitsInForce(apart, 15).windows).toEqual([]);
    expect(limitsInForce(apart, 25).windows).toEqual([]);
    const opened = [at(0, {}), at(100_000, {}, { instruments: ["A"], ...hours(0, 1) })];
    expect(limitsInForce(opened, 100_000)).toMatchObject({ instruments: ["A"], ...hours(0, 1) });
  });

  it("must have been set", () => {
    expect(() => limitsInForce([], 5)).toThrow("limits must have been set by 5, were set never");
  });
});

describe("trading states", () => {
  it("always let cancels pass, and nothing else when halted", () => {
    expect(TRADING_STATES.map((state) => STATE_ALLOWS[state])).toEqual([
      { cancel: true, reduce: true, increase: true },
      { cancel: true, reduce: true, increase: false },
      { cancel: true, reduce: false, increase: false },
    ]);
  });

  it("bind by the strictest of all scopes, named by the widest that has it", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TRADING_STATES), { minLength: 5, maxLength: 5 }), (list) => {
        const states = Object.fromEntries(STATE_SCOPES.map((scope, index) => [scope, list[index]])) as TradingStates;
        const { state, scope } = bindingState(states);
        const worst = list.includes("HALTED") ? "HALTED" : list.includes("REDUCING") ? "REDUCING" : "ACTIVE";
        expect([state, STATE_SCOPES.indexOf(scope)]).toEqual([worst, list.indexOf(worst)]);
      }),
    );
  });
});
