import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { fills, journal, orders } from "../../schema/tables/trading.ts";
import { asClientOrderId } from "../core/order/order-id.ts";
import type { Database } from "../platform/database.ts";
import type { StoredOrder } from "./desk-store.ts";
import { wireBot, wireFill, wireOrder } from "./desk-view.ts";
import { StoredFillEvent } from "./fill-event.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";
import { tradeOf } from "./trade-part.ts";

// Rows of one batch: each is a statement of its own, since D1 takes 100 parameters a statement.
const ROWS_A_BATCH = 40;
const CURSORS = "projected";

interface Cursors {
  readonly orders: number;
  readonly fills: number;
  readonly trades: number;
}

/**
 * Brings what changed in a desk to the lists of the database. Rows are keyed by what they are of, so that a batch that
 * comes twice, or late, changes nothing. True where everything is there; throws where the database does not answer.
 */
export async function projectAccount(
  database: Database,
  store: SqlDeskStore,
  { ownerId, accountId }: { readonly ownerId: string; readonly accountId: string },
): Promise<boolean> {
  const cursors = cursorsOf(store);
  const changed = store.changedAfter(cursors.orders, ROWS_A_BATCH);
  const events = store.eventsAfter(cursors.fills, ROWS_A_BATCH);
  const trades = store.tradesAfter(cursors.trades, ROWS_A_BATCH);
  const statements: BatchItem<"sqlite">[] = [
    ...changed.map(({ stored, sequence }) => orderStatement(database, { ownerId, stored, change: sequence })),
    ...events
      .filter((event) => event.event === "fill")
      .flatMap(({ order: id, detail }) => {
        const known = asClientOrderId(id);
        const stored = known === undefined ? undefined : store.order(known);
        if (stored === undefined) return [];
        const fill = wireFill(StoredFillEvent.parse(JSON.parse(detail)).fill, stored.order);
        const { id: tradeId, ...rest } = fill;
        const row = { ...rest, id: `${accountId}:${tradeId}`, tradeId, ownerId };
        return [database.insert(fills).values(row).onConflictDoNothing()];
      }),
    ...trades.map(({ parts }) => {
      const trade = tradeOf(parts);
      const { quantity, closedAt, exitPrice, fees, profit, won } = trade;
      const row = { ...trade, id: parts[0].trade, ownerId, accountId, botId: wireBot(parts[0].bot) };
      const set = { quantity, closedAt, exitPrice, fees, profit, won };
      return database.insert(journal).values(row).onConflictDoUpdate({ target: journal.id, set });
    }),
  ];
  const [first, ...rest] = statements;
  if (first !== undefined) await database.batch([first, ...rest]);
  const next: Cursors = {
    orders: changed.at(-1)?.sequence ?? cursors.orders,
    fills: events.at(-1)?.sequence ?? cursors.fills,
    trades: trades.at(-1)?.sequence ?? cursors.trades,
  };
  if (JSON.stringify(next) !== JSON.stringify(cursors)) store.write(CURSORS, JSON.stringify(next));
  return [changed, events, trades].every((rows) => rows.length < ROWS_A_BATCH);
}

/** A number that moves when the lists have more of what the desk stored. */
export function listedUpTo(store: SqlDeskStore): number {
  const { orders: order, fills: fill, trades } = cursorsOf(store);
  return order + fill + trades;
}

function cursorsOf(store: SqlDeskStore): Cursors {
  return JSON.parse(store.read(CURSORS) ?? '{"orders":0,"fills":0,"trades":0}');
}

function orderStatement(
  database: Database,
  { ownerId, stored, change }: { ownerId: string; stored: StoredOrder; change: number },
) {
  const { limit, stop, ...order } = wireOrder(stored);
  const row = { ...order, limitPrice: limit, stopPrice: stop, ownerId, change };
  // What an order is stays; what becomes of it changes.
  const { quantity, limitPrice, stopPrice, filled, averagePrice, state, cancelRequested, released, reason } = row;
  const changed = { quantity, limitPrice, stopPrice, filled, averagePrice, state, cancelRequested, released, reason };
  const set = { ...changed, updatedAt: row.updatedAt, change };
  return database
    .insert(orders)
    .values(row)
    .onConflictDoUpdate({ target: orders.id, set, setWhere: sql`${orders.change} < ${change}` });
}
