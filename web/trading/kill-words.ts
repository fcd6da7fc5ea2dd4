import type { DashboardState } from "../../schema/wire/bot.ts";
import type { KillResult, KillSwitch } from "../../schema/wire/trading.ts";
import { baseName } from "./instrument-name.ts";
import { closingWords } from "./position-columns.tsx";

/** What the kill switch may be pulled for, as a list to choose from. */
export interface KillChoice {
  readonly value: string;
  readonly label: string;
  readonly scope: KillSwitch["scope"];
}

/** Everything, each account, and each bot that is not stopped. */
export function killChoices(state: DashboardState | undefined): readonly KillChoice[] {
  const accounts = Object.values(state?.accounts ?? {});
  const bots = Object.values(state?.bots ?? {}).filter(({ status }) => status !== "stopped");
  return [
    { value: "user", label: "Everything", scope: { kind: "user" } },
    ...accounts.map(({ accountId, name }) => ({
      value: `account:${accountId}`,
      label: `Account ${name}`,
      scope: { kind: "account" as const, accountId },
    })),
    ...bots.map(({ botId, name }) => ({
      value: `bot:${botId}`,
      label: `Bot ${name}`,
      scope: { kind: "bot" as const, botId },
    })),
  ];
}

/** What the switch would meet: accounts, bots that act, open orders, and what closing the positions would trade. */
export interface KillReach {
  readonly accounts: number;
  readonly bots: number;
  readonly openOrders: number;
  /** Such as "sell 0.42 BTC". */
  readonly closing: readonly string[];
}

const ACTING: ReadonlySet<string> = new Set(["starting", "running", "paused"]);

/** What a scope reaches; undefined where what is open is not known, or not by scope: a bot's own share is its own. */
export function killReach(state: DashboardState | undefined, scope: KillSwitch["scope"]): KillReach | undefined {
  if (state === undefined || scope.kind === "bot" || scope.kind === "instrument") return undefined;
  const accounts = Object.values(state.accounts).filter(
    ({ accountId }) => scope.kind === "user" || accountId === scope.accountId,
  );
  const ids = new Set(accounts.map(({ accountId }) => accountId));
  const acting = Object.values(state.bots).filter(({ accountId, status }) => ids.has(accountId) && ACTING.has(status));
  return {
    accounts: accounts.length,
    bots: acting.length,
    openOrders: accounts.reduce((sum, { openOrders }) => sum + openOrders, 0),
    closing: accounts.flatMap(({ positions }) =>
      positions
        .filter(({ quantity }) => Number(quantity) !== 0)
        .map((position) => closingWords(position, baseName(position.instrument))),
    ),
  };
}

/** What was acknowledged and what was not, a sentence for each account. */
export interface KillResultWords {
  readonly reached: readonly string[];
  readonly unreached: readonly string[];
}

/** The accounts that must be heard of once a switch of `scope` was thrown; of other scopes one answers for it. */
export function killExpected(state: DashboardState | undefined, scope: KillSwitch["scope"]): readonly string[] {
  if (scope.kind === "account") return [scope.accountId];
  return scope.kind === "user" ? Object.keys(state?.accounts ?? {}) : [];
}

/**
 * The words of a result; without any account, they say that. One of `expected` that the result does not name was not
 * reached either: a switch that goes over the socket is told to accounts that report there only.
 */
export function killResultWords(
  result: KillResult,
  expected: readonly string[],
  nameOf: (accountId: string) => string,
): KillResultWords {
  const heard = new Set([...result.accounts.map(({ accountId }) => accountId), ...result.unreached]);
  const missed = [...result.unreached, ...expected.filter((accountId) => !heard.has(accountId))];
  const reached = result.accounts.map(({ accountId, cancelling }) => {
    const orders =
      cancelling === 0
        ? "no order was open"
        : `${cancelling} ${cancelling === 1 ? "order is" : "orders are"} being cancelled`;
    return `${nameOf(accountId)}: acknowledged, nothing more is sent; ${orders}.`;
  });
  const unreached = missed.map(
    (accountId) => `${nameOf(accountId)}: not reached. It may still send orders; try again.`,
  );
  return reached.length + unreached.length === 0
    ? { reached: ["There was no account to stop."], unreached }
    : { reached, unreached };
}
