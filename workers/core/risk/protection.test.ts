import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClosedTrade,
  type EquityPoint,
  entryPause,
  historyMs,
  type Protection,
  type TradingHistory,
} from "./protection.ts";

const trade = (closedAt: number, profit: number, parts: Partial<ClosedTrade> = {}): ClosedTrade => ({
  instrument: "A",
  closedAt,
  profit,
  equityBefore: 1_000,
  reason: "stop",
  ...parts,
});
const of = (trades: readonly ClosedTrade[] = [], equity: readonly EquityPoint[] = []): TradingHistory => ({
  trades,
  equity,
});
const pause = (protection: Protection, history: TradingHistory, now: number, instrument = "A") =>
  entryPause([protection], history, { instrument, now })?.until;

describe("a cooldown", () => {
  it("pauses one instrument after its trades, or only after those that lost", () => {
    const cooldown = (kind: "trade" | "loss"): Protection => ({ kind: "cooldown", after: kind, pauseMs: 10 });
    const history = of([trade(100, -1), trade(105, 2)]);
    expect(pause(cooldown("trade"), history, 114)).toBe(115);
    expect(pause(cooldown("trade"), history, 115)).toBeUndefined();
    expect(pause(cooldown("loss"), history, 109)).toBe(110);
    expect(pause(cooldown("loss"), history, 110)).toBeUndefined();
    expect(pause(cooldown("trade"), history, 106, "B")).toBeUndefined();
    expect(pause(cooldown("trade"), history, 99)).toBeUndefined();
  });
});

describe("a stop-loss guard", () => {
  const guard = (scope: "instrument" | "all"): Protection => ({
    kind: "stop-loss-guard",
    scope,
    trades: 2,
    lookbackMs: 50,
    pauseMs: 30,
  });

  it("pauses after so many losing stops within a time, from the one that made it full", () => {
    const history = of([trade(100, -1), trade(149, -1, { reason: "trailing" })]);
    expect(pause(guard("instrument"), history, 148)).toBeUndefined();
    expect(pause(guard("instrument"), history, 149)).toBe(179);
    expect(pause(guard("instrument"), history, 179)).toBeUndefined();
    expect(pause(guard("instrument"), of([trade(100, -1), trade(150, -1)]), 150)).toBeUndefined();
  });

  it("counts neither stops that won nor other exits that lost", () => {
    expect(
      pause(guard("instrument"), of([trade(100, 5), trade(110, -1), trade(120, -9, { reason: "signal" })]), 121),
    ).toBeUndefined();
    expect(pause(guard("instrument"), of([trade(100, -1, { reason: "liquidation" }), trade(110, -1)]), 111)).toBe(140);
  });

  it("counts each instrument for itself, or all together", () => {
    const history = of([trade(100, -1), trade(110, -1, { instrument: "B" })]);
    expect(pause(guard("instrument"), history, 111)).toBeUndefined();
    expect(pause(guard("all"), history, 111)).toBe(140);
    expect(pause(guard("all"), history, 111, "C")).toBe(140);
  });
});

describe("a trade that came out even", () => {
  it("is no loss", () => {
    expect(pause({ kind: "cooldown", after: "loss", pauseMs: 10 }, of([trade(100, 0)]), 101)).toBeUndefined();
    const guard = { kind: "stop-loss-guard", scope: "all", trades: 1, lookbackMs: 50, pauseMs: 30 } as const;
    expect(pause(guard, of([trade(100, 0)]), 101)).toBeUndefined();
  });
});

describe("trades within a time", () => {
  it("are counted back from each of them, never ahead", () => {
    const guard = { kind: "stop-loss-guard", scope: "all", trades: 3, lookbackMs: 10, pauseMs: 30 } as const;
    expect(pause(guard, of([trade(100, -1), trade(109, -1), trade(115, -1)]), 116)).toBeUndefined();
  });
});

describe("the low-profit rule", () => {
  const rule: Protection = { kind: "low-profit", trades: 2, profitShareMin: 0.01, lookbackMs: 50, pauseMs: 30 };

  it("pauses an instrument whose trades made less than the share of the equity before the first of them", () => {
    expect(pause(rule, of([trade(100, 4), trade(110, 5.9)]), 111)).toBe(140);
    expect(pause(rule, of([trade(100, 4), trade(110, 6)]), 111)).toBeUndefined();
    // Two halves of equities that differ are no sum of ratios: 20 of 4,000 is half a percent, however late equity shrank.
    const shrunk = of([trade(100, 10, { equityBefore: 4_000 }), trade(110, 10, { equityBefore: 500 })]);
    expect(pause(rule, shrunk, 111)).toBe(140);
    expect(pause(rule, of([trade(100, -500)]), 111)).toBeUndefined();
    expect(pause(rule, of([trade(100, 4), trade(110, 1)]), 111, "B")).toBeUndefined();
  });
});

