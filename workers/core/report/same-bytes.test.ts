import { expect, it } from "vitest";
import { computeReceipts, GOLDEN_RECEIPTS } from "../testing/golden-receipts.ts";

it("every strategy gives the same receipt in Node as anywhere else", () => {
  expect(computeReceipts()).toEqual(GOLDEN_RECEIPTS);
});
