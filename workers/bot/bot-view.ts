import type { BotState, BotStatus } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { exactText } from "../core/ledger/decimal-double.ts";
import { isActive } from "./bot-due.ts";
import type { BotMachine } from "./bot-machine.ts";
import type { BotRecord } from "./bot-record.ts";
import type { DeskView } from "./desk-view.ts";
import { type EarlierVersions, earlierToday } from "./earlier-versions.ts";
import { type MissingStop, missingWords } from "./missing-stops.ts";

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
  /** Closed by this version. */
  readonly trades: number;
  /** Absent while the first version has its turn. */
  readonly earlier?: EarlierVersions;
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
    missing: readonly MissingStop[];
  },
): BotState {
  const capital = Number(record.definition.capital);
  const equity = machine?.trader.equity() ?? capital;
  const { profit: earlier, trades: earlierTrades } = life.earlier ?? { profit: 0, trades: 0 };
  const positions = machine?.trader.positions() ?? [];
  return {
    botId: record.botId,
    status: life.status,
    reason: life.reason,
    version: record.version,
    equity: amount(equity + earlier),
    profit: amount(equity + earlier - capital),
    profitToday: amount(equity - (life.dayStart?.equity ?? equity) + earlierToday(life)),
    trades: life.trades + earlierTrades,
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
    unprotected: positions.some(({ quantity }) => quantity !== 0) ? wordsOf(missing, life.status) : [],
    openOrders: [...(desk?.openOrders ?? [])],
    fills: [...(desk?.fills ?? [])],
    log: [...log],
    spark: [...life.spark],
    shadow: machine?.shadow === undefined || life.startedAt === null ? null : machine.shadow.state(equity),
    signals,
  };
}

/** Entries of one price say the same. */
function wordsOf(missing: readonly MissingStop[], status: BotStatus): string[] {
  return [...new Set(missing.map((stop) => missingWords(stop, { closes: isActive(status) })))];
}

/** Eight decimals are enough for the eye. */
function amount(value: number): string {
  return exactText(Number(value.toFixed(8)) + 0);
}
