import type { DashboardState, TradingHalt } from "../../schema/wire/bot.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";

/** Something that keeps accounts from trading freely, once for all accounts that it holds for. */
export interface HaltInForce extends TradingHalt {
  /** Accounts that it covers, by id and name. */
  readonly accounts: readonly NamedAccount[];
  /** Accounts that nothing halts: they trade on. */
  readonly trading: readonly NamedAccount[];
  /** All accounts there are. */
  readonly accountCount: number;
}

interface NamedAccount {
  readonly accountId: string;
  readonly name: string;
}

/** What is in force over all accounts, the widest first. A switch of the person or the platform is told once. */
export function haltsInForce(state: DashboardState | undefined): readonly HaltInForce[] {
  const found = new Map<string, HaltInForce>();
  const all = Object.values(state?.accounts ?? {});
  const trading = all.filter(({ halt }) => halt === null).map(({ accountId, name }) => ({ accountId, name }));
  for (const { accountId, name, halt } of all) {
    if (halt === null) continue;
    const key = halt.scope === "account" ? accountId : halt.scope;
    const known = found.get(key);
    const accounts = [...(known?.accounts ?? []), { accountId, name }];
    // Each account has a copy of a wide switch, thrown within the same moment: the first one says since when.
    const since = known?.since ?? null;
    const earliest = since !== null && halt.since !== null ? Math.min(since, halt.since) : (since ?? halt.since);
    found.set(key, { ...halt, since: earliest, accounts, trading, accountCount: all.length });
  }
  return [...found.values()].sort((a, b) => WIDTH[a.scope] - WIDTH[b.scope]);
}

const WIDTH = { platform: 0, user: 1, account: 2 } as const;

/** As many accounts that trade on are named; the others are counted. */
const NAMES_MAX = 3;

/** What is stopped, in a sentence without its end. */
export function haltTitle({ scope, state, accounts, accountCount }: HaltInForce): string {
  const does = state === "HALTED" ? "no order is sent" : "only orders that close are sent";
  if (scope === "platform") return `The platform has stopped trading: ${does} on any account`;
  if (scope === "account") return `${accounts[0].name}: ${does}`;
  if (accountCount === 1) return `Trading is stopped on your account: ${does}`;
  if (accounts.length === accountCount) return `Trading is stopped on all your ${accountCount} accounts: ${does}`;
  return `Trading is stopped on ${accounts.length} of your ${accountCount} accounts: ${does} there`;
}

/** The accounts that trade on though a switch was meant for all of them, as a sentence; null where there are none. */
export function haltGap({ scope, trading }: HaltInForce): string | null {
  if (scope !== "user" || trading.length === 0) return null;
  const names = trading.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = trading.length - NAMES_MAX;
  return `Not stopped, and may still trade: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

/** Who stopped it and why: "by you, with the kill switch". `own`: whoever looks is the owner. */
export function haltCause({ by, reason, scope }: HaltInForce, own: boolean): string {
  if (by === null && scope === "platform") return "by the operator";
  const who = by === "program" ? "by a program with an API key" : own ? "by you" : "by its owner";
  if (reason === KILL_SWITCH) return by === null ? "with the kill switch" : `${who}, with the kill switch`;
  if (by !== null) return `${who}, by hand`;
  return reason === null ? "by a rule" : `by a rule: ${wordsOfCode(reason).toLowerCase()}`;
}

export const KILL_SWITCH = "KILL_SWITCH";
