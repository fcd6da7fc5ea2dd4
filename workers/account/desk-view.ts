import type {
  AccountState,
  Fill,
  Order,
  OrderHistoryEntry,
  Position,
  TradingAccount,
} from "../../schema/wire/trading.ts";
import {
  type Decimal,
  divide,
  magnitude,
  NO_MONEY,
  notional,
  type Price,
  subtract,
  ZERO,
} from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { cashOf, standingOf } from "../core/ledger/ledger.ts";
import { averagePrice, quantityOf, unrealisedProfit } from "../core/ledger/position.ts";
import type { DeskOrder } from "../core/order/desk-order.ts";
import type { OrderFill } from "../core/order/order-event.ts";
import { drawdownOf } from "../core/risk/equity-track.ts";
import { bindingState } from "../core/risk/trading-state.ts";
import { ACCOUNT_SCOPE, EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import { MANUAL_BOT } from "./desk-calls.ts";
import type { StoredEvent, StoredOrder } from "./desk-store.ts";
import { shownHalts } from "./open-differences.ts";
import { heldBy } from "./scope-books.ts";

/** The bot of an order on the wire: none for a person's and for those placed elsewhere. */
export function wireBot(bot: string): string | null {
  return bot === MANUAL_BOT || bot === EXTERNAL_BOT || bot === ACCOUNT_SCOPE ? null : bot;
}

export function wireOrder({ order, createdAt, updatedAt }: StoredOrder): Order {
  const text = (value: Decimal | undefined) => (value === undefined ? null : formatDecimal(value));
  return {
    id: order.id,
    accountId: order.account,
    botId: wireBot(order.bot),
    instrument: order.instrument,
    side: order.side,
    kind: order.kind,
    role: order.role,
    quantity: formatDecimal(order.quantity),
    limit: text(order.limit),
    stop: text(order.stop),
    trail: text(order.trail),
    parent: order.parent ?? null,
    filled: formatDecimal(order.filled),
    averagePrice: text(averageFill(order)),
    state: order.state,
    cancelRequested: order.cancelRequested,
    released: order.released,
    reason: order.reason ?? null,
    signal: order.signal,
    createdAt,
    updatedAt,
  };
}

/** Mean price of what was filled, at eight decimals and more where the price is small. */
function averageFill({ fills, filled }: DeskOrder): Decimal | undefined {
  if (filled === 0n) return undefined;
  const value = fills.reduce((sum, fill) => (sum + notional(fill.price, fill.quantity, "half-even")) as Decimal, ZERO);
  return divide(value, filled, { decimals: 12, rounding: "half-even" });
}

export function wireFill(fill: OrderFill, order: DeskOrder): Fill {
  return {
    id: fill.tradeId,
    accountId: order.account,
    botId: wireBot(order.bot),
    orderId: order.id,
    instrument: order.instrument,
    side: order.side,
    quantity: formatDecimal(fill.quantity),
    price: formatDecimal(fill.price),
    fee: formatDecimal(fill.fee),
    feeCurrency: fill.feeCurrency,
    liquidity: fill.liquidity,
    at: fill.at,
  };
}

export function wireHistory({ sequence, at, event, state, detail }: StoredEvent): OrderHistoryEntry {
  return { sequence, at, event, state, detail };
}

export function wirePositions(books: DeskBooks): Position[] {
  const { ledger } = books.scope(ACCOUNT_SCOPE);
  const bots = books.scopeNames().filter((name) => name !== ACCOUNT_SCOPE);
  return [...ledger.positions.values()].map((position) => {
    const mark = books.record.marks[position.instrument];
    const price = books.marks().get(position.instrument);
    const shares = bots.flatMap((bot) => {
      const held = heldBy(books.scope(bot), position.instrument);
      return held === 0n ? [] : [{ botId: wireBot(bot), quantity: formatDecimal(held) }];
    });
    return {
      accountId: books.account.id,
      instrument: position.instrument,
      quantity: formatDecimal(quantityOf(position)),
      averagePrice: formatDecimal(averagePrice(position) ?? (ZERO as Price)),
      mark: price === undefined ? null : formatDecimal(price),
      markAt: mark?.at ?? null,
      unrealised: price === undefined ? null : formatDecimal(unrealisedProfit(position, price)),
      shares,
    };
  });
}

/** What the account's page shows. `fills` are the latest, newest first. */
export function accountState(
  books: DeskBooks,
  shown: { account: TradingAccount; fills: Fill[] } & Pick<AccountState, "connection" | "stream">,
): AccountState {
  const { account, ...told } = shown;
  const { record } = books;
  const own = books.scope(ACCOUNT_SCOPE);
  const { currency } = books.account;
  const marks = books.marks();
  const valued = [...own.ledger.positions.keys()].every((instrument) => marks.has(instrument));
  const cash = cashOf(own.ledger, currency);
  const standing = valued ? standingOf(own.ledger, currency, marks) : undefined;
  const states = { platform: record.platform, user: record.user, account: own.trading } as const;
  const { state, scope } = bindingState({
    platform: states.platform.state,
    user: states.user.state,
    account: states.account.state,
    instrument: "ACTIVE",
    bot: "ACTIVE",
  });
  const reason = state === "ACTIVE" ? null : (states[scope as keyof typeof states]?.reason ?? scope);
  const equity = standing?.equity ?? own.track?.equity ?? cash;
  const dayStart = own.track?.dayStart ?? equity;
  const drawdown = own.track === undefined ? ZERO : drawdownOf(own.track);
  return {
    accountId: account.id,
    mode: account.mode,
    currency,
    state,
    stateReason: reason,
    marketAt: record.marketAt,
    equity: formatDecimal(equity),
    cash: formatDecimal(cash),
    netDeposits: formatDecimal(standing?.netDeposits ?? NO_MONEY),
    realised: formatDecimal(standing?.realised ?? NO_MONEY),
    unrealised: formatDecimal(standing?.unrealised ?? NO_MONEY),
    dayStart: formatDecimal(dayStart),
    peak: formatDecimal(own.track?.peak ?? equity),
    profitToday: formatDecimal(subtract<Decimal>(equity, dayStart)),
    drawdown: formatDecimal(magnitude(drawdown)),
    ...told,
    halts: shownHalts(books),
    positions: wirePositions(books),
    openOrders: books.openOrders().map(wireOrder),
    alerts: record.alerts.map(({ stopped: _, ...alert }) => alert),
  };
}
