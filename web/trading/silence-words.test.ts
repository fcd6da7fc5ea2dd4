import { expect, test } from "vitest";
import { SILENT_ASKED_WITHIN_MS } from "../../schema/wire/venue-stream.ts";
import { SILENCE_WORDS } from "./silence-words.ts";

test("a silent venue is said to be asked as often as it is", () => {
  expect(SILENCE_WORDS).toContain("at least once a minute");
  expect(SILENT_ASKED_WITHIN_MS).toBe(60_000);
});
