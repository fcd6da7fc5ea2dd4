import { expect, it } from "vitest";
import { botFacts } from "./bot-facts.ts";
import type { BotRecord } from "./bot-record.ts";
import { idleState } from "./bot-view.ts";

const DUE_AT = Date.UTC(2026, 0, 5, 12, 0, 0);
const MINUTE_MS = 60_000;

function nextDecision(status: "running" | "halted" | "stopped", { late = 0, market = "sim" } = {}) {
  const record = { version: 1, account: { market: { kind: market } } } as BotRecord;
  return botFacts(record, { ...idleState(), status, nextDueAt: DUE_AT }, 0, DUE_AT + late)["next decision"];
}

it("says to operators when a bot decides next, and how late it is where that is past", () => {
  expect(nextDecision("running")).toBe("2026-01-05 12:00:00 UTC");
  expect(nextDecision("running", { late: MINUTE_MS })).toBe("2026-01-05 12:00:00 UTC");
  expect(nextDecision("running", { late: 3 * MINUTE_MS })).toBe("2026-01-05 12:00:00 UTC, 3 min late");
  expect(nextDecision("running", { late: 3 * MINUTE_MS, market: "replay" })).toBe("2026-01-05 12:00:00 UTC");
});

it("names no next decision of a bot that makes none", () => {
  expect(nextDecision("halted")).toBeNull();
  expect(nextDecision("stopped", { late: 3 * MINUTE_MS })).toBeNull();
});
