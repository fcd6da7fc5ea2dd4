import type { TradingHalt } from "../../schema/wire/bot.ts";
import { CapName, type LimitsInForce, type RiskLimits, type RiskView } from "../../schema/wire/risk.ts";
import type { AccountState, OrderDetail } from "../../schema/wire/trading.ts";
import type { Decimal } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import { asClientOrderId } from "../core/order/order-id.ts";
import { type CapName as CoreCap, DEFAULT_CAPS, type LimitSet, PLATFORM_CEILINGS } from "../core/risk/cap.ts";
import { capUses } from "../core/risk/cap-use.ts";
import { RAISE_DELAY_MS } from "../core/risk/limits-in-force.ts";
import { bindingState } from "../core/risk/trading-state.ts";
import type { AccountRecord } from "./account-record.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE, botsAmong } from "./desk-account.ts";
import { MANUAL_BOT } from "./desk-calls.ts";
import { shownVerdict } from "./desk-lists.ts";
import type { DeskStore } from "./desk-store.ts";
import { accountState, wireBot, wireFill, wireHistory, wireOrder } from "./desk-view.ts";
import { StoredFillEvent } from "./fill-event.ts";
import type { LinkConnection } from "./link-machine.ts";
import { limitsOf, type Switch } from "./scope-books.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";
import { streamView } from "./stream-view.ts";

/** Fills that an account's value shows; lists have the rest. */
const FILLS_SHOWN = 25;

/** What is shown of an account; `line` says how its venue's stream stands, undefined where there are no sidecars. */
export interface ViewedAccount {
  readonly desk: Desk;
  readonly store: SqlDeskStore;
  readonly record: AccountRecord;
  readonly line: () => LinkConnection | undefined;
}

/** What an account's page shows of it. */
export function accountView(parts: ViewedAccount): AccountState {
  const { desk, store, record, line } = parts;
  const fills = store.lastFills(FILLS_SHOWN).flatMap(({ order, detail }) => {
    const stored = store.order(order);
    return stored === undefined ? [] : [wireFill(StoredFillEvent.parse(JSON.parse(detail)).fill, stored.order)];
  });
  const { reconciledAt } = desk.books.record;
  const { silentSince: silence } = desk;
  const state = silence !== undefined ? "disconnected" : desk.isReady() ? "connected" : "reconciling";
  const connection = { state, since: silence ?? reconciledAt ?? record.account.createdAt, reconciledAt } as const;
  const stream = record.account.market.kind === "venue" ? streamView(line(), { reconciledAt }) : null;
  return accountState(desk.books, { account: record.account, fills, connection, stream });
}

/** The strictest switch that holds for the whole account; null while all let it trade. */
export function accountHalt({ books }: Desk): TradingHalt | null {
  const { platform, user } = books.record;
  const account = books.scope(ACCOUNT_SCOPE).trading;
  const states = { platform: platform.state, user: user.state, account: account.state };
  const { state, scope } = bindingState({ ...states, instrument: "ACTIVE", bot: "ACTIVE" });
  if (state === "ACTIVE" || scope === "instrument" || scope === "bot") return null;
  const { reason, since, by, until } = { platform, user, account }[scope];
  return { scope, state, reason: reason ?? null, since: since ?? null, by: by ?? null, until: until ?? null };
}

/** An order with its verdict, everything that happened to it and its fills; undefined where there is none. */
export function orderDetail(store: DeskStore, orderId: string): OrderDetail | undefined {
  const id = asClientOrderId(orderId);
  const stored = id === undefined ? undefined : store.order(id);
  if (id === undefined || stored === undefined) return undefined;
  return {
    order: wireOrder(stored),
    verdict: shownVerdict(stored),
    history: store.eventsOfOrder(id).map(wireHistory),
    fills: stored.order.fills.map((fill) => wireFill(fill, stored.order)),
  };
}

/** Limits of the wire as the core takes them. Throws DecimalError for what is no number. */
export function coreLimits({ caps, instruments, windows }: RiskLimits): Omit<LimitSet, "version"> {
  const entries = Object.entries(caps).map(([name, text]) => [name, parseDecimal(text, `caps.${name}`)] as const);
  return {
    caps: Object.fromEntries(entries) as Partial<Record<CoreCap, Decimal>>,
    ...(instruments === undefined ? {} : { instruments }),
    ...(windows === undefined ? {} : { windows }),
  };
}

