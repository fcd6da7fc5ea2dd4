import type { VerdictLogEntry } from "../../schema/wire/risk.ts";
import type { OrderVerdict } from "../../schema/wire/trading.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { type DeskEvent, MANUAL_BOT } from "./desk-calls.ts";
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
  const [quantity, price, fee] = [fill.quantity, fill.price, fill.fee].map(formatDecimal);
  return [{ ...base, fill: { ...fill, quantity, price, fee } }];
}

/** Events that a bot is given at once. */
const EVENTS_A_CALL = 1_000;

/** Events of a bot after `since`, in order, and where the next call begins. */
export function botEvents(store: SqlDeskStore, { botId, since }: { readonly botId: string; readonly since: number }) {
  const events = store.eventsAfter(since, EVENTS_A_CALL, botId);
  const cursor = events.at(-1)?.sequence ?? since;
  return { events: events.flatMap((event) => eventOfBot(store, event)), cursor };
}

/** A verdict as it is shown: a person's orders are held to what the account's limits say, not to those of a bot. */
export function shownVerdict({ order, verdict }: StoredOrder): OrderVerdict | null {
  if (verdict === undefined) return null;
  return order.bot === MANUAL_BOT ? ofPerson(verdict) : verdict;
}

/** A verdict on a person's order in terms of the account's limits. */
export function ofPerson(verdict: OrderVerdict): OrderVerdict {
  return verdict.level === "bot" ? { ...verdict, level: "account" } : verdict;
}

function verdictEntry(stored: StoredOrder): VerdictLogEntry[] {
  const { order, createdAt } = stored;
  const verdict = shownVerdict(stored);
  if (verdict === null) return [];
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
