import { expect, test } from "vitest";
import { wordsOfReason } from "./code-words.ts";
import { DIFFERENCE_WORDS } from "./difference-words.ts";

test("a reason that is a code is told as a sentence, and what somebody wrote stays as it is", () => {
  expect(wordsOfReason("BALANCE_DIFFERS")).toBe("The balance differs from the venue's.");
  expect(wordsOfReason("SOME_OTHER_CODE")).toBe("Some other code.");
  expect(wordsOfReason("Started by Demo with 25,000 USD")).toBe("Started by Demo with 25,000 USD");
  for (const code of Object.keys(DIFFERENCE_WORDS)) expect(wordsOfReason(code)).not.toContain("_");
});
