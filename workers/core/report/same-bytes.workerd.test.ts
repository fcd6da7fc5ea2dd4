import { expect, it } from "vitest";
import { computeReceipts, GOLDEN_RECEIPTS } from "../testing/golden-receipts.ts";

it("every strategy gives the same receipt in the Workers runtime as anywhere else", () => {
  expect(computeReceipts()).toEqual(GOLDEN_RECEIPTS);
});
