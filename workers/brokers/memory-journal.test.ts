import { expect, it } from "vitest";
import { MemoryJournal } from "./memory-journal.ts";
import { journalContract } from "./testing/journal-contract.ts";

journalContract("a journal in memory", async (test) => test(new MemoryJournal()));

it("a journal in memory forgets what was not asked to survive, and nothing else", async () => {
  const journal = new MemoryJournal();
  journal.write("a", "kept");
  await journal.sync();
  journal.write("a", "lost");
  journal.transaction(() => journal.write("b", "lost"));
  journal.lose();
  expect([journal.read("a"), journal.read("b")]).toEqual(["kept", undefined]);
});
