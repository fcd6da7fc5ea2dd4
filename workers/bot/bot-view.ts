import type { BotState, BotStatus } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { Fill, Order } from "../../schema/wire/trading.ts";
import type { DeskEvent } from "../account/desk-calls.ts";
import { exactText } from "../core/ledger/decimal-double.ts";
import { isActive } from "./bot-due.ts";
import type { BotMachine } from "./bot-machine.ts";
import type { BotRecord } from "./bot-record.ts";

/** Where a bot is in its life, as it is stored. Times are UTC ms. */
export interface BotLife {
  readonly status: BotStatus;
  /** Since when it is in this state; absent in what was stored before it was kept. */
  readonly statusSince?: number;
  readonly reason: string | null;
  readonly startedAt: number | null;
  /** The market's time at which the engine of this version began; absent in what was stored before it was kept. */
  readonly beganAt?: number | null;
  readonly marketAt: number | null;
  readonly lastCandleAt: number | null;
  /** When the next decision is due, in the market's time. */
  readonly nextDueAt: number | null;
  readonly latenessMs: number | null;
  readonly spark: readonly number[];
  readonly dayStart: { readonly day: number; readonly equity: number } | null;
  readonly trades: number;
  /** The state is the desk's: it ends when the desk's does. */
  readonly byDesk: boolean;
  /** Passes in a row that failed. */
  readonly errors: number;
}

export function idleState(): BotLife {
  return {
    status: "stopped",
    reason: null,
    startedAt: null,
    marketAt: null,
    lastCandleAt: null,
    nextDueAt: null,
    latenessMs: null,
    spark: [],
    dayStart: null,
    trades: 0,
    byDesk: false,
    errors: 0,
  };
}

/** What changes as a bot is started at `now` (UTC ms): nothing was due before, so that no decision of then is late. */
export function startingLife(now: number): Partial<BotLife> {
  return {
    ...{ status: "starting", reason: null, startedAt: now, errors: 0, byDesk: false },
    ...{ nextDueAt: null, latenessMs: null },
  };
}

/** What the desk has of the bot, as it was last asked. */
export interface DeskView {
  readonly openOrders: readonly Order[];
  readonly fills: readonly Fill[];
}

/** Orders that a bot's page lists as open, and fills. */
const OPEN_SHOWN = 50;
const FILLS_SHOWN = 25;
const ENDED: ReadonlySet<Order["state"]> = new Set(["DENIED", "REJECTED", "CANCELED", "EXPIRED", "FILLED"]);

/** Whether an order trades no more, as far as is known. */
export function isOver(state: Order["state"]): boolean {
  return ENDED.has(state);
}

/** The view after an event of the desk. */
export function deskViewAfter(
  view: DeskView | undefined,
  { order, fill }: { readonly order: Order; readonly fill?: DeskEvent["fill"] },
): DeskView {
  const others = (view?.openOrders ?? []).filter((other) => other.id !== order.id);
  const openOrders = isOver(order.state) ? others : [...others, order].slice(-OPEN_SHOWN);
  if (fill === undefined) return { openOrders, fills: view?.fills ?? [] };
  const { tradeId, quantity, price, fee, at } = fill;
  const { id: orderId, accountId, botId, instrument, side } = order;
  const rest = { feeCurrency: fill.feeCurrency, liquidity: fill.liquidity };
  const told: Fill = { id: tradeId, accountId, botId, orderId, instrument, side, quantity, price, fee, ...rest, at };
  return { openOrders, fills: [told, ...(view?.fills ?? [])].slice(0, FILLS_SHOWN) };
}

/** What the bot's page shows. Amounts here are for the eye; the exact ones are in the account's books. */
export function botState(
  record: BotRecord,
  {
    life,
    machine,
    log,
    desk,
    signals,
    missing,
  }: {
    life: BotLife;
    machine: BotMachine | undefined;
    log: readonly BotLogEntry[];
    desk: DeskView | undefined;
    signals: BotState["signals"];
    /** In words, each stop whose order is gone. */
    missing: readonly string[];
  },
): BotState {
  const capital = Number(record.definition.capital);
  const equity = machine?.trader.equity() ?? capital;
  const positions = machine?.trader.positions() ?? [];
  return {
    botId: record.botId,
    status: life.status,
    reason: life.reason,
    version: record.version,
    equity: amount(equity),
    profit: amount(equity - capital),
    profitToday: amount(equity - (life.dayStart?.equity ?? equity)),
    trades: life.trades,
    marketAt: life.marketAt,
    beganAt: life.beganAt ?? null,
    lastCandleAt: life.lastCandleAt,
    // What was due when it ended is not to come any more.
    nextDueAt: isActive(life.status) ? life.nextDueAt : null,
    latenessMs: life.latenessMs,
    positions: positions
      .filter((position) => position.quantity !== 0)
      .map(({ symbol, quantity, entryPrice, mark }) => {
        const entry = record.instruments.find(({ instrument }) => instrument.symbol === symbol);
        return {
          instrument: entry?.instrument.id ?? symbol,
          quantity: amount(quantity),
          averagePrice: amount(entryPrice),
          mark: mark > 0 ? amount(mark) : null,
          unrealised: mark > 0 ? amount(quantity * (mark - entryPrice)) : null,
        };
      }),
    unprotected: positions.some(({ quantity }) => quantity !== 0) ? [...missing] : [],
    openOrders: [...(desk?.openOrders ?? [])],
    fills: [...(desk?.fills ?? [])],
    log: [...log],
    spark: [...life.spark],
    shadow: machine?.shadow === undefined || life.startedAt === null ? null : machine.shadow.state(equity),
    signals,
  };
}

/** Eight decimals are enough for the eye. */
function amount(value: number): string {
  return exactText(Number(value.toFixed(8)) + 0);
}
