import { expect, test } from "vitest";
import { emptyJournalWords } from "./empty-words.ts";

test("a journal without trades leads to a first bot only where there is none", () => {
  expect(emptyJournalWords([]).action).toEqual({ to: "/bots/new", word: "Start the first bot" });
  const running = emptyJournalWords([{ status: "stopped" }, { status: "running" }]);
  expect(running).toMatchObject({ title: "No trade has closed yet", action: { to: "/bots", word: "See the bots" } });
  expect(running.text).toMatch(/^The first trade that a bot closes stands here/);
});

test("where bots are there and none runs, it says so and leads to them", () => {
  const idle = emptyJournalWords([{ status: "stopped" }, { status: "halted" }]);
  expect(idle.text).toMatch(/^None of your bots runs\./);
  expect(idle.action).toEqual({ to: "/bots", word: "Start a bot" });
});

test("where the bots are not known, nobody is told to start a first one", () => {
  expect(emptyJournalWords(undefined).action).toEqual({ to: "/bots", word: "See the bots" });
});
