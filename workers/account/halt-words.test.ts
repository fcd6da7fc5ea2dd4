import { expect, test } from "vitest";
import { haltMessage } from "./halt-words.ts";

test("both sides of a difference are told with their thousands apart and every digit", () => {
  const halt = {
    instrument: undefined,
    code: "BALANCE_DIFFERS",
    ours: "97502.48698 USD",
    theirs: "-1234567 USD",
  } as const;
  expect(haltMessage(halt)).toBe(
    "The balance differs from the venue's: our books have 97,502.48698 USD, the venue -1,234,567 USD.",
  );
  const small = { code: "POSITION_DIFFERS", instrument: "X:A", ours: "0.00012345", theirs: "999" } as const;
  expect(haltMessage(small)).toBe(
    "X:A: The position differs from the venue's: our books have 0.00012345, the venue 999.",
  );
});

test("words and ids of orders stay as they are", () => {
  const halt = {
    instrument: undefined,
    code: "ORDER_TWICE",
    ours: "order 12345678 open",
    theirs: "12345678a and 9007199254741002b",
  } as const;
  expect(haltMessage(halt)).toContain("our books have order 12345678 open, the venue 12345678a and 9007199254741002b.");
});
