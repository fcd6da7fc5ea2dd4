import { expect, test } from "vitest";
import { previewWaits } from "./preview-waits.ts";

test("last month is shown of an account's bot whose fields are right, and otherwise what it waits for", () => {
  expect(previewWaits({ account: "acc_1" }, true)).toBeNull();
  expect(previewWaits({ account: "" }, true)).toMatch(/the account comes first/);
  for (const account of ["", "acc_1"]) expect(previewWaits({ account }, false)).toMatch(/A field is not right yet/);
});
