import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SqlJournal } from "./sql-journal.ts";
import { journalContract } from "./testing/journal-contract.ts";

let objects = 0;

journalContract("a journal in an object's storage", async (test) => {
  objects++;
  const object = env.THROTTLE.getByName(`journal ${objects}`);
  await runInDurableObject(object, (_instance, { storage }) => test(new SqlJournal(storage)));
});
