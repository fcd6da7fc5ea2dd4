import { describe, expect, it } from "vitest";
import { formatNumber, formatPercent, formatShort } from "../format/format.ts";
import { axisLabels } from "./axis-labels.ts";

const exact = (value: number, digits: number) => formatNumber(value, { digits });

describe("labels of an axis", () => {
  it("are short where that tells the steps apart", () => {
    expect(axisLabels([10_000, 10_100, 10_200], formatShort, exact)).toEqual([10_000, 10_100, 10_200].map(formatShort));
  });

  it("have as many digits as it takes where what they stand for hardly moves", () => {
    expect(axisLabels([9_999, 10_000, 10_001], formatShort, exact)).toEqual(["9,999", "10,000", "10,001"]);
    expect(axisLabels([99_999.996, 100_000, 100_000.004], formatShort, exact)).toEqual([
      ...["99,999.996", "100,000.000", "100,000.004"],
    ]);
  });

  it("keep what they count in", () => {
    const percent = (value: number, digits: number) => formatPercent(value, { digits });
    const labels = axisLabels([-0.00002, -0.00001, 0], formatPercent, percent);
    expect(new Set(labels).size).toBe(3);
    expect(labels.every((label) => label.endsWith("%"))).toBe(true);
  });

  it("end somewhere also where two steps are the same", () => {
    expect(axisLabels([1, 1], formatShort, exact)).toEqual(["1.00000000", "1.00000000"]);
  });
});
