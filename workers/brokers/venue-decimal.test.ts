import { describe, expect, it } from "vitest";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { venueDecimal, venueInstant, venueNumber, venuePrice } from "./venue-decimal.ts";

describe("numbers as venues write them", () => {
  it.each([
    ["-0.0000", "0"],
    ["-12.50", "-12.5"],
    ["0", "0"],
  ])("%s is %s", (text, value) => {
    expect(formatDecimal(venueDecimal(text, "field"))).toBe(value);
  });

  it.each(["", "NaN", "Infinity", "1e5", "+1", "1.", ".5", "0x10", "1 ", "--1", "-0x0"])("%j is none", (text) => {
    expect(() => venueDecimal(text, "field")).toThrow("field");
  });

  it("have an exponent only where JSON may have one", () => {
    expect(formatDecimal(venueNumber("1.234e-05", "price"))).toBe("0.00001234");
    expect(() => venueNumber("1e400", "price")).toThrow("price");
    expect(() => venueNumber("NaNe1", "price")).toThrow("price");
  });

  it("are above zero where they are prices", () => {
    expect(venuePrice(undefined, "price")).toBeUndefined();
    for (const text of ["0", "-1"]) expect(() => venuePrice(text, "price")).toThrow("above 0");
  });
});

describe("instants as venues write them", () => {
  it.each([
    ["2016-10-28T15:11:58.023004583Z", "2016-10-28T15:11:58.023Z"],
    ["2024-07-18T04:10:33.389152169-04:00", "2024-07-18T08:10:33.389Z"],
    ["2022-02-01T05:00:00Z", "2022-02-01T05:00:00.000Z"],
  ])("%s is %s", (text, at) => {
    expect(new Date(venueInstant(text, "time")).toISOString()).toBe(at);
  });

  it.each(["2016-10-28", "2016-10-28T15:11:58", "yesterday", "0", "2016-13-40T25:00:00Z"])("%s is none", (text) => {
    expect(() => venueInstant(text, "time")).toThrow("time must be an instant");
  });
});
