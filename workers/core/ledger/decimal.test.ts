import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  compare,
  type Decimal,
  DecimalError,
  divide,
  larger,
  magnitude,
  multiply,
  negate,
  notional,
  ofUnits,
  proportion,
  ROUNDINGS,
  type Rounding,
  smaller,
  subtract,
} from "./decimal.ts";
import {
  exactDecimal,
  exactText,
  fromDouble,
  gridDouble,
  gridStep,
  settledDouble,
  toDouble,
} from "./decimal-double.ts";
import {
  isMultiple,
  ofSteps,
  oppositeSide,
  roundPriceToTick,
  roundQuantityToLot,
  roundToStep,
  safeRounding,
  stepsOf,
} from "./decimal-grid.ts";
import { formatDecimal, parseDecimal, parseMoney, parsePosition, parsePrice, parseQuantity } from "./decimal-text.ts";

const SCALE = 10n ** 18n;
const d = (text: string) => parseDecimal(text, "value");

/** A ratio of whole numbers: the reference that decimals are held against. */
interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}
const ratio = (value: Decimal): Ratio => ({ over: value, under: SCALE });
const normal = ({ over, under }: Ratio): Ratio => (under < 0n ? { over: -over, under: -under } : { over, under });
const times = (a: Ratio, b: Ratio) => normal({ over: a.over * b.over, under: a.under * b.under });
const by = (a: Ratio, b: Ratio) => normal({ over: a.over * b.under, under: a.under * b.over });
const minus = (a: Ratio, b: Ratio) => normal({ over: a.over * b.under - b.over * a.under, under: a.under * b.under });

/** Whether `result` is `exact` rounded to a multiple of `step` as the rounding's name says, in ratios alone. */
function isRounded(result: Decimal, exact: Ratio, step: bigint, rounding: Rounding): boolean {
  if (result % step !== 0n) return false;
  const { over, under } = minus(ratio(result), exact);
  // The difference in steps is over · SCALE / (under · step).
  const [far, near] = [over * SCALE, under * step];
  if (rounding === "floor") return far <= 0n && -far < near;
  if (rounding === "ceil") return far >= 0n && far < near;
  const twice = 2n * (far < 0n ? -far : far);
  return twice < near || (twice === near && (result / step) % 2n === 0n);
}

const units = fc.oneof(
  fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }),
  fc.bigInt({ min: -50n, max: 50n }).map((n) => (n * SCALE) / 2n),
  fc.bigInt({ min: -1000n, max: 1000n }),
);
const decimals = units.map((n) => ofUnits<Decimal>(n));
const divisors = decimals.filter((n) => n !== 0n);
const places = fc.integer({ min: 0, max: 18 });
const roundings = fc.constantFrom(...ROUNDINGS);
const stepOf = (digits: number) => 10n ** BigInt(18 - digits);

