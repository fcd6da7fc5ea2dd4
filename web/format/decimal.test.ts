import { describe, expect, test } from "vitest";
import {
  decimalNumber,
  formatAmount,
  formatAmountDown,
  formatAmountShort,
  formatDecimalPrice,
  formatDecimalQuantity,
  formatExactAmount,
  formatExactQuantity,
} from "./decimal.ts";

describe("decimals of the wire", () => {
  test("a price keeps the digits of its grid, and one that was divided is rounded", () => {
    expect(formatDecimalPrice("1.08325")).toBe("1.08325");
    expect(formatDecimalPrice("63120.5")).toBe("63,120.50");
    expect(formatDecimalPrice("63120.500000000000000000")).toBe("63,120.50");
    expect(formatDecimalPrice("63120.123456789012345678")).toBe("63,120.12");
  });

  test("an amount with little room is in whole units, and in short from a million on", () => {
    expect(formatAmountShort("98795.45", "USD")).toBe("98,795\u00a0USD");
    expect(formatAmountShort("-999999.4", "USD")).toBe("−999,999\u00a0USD");
    expect(formatAmountShort("999999.5", "USD")).toBe("1.00\u202fM\u00a0USD");
    expect(formatAmountShort("1234567.89", "USD")).toBe("1.23\u202fM\u00a0USD");
    expect(formatAmountShort("999.99", "USD")).toBe(formatAmount("999.99", "USD"));
    expect(formatAmountShort("0.42", "BTC")).toBe("0.42\u00a0BTC");
    expect(formatAmountShort(undefined, "USD")).toBe("—");
  });

  test("what is at most something is never rounded up, and keeps the digits of its lot", () => {
    expect(formatExactQuantity("1441.56789")).toBe("1,441.56789");
    expect(formatExactQuantity("1.123456780000000000")).toBe("1.12345678");
    expect(formatExactQuantity("1000000")).toBe("1,000,000");
    expect(formatExactQuantity("-0.5")).toBe("−0.5");
    expect(formatExactQuantity(null)).toBe("—");
    expect(formatAmountDown("99999.999", "USDT")).toBe("99,999.99\u00a0USDT");
    expect(formatAmountDown("12345.9", "JPY")).toBe("12,345\u00a0JPY");
    expect(formatAmountDown("500", "USD")).toBe("500.00\u00a0USD");
  });

  test("an amount that is booked as it is read keeps every digit", () => {
    expect(formatExactAmount("10000.004", "USDT")).toBe("10,000.004\u00a0USDT");
    expect(formatExactAmount("-999.5", "USD")).toBe("−999.50\u00a0USD");
    expect(formatExactAmount("12345", "JPY")).toBe("12,345\u00a0JPY");
    expect(formatExactAmount(null, "USD")).toBe("—");
  });

  test("nothing is said of what is not known", () => {
    expect(decimalNumber(null)).toBeNull();
    expect(formatDecimalPrice(null)).toBe("—");
    expect(formatAmount(undefined, "USD")).toBe("—");
  });

  test("money and quantities carry a true minus and no idle zeros", () => {
    expect(formatAmount("-1234.5", "USD")).toBe("−1,234.50\u00a0USD");
    expect(formatDecimalQuantity("0.420000000000000000")).toBe("0.42");
    expect(formatDecimalQuantity("-12")).toBe("−12");
  });
});
