import type { DashboardState } from "../../schema/wire/bot.ts";
import type { KillResult, KillSwitch } from "../../schema/wire/trading.ts";
import { baseName } from "./instrument-name.ts";
import { closingWords, heldWords } from "./position-columns.tsx";

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
  /** The same positions as they are, such as "0.42 BTC". */
  readonly held: readonly string[];
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
    ...positionLists(accounts),
  };
}

type DashboardAccount = DashboardState["accounts"][string];

function positionLists(accounts: readonly DashboardAccount[]): Pick<KillReach, "closing" | "held"> {
  const open = accounts.flatMap(({ positions, currency }) =>
    positions
      .filter(({ quantity }) => Number(quantity) !== 0)
      .map((position) => ({ position, base: baseName(position.instrument, currency) })),
  );
  return {
    closing: open.map(({ position, base }) => closingWords(position, base)),
    held: open.map(({ position, base }) => heldWords(position, base)),
  };
}

/** What becomes of what is held, as a sentence before the switch is thrown. */
export function killPositionWords(reach: KillReach | undefined, flatten: boolean): string {
  if (reach === undefined) {
    return flatten
      ? "What is held is closed at the market."
      : "What is held stays open, without the stops that guarded it.";
  }
  if (reach.held.length === 0) return "Nothing is held.";
  if (flatten) return `At the market: ${listed(reach.closing)}.`;
  const guarded = reach.held.length === 1 ? "the stops that guarded it" : "the stops that guarded them";
  return `${listed(reach.held)} ${reach.held.length === 1 ? "stays" : "stay"} open, without ${guarded}.`;
}

/** Positions that a sentence names; of more it says how many. */
const NAMED_MAX = 4;

function listed(words: readonly string[]): string {
  const more = words.length - NAMED_MAX;
  return `${words.slice(0, NAMED_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What was acknowledged and what was not, a sentence for each account. */
export interface KillResultWords {
  /** What is stopped, or that it is not, as a sentence. */
  readonly title: string;
  readonly reached: readonly string[];
  readonly unreached: readonly string[];
}

/** What a switch did about positions: whether it closes them, and the dashboard that knows them. */
export interface KillPositions {
  readonly flatten: boolean;
  /** As it was when the switch was thrown, where it closes: what is closed is gone from it soon. Else as it is now. */
  readonly state: DashboardState | undefined;
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
  met: KillPositions,
): KillResultWords {
  const heard = new Set([...result.accounts.map(({ accountId }) => accountId), ...result.unreached]);
  const missed = [...result.unreached, ...expected.filter((accountId) => !heard.has(accountId))];
  const { of, beside } = partWords(scope);
  const reached = result.accounts.map(({ accountId, cancelling }) => {
    const orders =
      cancelling === 0
        ? "no order was open"
        : `${cancelling} ${cancelling === 1 ? "order is" : "orders are"} being cancelled`;
    return `${names.account(accountId)}: acknowledged, nothing more${of} is sent; ${orders}. ${positionsLeft(accountId, scope, met)}${beside}`;
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

/** What becomes of what the account holds. Which positions are a bot's own the dashboard does not know. */
function positionsLeft(accountId: string, scope: KillSwitch["scope"], { flatten, state }: KillPositions): string {
  const account = state?.accounts[accountId];
  if (scope.kind === "bot" || account === undefined) {
    const whatever = scope.kind === "bot" ? "What the bot holds" : "What it holds";
    return flatten ? `${whatever} is being closed at the market.` : `${whatever} stays open.`;
  }
  const { positions } = account;
  const covered =
    scope.kind === "instrument" ? positions.filter((one) => one.instrument === scope.instrument) : positions;
  const { closing, held } = positionLists([{ ...account, positions: covered }]);
  if (held.length === 0) return scope.kind === "instrument" ? "None of it is held." : "Nothing is held.";
  if (flatten) return `Being closed at the market: ${listed(closing)}.`;
  return `Still held, and left open without stops: ${listed(held)}.`;
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
