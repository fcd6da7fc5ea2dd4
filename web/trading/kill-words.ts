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
    closing: accounts.flatMap(({ positions, currency }) =>
      positions
        .filter(({ quantity }) => Number(quantity) !== 0)
        .map((position) => closingWords(position, baseName(position.instrument, currency))),
    ),
  };
}

/** What was acknowledged and what was not, a sentence for each account. */
export interface KillResultWords {
  /** What is stopped, or that it is not, as a sentence. */
  readonly title: string;
  readonly reached: readonly string[];
  readonly unreached: readonly string[];
}

/** How accounts and bots are called, by id. */
export interface KillNames {
  account(accountId: string): string;
  bot(botId: string): string;
}

/** Names as the state of the dashboard has them; the id where it does not know one. */
export function killNames(state: DashboardState | undefined): KillNames {
  return {
    account: (accountId) => state?.accounts[accountId]?.name ?? accountId,
    bot: (botId) => state?.bots[botId]?.name ?? botId,
  };
}

/** The accounts that must be heard of once a switch of `scope` was thrown. Of a bot it is its own, where that is known. */
export function killExpected(state: DashboardState | undefined, scope: KillSwitch["scope"]): readonly string[] {
  if (scope.kind === "user") return Object.keys(state?.accounts ?? {});
  if (scope.kind !== "bot") return [scope.accountId];
  const bot = state?.bots[scope.botId];
  return bot === undefined ? [] : [bot.accountId];
}

/**
 * The words of a result of a switch of `scope`; without any account, they say that. They claim no more than that scope:
 * beside one bot, the others of its account trade on. One of `expected` that the result does not name was not reached
 * either: a switch that goes over the socket is told to accounts that report there only.
 */
export function killResultWords(
  result: KillResult,
  scope: KillSwitch["scope"],
  expected: readonly string[],
  names: KillNames,
): KillResultWords {
  const heard = new Set([...result.accounts.map(({ accountId }) => accountId), ...result.unreached]);
  const missed = [...result.unreached, ...expected.filter((accountId) => !heard.has(accountId))];
  const { of, beside } = partWords(scope);
  const reached = result.accounts.map(({ accountId, cancelling }) => {
    const orders =
      cancelling === 0
        ? "no order was open"
        : `${cancelling} ${cancelling === 1 ? "order is" : "orders are"} being cancelled`;
    return `${names.account(accountId)}: acknowledged, nothing more${of} is sent; ${orders}.${beside}`;
  });
  const unreached = missed.map(
    (accountId) => `${names.account(accountId)}: not reached. It may still send orders${of}; try again.`,
  );
  if (reached.length + unreached.length > 0) {
    return { title: unreached.length === 0 ? stoppedTitle(scope, names) : openTitle(scope, names), reached, unreached };
  }
  const title = scope.kind === "user" ? stoppedTitle(scope, names) : "Nothing was stopped.";
  return { title, reached: ["There was no account to stop."], unreached };
}

/** What of an account a switch covers, and what it leaves alone. */
function partWords(scope: KillSwitch["scope"]): { readonly of: string; readonly beside: string } {
  if (scope.kind === "bot") return { of: " of the bot", beside: " What else trades on the account goes on." };
  if (scope.kind === "instrument") {
    return { of: ` for ${scope.instrument}`, beside: " Other instruments of the account are traded on." };
  }
  return { of: "", beside: "" };
}

function stoppedTitle(scope: KillSwitch["scope"], names: KillNames): string {
  switch (scope.kind) {
    case "user":
      return "Trading is stopped.";
    case "account":
      return `Trading is stopped on ${names.account(scope.accountId)}.`;
    case "bot":
      return `The bot ${names.bot(scope.botId)} is stopped: nothing more of it is sent.`;
    case "instrument":
      return `${scope.instrument} is stopped on ${names.account(scope.accountId)}: nothing more for it is sent.`;
  }
}

function openTitle(scope: KillSwitch["scope"], names: KillNames): string {
  switch (scope.kind) {
    case "user":
      return "Not everything is stopped.";
    case "account":
      return `It is not sure that ${names.account(scope.accountId)} is stopped.`;
    case "bot":
      return `It is not sure that the bot ${names.bot(scope.botId)} is stopped.`;
    case "instrument":
      return `It is not sure that ${scope.instrument} is stopped on ${names.account(scope.accountId)}.`;
  }
}
