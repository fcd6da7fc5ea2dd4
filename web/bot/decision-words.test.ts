import { expect, test } from "vitest";
import type { BotStatus } from "../../schema/wire/bot.ts";
import { decisionNote, dueWords } from "./decision-words.ts";

const NOW = 1_700_000_000_000;
const bot = (status: BotStatus) => ({ status, nextDueAt: NOW + 20_000, latenessMs: 180 });

test("a bot that runs says when it decides next and how late it was last", () => {
  expect(dueWords(bot("running"), NOW)).toBe("in 20 s");
  expect(dueWords(bot("running"), NOW + 30_000)).toBe("now");
  expect(decisionNote(bot("running"), true)).toBe("last 180 ms late");
  expect(decisionNote(bot("running"), false)).toBe("of market time");
});

test("a bot that does not run has no next decision, and says why, also where one was due before", () => {
  for (const status of ["stopped", "halted", "error", "starting"] as const) {
    expect(dueWords(bot(status), NOW + 30_000)).toBe("—");
    expect(decisionNote(bot(status), true)).toMatch(/^it /);
  }
});

test("a paused bot still decides on what it holds, and says that it is no more than that", () => {
  expect(dueWords(bot("paused"), NOW)).toBe("in 20 s");
  expect(decisionNote(bot("paused"), true)).toBe("exits only");
});
