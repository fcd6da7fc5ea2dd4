import { expect, it } from "vitest";
import type { BotReport } from "./bot-report.ts";
import { BotReports } from "./bot-reports.ts";

function reportOf(botId: string, accountId = "acc_1", equity = "1"): BotReport {
  return { bot: { botId, accountId, equity }, row: {} } as unknown as BotReport;
}

/** Reports whose moment passes by hand; `stored` are the bots of each write. */
function newReports() {
  const timers: (() => void)[] = [];
  const stored: string[][] = [];
  const failures: Error[] = [];
  const reports = new BotReports({
    after: (_, act) => {
      timers.push(act);
      return () => undefined;
    },
    store: async (all) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      stored.push(all.map(({ bot }) => `${bot.botId} ${bot.equity}`));
    },
  });
  return { reports, stored, failures, pass: () => timers.shift()?.() };
}

it("stores what came in one moment in one write, of each bot the newest, and answers all once it is stored", async () => {
  const { reports, stored, pass } = newReports();
  const taken = [reportOf("a"), reportOf("b"), reportOf("a", "acc_1", "2")].map((report) => reports.take(report));
  expect(stored).toEqual([]);
  pass();
  await Promise.all(taken);
  expect(stored).toEqual([["a 2", "b 1"]]);
  const later = reports.take(reportOf("c"));
  pass();
  await later;
  expect(stored).toEqual([["a 2", "b 1"], ["c 1"]]);
});

it("tells everybody whose report could not be stored, and takes the next ones", async () => {
  const { reports, stored, failures, pass } = newReports();
  failures.push(new Error("the storage is away"));
  const taken = Promise.allSettled([reports.take(reportOf("a")), reports.take(reportOf("b"))]);
  pass();
  expect((await taken).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = reports.take(reportOf("a"));
  pass();
  await again;
  expect(stored).toEqual([["a 1"]]);
});

it("stores nothing of a bot that went meanwhile", async () => {
  const { reports, stored, pass } = newReports();
  const taken = [reportOf("a", "gone"), reportOf("b")].map((report) => reports.take(report));
  reports.forget(({ accountId }) => accountId === "gone");
  pass();
  await Promise.all(taken);
  expect(stored).toEqual([["b 1"]]);
});
