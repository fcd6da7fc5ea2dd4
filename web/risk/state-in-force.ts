import type { z } from "zod";
import type { Bot } from "../../schema/wire/bot.ts";
import type { StateEntry } from "../../schema/wire/risk.ts";
import { KILL_SWITCH } from "../trading/halt-words.ts";

export type SwitchEntry = z.infer<typeof StateEntry>;
type Scope = SwitchEntry["scope"];

/** Switches that hold for whatever is within: each scope with those that are wider. */
const WITHIN: Readonly<Record<Scope, readonly Scope[]>> = {
  platform: [],
  user: ["platform"],
  account: ["platform", "user"],
  instrument: ["platform", "user", "account"],
  bot: ["platform", "user", "account"],
};
const STRICTNESS = { ACTIVE: 0, REDUCING: 1, HALTED: 2 } as const;

/** The strictest of all switches that hold for `entry`, the widest where several are as strict: it decides. */
export function switchInForce(entry: SwitchEntry, all: readonly SwitchEntry[]): SwitchEntry {
  const wider = WITHIN[entry.scope].flatMap((scope) => all.find((other) => other.scope === scope) ?? []);
  return [...wider, entry].reduce((best, next) => (STRICTNESS[next.state] > STRICTNESS[best.state] ? next : best));
}

/** What a bot's own status adds to the switches; undefined while it trades, and where the row is of no bot. */
export function botInForce(
  entry: SwitchEntry,
  bots: readonly Pick<Bot, "id" | "status" | "reason">[],
): { readonly status: Bot["status"]; readonly why: string } | undefined {
  const bot = entry.scope === "bot" ? bots.find(({ id }) => id === entry.id) : undefined;
  if (bot === undefined || bot.status === "running" || bot.status === "starting") return undefined;
  return { status: bot.status, why: bot.reason ?? WHY[bot.status] };
}

/**
 * Whether a bot is held by nothing but its own kill switch, which is how one is stopped: that it is stopped says it all, and a
 * switch beside it would look like an emergency.
 */
export function isStoppedOnly(
  entry: SwitchEntry,
  all: readonly SwitchEntry[],
  bots: Parameters<typeof botInForce>[1],
): boolean {
  const isKilled = entry.state === "HALTED" && entry.reason === KILL_SWITCH;
  return isKilled && switchInForce(entry, all) === entry && botInForce(entry, bots)?.status === "stopped";
}

/** Since when it is so: the switch that decides says it, else the state of the bot's own; null where nobody knows. */
export function sinceInForce(
  entry: SwitchEntry,
  all: readonly SwitchEntry[],
  bots: Parameters<typeof botInForce>[1],
  told: Readonly<Record<string, { readonly statusSince?: number | undefined }>>,
): number | null {
  const { since } = switchInForce(entry, all);
  if (since !== null || botInForce(entry, bots) === undefined) return since;
  return told[entry.id]?.statusSince ?? null;
}

const WHY: Readonly<Record<"stopped" | "paused" | "halted" | "error", string>> = {
  stopped: "It is stopped and decides nothing.",
  paused: "It makes no entries.",
  halted: "It sends nothing until it is started again.",
  error: "It could not go on.",
};
