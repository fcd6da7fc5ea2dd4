import { expect, it } from "vitest";
import type { BotReport } from "./bot-report.ts";
import { BotReports } from "./bot-reports.ts";

function reportOf(botId: string, accountId = "acc_1", equity = "1"): BotReport {
  return { bot: { botId, accountId, equity }, row: {} } as unknown as BotReport;
}

/** Reports whose moment passes by hand; `stored` are the bots of each write. */
function newReports() {
  const timers: { readonly at: number; readonly act: () => void }[] = [];
  const stored: string[][] = [];
  const failures: Error[] = [];
  let now = 1_000;
  const reports = new BotReports({
    now: () => now,
    after: (ms, act) => {
      timers.push({ at: now + ms, act });
      return () => undefined;
    },
    store: async (all) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      stored.push(all.map(({ bot }) => `${bot.botId} ${bot.equity}`));
    },
  });
  const pass = (ms: number) => {
    now += ms;
    for (const { act } of timers.filter(({ at }) => at <= now)) act();
  };
  return { reports, stored, failures, pass };
}

it("stores a report that comes alone at once", async () => {
  const { reports, stored, pass } = newReports();
  await reports.take(reportOf("a"));
  pass(50);
  await reports.take(reportOf("b"));
  expect(stored).toEqual([["a 1"], ["b 1"]]);
});

it("stores at once where the clock was set back", async () => {
  const { reports, stored, pass } = newReports();
  await reports.take(reportOf("a"));
  pass(-10_000);
  await reports.take(reportOf("b"));
  expect(stored).toEqual([["a 1"], ["b 1"]]);
});

it("stores what came in one moment in one write, of each bot the newest, and answers all once it is stored", async () => {
  const { reports, stored, pass } = newReports();
  await reports.take(reportOf("first"));
  const taken = [reportOf("a"), reportOf("b"), reportOf("a", "acc_1", "2")].map((report) => reports.take(report));
  pass(49);
  await Promise.resolve();
  expect(stored).toEqual([["first 1"]]);
  pass(1);
  await Promise.all(taken);
  expect(stored).toEqual([["first 1"], ["a 2", "b 1"]]);
});

it("tells everybody whose report could not be stored, and takes the next ones", async () => {
  const { reports, stored, failures, pass } = newReports();
  failures.push(new Error("the storage is away"));
  const taken = Promise.allSettled([reports.take(reportOf("a")), reports.take(reportOf("b"))]);
  expect((await taken).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = reports.take(reportOf("a"));
  pass(50);
  await again;
  expect(stored).toEqual([["a 1"]]);
});

it("stores nothing of a bot that went meanwhile", async () => {
  const { reports, stored } = newReports();
  const taken = [reportOf("a", "gone"), reportOf("b")].map((report) => reports.take(report));
  reports.forget(({ accountId }) => accountId === "gone");
  await Promise.all(taken);
  expect(stored).toEqual([["b 1"]]);
});