describe("exact decimals", () => {
  it("add, subtract and compare as ratios of whole numbers do", () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(add(a, b)).toBe(a + b);
        expect(subtract(a, b)).toBe(a - b);
        expect(subtract(add(a, b), b)).toBe(a);
        expect(compare(a, b) + compare(b, a)).toBe(0);
        expect(compare(a, a)).toBe(0);
        expect(Math.sign(compare(a, b))).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect([smaller(a, b), larger(a, b)].sort(compare)).toEqual([a, b].sort(compare));
        expect(smaller(a, b) <= larger(a, b)).toBe(true);
        expect(add(a, negate(a))).toBe(0n);
        expect(magnitude(a)).toBe(a < 0n ? -a : a);
      }),
    );
  });

  it("multiply to the exact product, rounded once as named", () => {
    fc.assert(
      fc.property(decimals, decimals, places, roundings, (a, b, digits, rounding) => {
        const result = multiply(a, b, { decimals: digits, rounding });
        expect(isRounded(result, times(ratio(a), ratio(b)), stepOf(digits), rounding)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("divide to the exact quotient, rounded once as named", () => {
    const small = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((n) => ofUnits<Decimal>(n));
    const whole = fc.bigInt({ min: -40n, max: 40n }).filter((n) => n !== 0n);
    const under = whole.map((n) => ofUnits<Decimal>(n * SCALE));
    fc.assert(
      fc.property(small, under, places, roundings, (a, b, digits, rounding) => {
        const result = divide(a, b, { decimals: digits, rounding });
        expect(isRounded(result, by(ratio(a), ratio(b)), stepOf(digits), rounding)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("take a share of a whole in one step", () => {
    fc.assert(
      fc.property(decimals, divisors, roundings, (whole, of, rounding) => {
        const half = ofUnits<Decimal>(of / 2n);
        const result = proportion(whole, { part: half, of, rounding });
        expect(isRounded(result, by(times(ratio(whole), ratio(half)), ratio(of)), 1n, rounding)).toBe(true);
        expect(proportion(whole, { part: of, of, rounding })).toBe(whole);
      }),
    );
  });

  it("round a tie to the even neighbour, on both sides of zero", () => {
    const round = (text: string) => formatDecimal(multiply(d(text), d("1"), { decimals: 0, rounding: "half-even" }));
    expect(["0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "2.500001", "-2.500001", "2.4", "2.6"].map(round)).toEqual([
      "0",
      "2",
      "2",
      "0",
      "-2",
      "-2",
      "3",
      "-3",
      "2",
      "3",
    ]);
  });

  it("give price times quantity exactly while both fit 18 decimals together", () => {
    const price = parsePrice("65432.12345678", "price");
    const quantity = parseQuantity("0.0001234567", "quantity");
    expect(formatDecimal(notional(price, quantity, "floor"))).toBe("8.078034035966651426");
    expect(notional(price, quantity, "floor")).toBe(notional(price, quantity, "ceil"));
    const fine = "0.0000000001" as const;
    const dust = notional(parsePrice(fine, "price"), parseQuantity(fine, "quantity"), "ceil");
    expect(formatDecimal(dust)).toBe("0.000000000000000001");
  });

  it("refuse a result out of bounds rather than wrap it", () => {
    const most = d("999999999999999999.999999999999999999");
    const unit = d("0.000000000000000001");
    expect(() => add(most, unit)).toThrow(DecimalError);
    expect(() => subtract(negate(most), unit)).toThrow("result must have at most 18 digits before the point");
    expect(() => multiply(most, d("2"), { decimals: 18, rounding: "floor" })).toThrow(DecimalError);
    expect(() => divide(most, unit, { decimals: 18, rounding: "floor" })).toThrow(DecimalError);
  });

  it("refuse a divisor of zero and decimals that are none", () => {
    const precision = { decimals: 2, rounding: "floor" } as const;
    expect(() => divide(d("1"), d("0"), precision)).toThrow("divisor must not be zero, was 0");
    expect(() => proportion(d("1"), { part: d("1"), of: d("0"), rounding: "floor" })).toThrow(
      "divisor must not be zero",
    );
    for (const digits of [-1, 19, 1.5, Number.NaN]) {
      expect(() => multiply(d("1"), d("1"), { decimals: digits, rounding: "floor" })).toThrow(
        `decimals must be a whole number from 0 to 18, was ${digits}`,
      );
    }
  });
});

describe("decimal text", () => {
  it("reads back as the value it was written from", () => {
    fc.assert(
      fc.property(decimals, (value) => {
        const text = formatDecimal(value);
        expect(parseDecimal(text, "value")).toBe(value);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it("refuses whatever is not a plain decimal, with field, rule and value", () => {
    const refused = [
      ...[
        "",
        " ",
        "1 ",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1e5",
        "1E-5",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "1,5",
        "١",
      ],
      ...["1_000", "--1", "1.2.3", "null", "__proto__", "9".repeat(10_000)],
    ];
    for (const text of refused)
      expect(() => parseDecimal(text, "amount")).toThrow('amount must be a decimal such as "12.50"');
    for (const value of [1, Number.NaN, null, undefined, {}, 1n]) {
      expect(() => parseDecimal(value, "amount")).toThrow(`amount must be a decimal as text, was "${value}"`);
    }
    for (const text of ["-0", "-0.00"]) {
      expect(() => parseDecimal(text, "amount")).toThrow(`amount must not be minus zero, was "${text}"`);
    }
    expect(() => parseDecimal("1234567890123456789", "amount")).toThrow(
      'amount must have at most 18 digits before the point, was "1234567890123456789"',
    );
    expect(() => parseDecimal("0.1234567890123456789", "amount")).toThrow("amount must have at most 18 decimals");
    expect(() => parseDecimal("x".repeat(500), "amount")).toThrow(`was "${"x".repeat(40)}…"`);
  });

  it("refuses with an error of its own kind, and shows of a value what fits", () => {
    const refused = (text: string): unknown => {
      try {
        return parseDecimal(text, "amount");
      } catch (error) {
        return error;
      }
    };
    expect(refused("x")).toBeInstanceOf(DecimalError);
    expect(refused("x")).toMatchObject({ name: "DecimalError" });
    expect(() => parseDecimal("x".repeat(40), "amount")).toThrow(`was "${"x".repeat(40)}"`);
  });

  it("keeps prices above zero and quantities at or above it", () => {
    expect(formatDecimal(parsePrice("0.10", "price"))).toBe("0.1");
    expect(() => parsePrice("0", "price")).toThrow('price must be above 0, was "0"');
    expect(() => parsePrice("-1", "price")).toThrow('price must be above 0, was "-1"');
    expect(parseQuantity("0", "quantity")).toBe(0n);
    expect(() => parseQuantity("-0.5", "quantity")).toThrow('quantity must be 0 or above, was "-0.5"');
    expect(formatDecimal(parsePosition("-0.5", "position"))).toBe("-0.5");
    expect(formatDecimal(parseMoney("-12.500", "amount"))).toBe("-12.5");
    const least = `-${"9".repeat(18)}.${"9".repeat(18)}`;
    expect(formatDecimal(parseMoney(least, "amount"))).toBe(least);
  });
});

describe("grids", () => {
  it("round to the multiple that the rounding names", () => {
    const steps = fc.bigInt({ min: 1n, max: 10n ** 20n }).map((n) => ofUnits<Decimal>(n));
    fc.assert(
      fc.property(decimals, steps, roundings, (value, step, rounding) => {
        const result = roundToStep(value, { step, rounding });
        expect(isRounded(result, ratio(value), step, rounding)).toBe(true);
        expect(isMultiple(result, step)).toBe(true);
        expect(ofSteps(stepsOf(result, step, "value"), step)).toBe(result);
      }),
    );
  });

  it("never move a limit price to where it would trade worse, nor a quantity up", () => {
    const price = parsePrice("100.017", "price");
    expect(formatDecimal(roundPriceToTick(price, d("0.01"), "buy"))).toBe("100.01");
    expect(formatDecimal(roundPriceToTick(price, d("0.01"), "sell"))).toBe("100.02");
    expect(formatDecimal(roundQuantityToLot(parseQuantity("0.0059", "quantity"), d("0.001")))).toBe("0.005");
    expect([safeRounding("buy"), safeRounding("sell")]).toEqual(["floor", "ceil"]);
    expect([oppositeSide("buy"), oppositeSide("sell")]).toEqual(["sell", "buy"]);
  });

  it("say the rule and the value where something is off the grid", () => {
    expect(() => stepsOf(d("0.0005"), d("0.001"), "quantity")).toThrow(
      "quantity must be a multiple of 0.001, was 0.0005",
    );
    expect(isMultiple(d("0.0005"), d("0.001"))).toBe(false);
    for (const step of ["0", "-1"]) {
      expect(() => isMultiple(d("1"), d(step))).toThrow(`step must be above 0, was ${step}`);
      expect(() => fromDouble(1, { step: d(step), rounding: "floor", field: "x" })).toThrow(
        `step must be above 0, was ${step}`,
      );
    }
  });
});

describe("the doorway of doubles", () => {
  const enter = (value: number, step: string, rounding: Rounding) =>
    formatDecimal(fromDouble<Decimal>(value, { step: d(step), rounding, field: "price" }));

  it("takes float error of a grid value for that value, whatever the rounding", () => {
    for (const rounding of ROUNDINGS) {
      expect(enter(0.1 + 0.2, "0.1", rounding)).toBe("0.3");
      expect(enter(0.7 * 0.1, "0.01", rounding)).toBe("0.07");
      expect(enter(1.1 * 3, "0.1", rounding)).toBe("3.3");
      expect(enter(-(0.1 + 0.2), "0.1", rounding)).toBe("-0.3");
      expect(enter(0, "0.1", rounding)).toBe("0");
      expect(enter(-0, "0.1", rounding)).toBe("0");
    }
  });

  it("finds every grid value again that a double can tell from its neighbours", () => {
    const counts = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom("0.01", "0.00001", "0.25", "5", "0.001"),
        roundings,
        (count, step, rounding) => {
          const value = ofSteps<Decimal>(count, d(step));
          expect(fromDouble<Decimal>(toDouble(value), { step: d(step), rounding, field: "x" })).toBe(value);
        },
      ),
    );
  });

  it("rounds what is off the grid as named, from the exact value of the double", () => {
    expect(enter(100.017, "0.01", "floor")).toBe("100.01");
    expect(enter(100.017, "0.01", "ceil")).toBe("100.02");
    expect(enter(100.017, "0.01", "half-even")).toBe("100.02");
    expect(enter(-100.017, "0.01", "floor")).toBe("-100.02");
    expect(enter(5e-324, "0.01", "ceil")).toBe("0.01");
  });

  it("reads a tick as the shortest decimal of its double, and no grid as the finest", () => {
    const step = (value: number) => formatDecimal(gridStep(value, "tick"));
    expect([0.01, 1e-8, 0.25, 5, 100, 1e-18, 1e17].map(step)).toEqual([
      "0.01",
      "0.00000001",
      "0.25",
      "5",
      "100",
      "0.000000000000000001",
      "100000000000000000",
    ]);
    expect(step(0)).toBe("0.000000000000000001");
    expect(() => gridStep(-0.01, "tick")).toThrow("tick must be 0 or above, was -0.01");
    expect(() => gridStep(1e-19, "tick")).toThrow("tick must have at most 18 decimals, was 1e-19");
  });

  it("settles any double on one that a decimal reads back as, the same where it is not tiny", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.double({ min: -40, max: 0, noNaN: true }),
        (size, power) => {
          const value = size * 2 ** power;
          const settled = settledDouble(value);
          expect(toDouble(exactDecimal(settled, "value")) === settled).toBe(true);
          expect(settledDouble(settled) === settled).toBe(true);
          if (Math.abs(value) >= 0.01) expect(settled === value).toBe(true);
          else expect(Math.abs(settled - value)).toBeLessThanOrEqual(1e-18);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(formatDecimal(exactDecimal(50_025.12345, "value"))).toBe("50025.12345");
    expect(formatDecimal(exactDecimal(0.1 + 0.2, "value"))).toBe("0.30000000000000004");
    expect(() => exactDecimal(1e-19, "fee")).toThrow("fee must have at most 18 decimals, was 1e-19");
  });

  it("takes a double for a multiple up to the last bit that a few sums may lose", () => {
    // One off a multiple of 2^46 - 1 is 2^-46 of the value: the most that counts as float error.
    const parts = { step: d("70368744177663"), rounding: "ceil", field: "x" } as const;
    expect(formatDecimal(fromDouble(2 ** 46, parts))).toBe("70368744177663");
    expect(formatDecimal(fromDouble(2 ** 46 + 2, parts))).toBe("140737488355326");
  });

  it("writes a double that is on a grid as the shortest text that reads back as it", () => {
    expect([0, 5, -12.5, 0.1, 1e-8, 1e17, 123_456.789].map(exactText)).toEqual([
      ...["0", "5", "-12.5", "0.1", "0.00000001", "100000000000000000", "123456.789"],
    ]);
    expect(() => exactText(Number.NaN)).toThrow("value must be a finite number, was NaN");
    expect(() => exactText(1e-19)).toThrow("value must have at most 18 decimals, was 1e-19");
  });

  it("takes the float error of sums off the grid", () => {
    const lot = { step: gridStep(0.1, "lot"), rounding: "floor" } as const;
    expect(gridDouble(0.1 + 0.2, lot)).toBe(0.3);
    expect(gridDouble(0.7 - 0.1, lot)).toBe(0.6);
    expect(gridDouble(-(0.1 + 0.2), lot)).toBe(-0.3);
    expect(gridDouble(0.39, lot)).toBe(0.3);
  });

  it("refuses what is no number and what is out of bounds", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => enter(value, "0.01", "floor")).toThrow(`price must be a finite number, was ${value}`);
      expect(() => gridStep(value, "tick")).toThrow(`tick must be a finite number, was ${value}`);
    }
    expect(() => settledDouble(Number.NaN)).toThrow("value must be a finite number, was NaN");
    const lot = { step: d("0.1"), rounding: "floor" } as const;
    expect(() => gridDouble(Number.NaN, lot)).toThrow("value must be a finite number, was NaN");
    for (const value of [1e308, 1e18, -1e18]) {
      expect(() => enter(value, "0.01", "floor")).toThrow("price must be below 1e18");
    }
  });
});