describe("the draw-down guard", () => {
  const guard: Protection = { kind: "drawdown-guard", drawdown: 0.1, lookbackMs: 50, pauseMs: 30 };
  const points = (...rows: readonly (readonly [number, number])[]) =>
    of(
      [],
      rows.map(([at, equity]) => ({ at, equity })),
    );

  it("pauses every instrument while marked equity has fallen from its highest within a time", () => {
    const history = points([100, 1_000], [120, 950], [130, 900], [140, 990]);
    expect(pause(guard, history, 129)).toBeUndefined();
    expect(pause(guard, history, 130, "B")).toBe(160);
    expect(pause(guard, history, 159)).toBe(160);
    expect(pause(guard, history, 160)).toBeUndefined();
  });

  it("forgets a peak that is older than its time, and one that was passed", () => {
    expect(pause(guard, points([100, 1_000], [149, 900]), 149)).toBe(179);
    expect(pause(guard, points([100, 1_000], [150, 900]), 150)).toBeUndefined();
    expect(pause(guard, points([100, 1_000], [110, 1_100], [120, 990]), 120)).toBe(150);
    expect(pause(guard, points([100, 1_000], [110, 1_000], [155, 900]), 155)).toBe(185);
  });

  it("strikes exactly where a search over every pair of closes says so", () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 1, max: 20 }), equity: fc.integer({ min: 80, max: 120 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, fc.nat({ max: 900 }), (rows, now) => {
        let at = 0;
        const equity = rows.map((row) => {
          at += row.wait;
          return { at, equity: row.equity };
        });
        const known = equity.filter((point) => point.at <= now);
        const struck = known.filter((low) =>
          known.some(
            (high) =>
              high.at <= low.at &&
              high.at > low.at - 50 &&
              high.equity > low.equity &&
              high.equity - low.equity >= 0.1 * high.equity,
          ),
        );
        const until = (struck.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + 30;
        expect(pause(guard, of([], equity), now)).toBe(until > now ? until : undefined);
      }),
    );
  });
});

describe("protections together", () => {
  const all: Protection[] = [
    { kind: "cooldown", after: "trade", pauseMs: 10 },
    { kind: "stop-loss-guard", scope: "all", trades: 1, lookbackMs: 50, pauseMs: 30 },
    { kind: "low-profit", trades: 1, profitShareMin: 0, lookbackMs: 70, pauseMs: 20 },
  ];

  it("pause for the longest of them", () => {
    expect(entryPause(all, of([trade(100, -1)]), { instrument: "A", now: 105 })).toEqual({
      kind: "stop-loss-guard",
      until: 130,
    });
    expect(entryPause([], of([trade(100, -1)]), { instrument: "A", now: 105 })).toBeUndefined();
  });

  it("depend on no history older than they say", () => {
    expect(historyMs(all)).toBe(90);
    expect(historyMs([])).toBe(0);
    const trades = fc.array(
      fc.record({ wait: fc.integer({ min: 1, max: 30 }), profit: fc.integer({ min: -3, max: 3 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(trades, fc.nat({ max: 300 }), (rows, now) => {
        let at = 0;
        const list = rows.map(({ wait, profit }) => {
          at += wait;
          return trade(at, profit);
        });
        const recent = list.filter((row) => row.closedAt > now - historyMs(all));
        const moment = { instrument: "A", now };
        expect(entryPause(all, of(recent), moment)).toEqual(entryPause(all, of(list), moment));
      }),
    );
  });
});

describe("a fall of nothing", () => {
  it("is none, even where any fall pauses", () => {
    const guard: Protection = { kind: "drawdown-guard", drawdown: 0, lookbackMs: 50, pauseMs: 30 };
    const flat = [100, 110].map((at) => ({ at, equity: 1_000 }));
    expect(pause(guard, of([], flat), 111)).toBeUndefined();
    expect(pause(guard, of([], [...flat, { at: 120, equity: 999 }]), 121)).toBe(150);
  });
});
