import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatBytes,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPrice,
  formatQuantity,
  formatShort,
  NONE,
  stepDigits,
} from "./format.ts";

const MINUS = "\u2212";
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

test("a value that is not defined is a dash in every format", () => {
  for (const value of [null, undefined, Number.NaN]) {
    expect(formatNumber(value)).toBe(NONE);
    expect(formatPercent(value)).toBe(NONE);
    expect(formatMoney(value, "USD")).toBe(NONE);
    expect(formatPrice(value, 0.01)).toBe(NONE);
    expect(formatQuantity(value)).toBe(NONE);
    expect(formatShort(value)).toBe(NONE);
  }
  expect(formatBytes(null)).toBe(NONE);
});

test("numbers carry thousands, a true minus, and a plus only where asked for", () => {
  expect(formatNumber(1234567.891)).toBe("1,234,567.89");
  expect(formatNumber(-0.5, { digits: 1 })).toBe(`${MINUS}0.5`);
  expect(formatNumber(2, { digits: 0, sign: "always" })).toBe("+2");
  expect(formatNumber(Number.POSITIVE_INFINITY)).toBe("∞");
  expect(plain(formatPercent(0.38204, { sign: "always" }))).toBe("+38.20 %");
  expect(plain(formatMoney(-1234.5, "USD"))).toBe(`${MINUS}1,234.50 USD`);
  expect(formatMoney(3, "", { digits: 0 })).toBe("3");
});

test("a value that rounds to nothing carries no sign", () => {
  fc.assert(
    fc.property(fc.double({ min: -0.004, max: 0.004, noNaN: true }), (value) => {
      expect(formatNumber(value, { sign: "always" })).toBe("0.00");
    }),
  );
});

test("what is shown can be read back to the value within its last digit", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, digits) => {
      const read = Number(formatNumber(value, { digits }).replaceAll(",", "").replace(MINUS, "-"));
      expect(Math.abs(read - value)).toBeLessThanOrEqual(0.5000001 * 10 ** -digits + Math.abs(value) * 1e-15);
    }),
  );
});

test("a price has the digits of its step", () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [1.08213, 0.00001, "1.08213"],
    [93411.2, 0.01, "93,411.20"],
    [93411.2, 1, "93,411"],
    [0.00001234, 0, "0.000012340"],
    [151.3, 0, "151.30"],
  ];
  for (const [price, tick, text] of cases) expect(formatPrice(price, tick)).toBe(text);
  expect(stepDigits(0.005)).toBe(3);
  expect(stepDigits(25)).toBe(0);
});

test("quantities drop zeros that say nothing, and keep those that do", () => {
  expect(formatQuantity(0.5)).toBe("0.5");
  expect(formatQuantity(100)).toBe("100");
  expect(formatQuantity(0.00001)).toBe("0.00001");
  expect(formatQuantity(-1250.5)).toBe(`${MINUS}1,250.5`);
});

test("large counts and sizes are said in short", () => {
  expect(plain(formatShort(1_250_000))).toBe("1.25 M");
  expect(plain(formatShort(26_304))).toBe("26.3 k");
  expect(formatShort(812)).toBe("812");
  expect(plain(formatBytes(4_200_000))).toBe("4.2 MB");
});

test.each([
  ["JPY", "1,235\u00a0JPY"],
  ["EUR", "1,234.56\u00a0EUR"],
  ["USDT", "1,234.56\u00a0USDT"],
  ["", "1,234.56"],
])("an amount of %j has the digits of its currency", (currency, expected) => {
  expect(formatMoney(1234.56, currency)).toBe(expected);
});
