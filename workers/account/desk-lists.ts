import type { VerdictLogEntry } from "../../schema/wire/risk.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import type { DeskEvent } from "./desk-calls.ts";
import type { DeskStore, StoredEvent, StoredOrder } from "./desk-store.ts";
import { wireBot, wireOrder } from "./desk-view.ts";
import { StoredFillEvent } from "./fill-event.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";

/** An event as a bot is given it. */
export function eventOfBot(
  store: DeskStore,
  { sequence, at, bot, order: id, event, detail }: StoredEvent,
): DeskEvent[] {
  const stored = store.order(id);
  if (stored === undefined) return [];
  const base = { sequence, at, bot, order: wireOrder(stored), event };
  if (event !== "fill") return [base];
  const { fill } = StoredFillEvent.parse(JSON.parse(detail));
  const { tradeId, quantity, price, fee, feeCurrency, liquidity, at: tradedAt } = fill;
  const [size, paid, cost] = [quantity, price, fee].map(formatDecimal);
  return [{ ...base, fill: { tradeId, quantity: size, price: paid, fee: cost, feeCurrency, liquidity, at: tradedAt } }];
}

function verdictEntry({ order, verdict, createdAt }: StoredOrder): VerdictLogEntry[] {
  if (verdict === undefined) return [];
  const { verdict: outcome, code, cap, value, limit, level } = verdict;
  return [
    {
      orderId: order.id,
      botId: wireBot(order.bot),
      at: createdAt,
      instrument: order.instrument,
      side: order.side,
      quantity: formatDecimal(order.quantity),
      verdict: outcome,
      ...{ code, cap, value, limit, level },
    },
  ];
}

export interface VerdictQuery {
  /** Place of the last entry of the page before. */
  readonly before: number | undefined;
  readonly denied: boolean | undefined;
  readonly limit: number;
}

export interface VerdictPage {
  readonly rows: VerdictLogEntry[];
  readonly next: number | undefined;
}

/** A page of verdicts, the newest first. */
export function verdictPage(store: SqlDeskStore, query: VerdictQuery): VerdictPage {
  const rows = store.verdicts({ ...query, limit: query.limit + 1 });
  const page = rows.slice(0, query.limit);
  return {
    rows: page.flatMap(({ stored }) => verdictEntry(stored)),
    next: rows.length > query.limit ? page.at(-1)?.place : undefined,
  };
}
