import type { RiskView } from "../../../schema/wire/risk.ts";
import { conflict } from "../../platform/problem-error.ts";

type Halted = Pick<RiskView["states"][number], "scope" | "state">;

/** What is stopped and what has to be done about it, the widest first: one that is armed leaves the next in force. */
const WORDS: readonly (readonly [scope: Halted["scope"], what: string, how: string])[] = [
  ["platform", "on the whole platform", "wait until its operator lets it go on"],
  ["user", "on all your accounts", "arm all accounts"],
  ["account", "on the bot's account", "arm the account"],
];

/** Refuses to start a bot that its account would halt at once, whatever the bot's own switch. Throws 409. */
export function requireArmed(states: readonly Halted[]): void {
  const halted = WORDS.filter(([scope]) => states.some((each) => each.scope === scope && each.state === "HALTED"));
  if (halted.length === 0) return;
  const what = halted.map(([, words]) => words).join(" and ");
  const how = halted.map(([, , words]) => words).join(" and ");
  const where = halted.some(([scope]) => scope !== "platform") ? " on the Risk page" : "";
  throw conflict("trading_halted", `Trading is stopped ${what}: ${how}${where}, then start the bot.`);
}