function wireLimits({ caps, instruments, windows }: LimitSet): RiskLimits {
  const entries = CapName.options.flatMap((name) => {
    const value = caps[name];
    return value === undefined ? [] : [[name, formatDecimal(value)] as const];
  });
  return {
    caps: Object.fromEntries(entries),
    ...(instruments === undefined ? {} : { instruments: [...instruments] }),
    ...(windows === undefined
      ? {}
      : { windows: windows.map((window) => ({ ...window, weekdays: [...window.weekdays] })) }),
  };
}

/** States, limits and how much of each cap is used. */
export function riskView(desk: Desk): RiskView {
  const { books } = desk;
  const bots = botsAmong(books.scopeNames());
  const { platform, user, instruments } = books.record;
  const entry = (scope: RiskView["states"][number]["scope"], id: string, trading: Switch) => ({
    ...{ scope, id, state: trading.state, reason: trading.reason ?? null, since: trading.since ?? null },
    ...{ by: trading.by ?? null, until: trading.until ?? null },
  });
  return {
    accountId: books.account.id,
    states: [
      entry("platform", "", platform as Switch),
      entry("user", "", user as Switch),
      entry("account", "", books.scope(ACCOUNT_SCOPE).trading),
      ...Object.entries(instruments).map(([id, trading]) => entry("instrument", id, trading as Switch)),
      ...bots.map((bot) => entry("bot", bot, books.scope(bot).trading)),
    ],
    limits: [
      { level: "platform", botId: null, version: 1, limits: wireLimits(PLATFORM_CEILINGS), pending: null },
      limitsEntry(desk, ACCOUNT_SCOPE),
      ...bots.filter((bot) => bot !== MANUAL_BOT).map((bot) => limitsEntry(desk, bot)),
    ],
    defaults: {
      account: wireLimits({ version: 0, caps: DEFAULT_CAPS.account }),
      bot: wireLimits({ version: 0, caps: DEFAULT_CAPS.bot }),
    },
    uses: accountUses(desk),
  };
}

/** How much of each cap is used, of the bots' shares and of the account's own. */
export function accountUses(desk: Desk): RiskView["uses"] {
  const bots = botsAmong(desk.books.scopeNames());
  return [...bots, undefined].flatMap((bot) => usesOf(desk, bot));
}

function limitsEntry({ books }: Desk, name: string): LimitsInForce {
  const scope = books.scope(name);
  const now = books.now();
  const newest = scope.limits.at(-1);
  const inForce = limitsOf(scope, now);
  // What lets less through holds at once: only what is not in force yet waits.
  const waits = newest !== undefined && !isSame(newest.limits, inForce);
  return {
    level: name === ACCOUNT_SCOPE ? "account" : "bot",
    botId: name === ACCOUNT_SCOPE ? null : name,
    version: inForce.version,
    limits: wireLimits(inForce),
    pending: waits ? { limits: wireLimits(newest.limits), from: newest.at + RAISE_DELAY_MS } : null,
  };
}

/** Whether two sets let the same through. Instruments may stand in another order. */
function isSame(left: LimitSet, right: LimitSet): boolean {
  const textOf = (limits: LimitSet) => {
    const { caps, instruments, windows } = wireLimits(limits);
    return JSON.stringify([caps, instruments?.toSorted(), windows]);
  };
  return textOf(left) === textOf(right);
}

/** Uses of a bot's share, or of the account's where no bot is named. */
function usesOf({ books, gate }: Desk, bot: string | undefined): RiskView["uses"] {
  const scope = bot === undefined ? "account" : "bot";
  const book = gate.bookOf(bot ?? MANUAL_BOT);
  const orders = bot === undefined ? book.orders : book.orders.filter((order) => order.bot === bot);
  const input = { book, orders, limits: gate.limits(bot ?? MANUAL_BOT), now: books.clock(), scope } as const;
  return capUses(input).map(({ cap, unit, measured, limit, level, used }) => ({
    ...{ cap, scope, botId: bot === undefined ? null : wireBot(bot), level, unit, measured },
    limit: formatDecimal(limit),
    used: used === undefined ? null : formatDecimal(used),
  }));
}

/** A person's own orders are held to the account's limits; what a bot must have besides is taken from them. */
export function manualLimits({ instruments, account }: AccountRecord, limits: RiskLimits) {
  const { caps } = limits;
  const required = {
    orderNotional: caps.orderNotional ?? account.cash,
    positionNotional: caps.positionNotional ?? account.cash,
    openOrders: caps.openOrders ?? "100",
    dailyLoss: caps.dailyLoss ?? account.cash,
  };
  const names = limits.instruments ?? instruments.map((instrument) => instrument.id);
  return coreLimits({ ...limits, caps: { ...caps, ...required }, instruments: [...names] });
}
