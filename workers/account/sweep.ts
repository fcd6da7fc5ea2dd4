import type { Broker } from "../brokers/broker.ts";
import { parseMoney } from "../core/ledger/decimal-text.ts";
import { type Correction, type Halt, reconcile } from "../core/ledger/reconcile.ts";
import { fillId, type VenueReport } from "../core/ledger/venue-report.ts";
import { type DeskOrder, isReserved } from "../core/order/desk-order.ts";
import { asClientOrderId, botPrefix, type ClientOrderId } from "../core/order/order-id.ts";
import { ACCOUNT_SCOPE, KILL_REASON } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { StoredOrder } from "./desk-store.ts";
import { haltMessage } from "./halt-words.ts";
import { isSameHalt, rememberFresh } from "./open-differences.ts";
import { adoptOrder, bookOutsideTrade } from "./outside-orders.ts";

/** What a venue told when it was asked for everything. */
export type Swept = "whole" | "part" | "again" | "silent";

/**
 * Asks a venue for everything and takes it over: trades we did not know, what became of orders, money that moved. What
 * does not agree halts its instrument, or the account, with both sides shown. `part`: more trades are to be asked for.
 * `again`: all was told, and the end of an order passed over, so the same is to be asked for once more.
 */
export async function sweep(books: DeskBooks, broker: Broker, onSilence: (error: unknown) => void): Promise<Swept> {
  books.touched.clear();
  let answer: Awaited<ReturnType<Broker["report"]>>;
  try {
    answer = await broker.report(books.record.cursor);
  } catch (error) {
    onSilence(error);
    return "silent";
  }
  const isPassedOver = books.write(() => takeOver(books, answer.report, { cursor: answer.cursor, broker }));
  if (!answer.report.fillsComplete) return "part";
  return isPassedOver ? "again" : "whole";
}

/** True where the end of an order was passed over. */
function takeOver(
  books: DeskBooks,
  report: VenueReport,
  { cursor, broker }: { readonly cursor: string; readonly broker: Broker },
): boolean {
  const { account, record } = books;
  // Before anything is taken over: what is applied below counts as heard, too.
  const again = showsPassedOverEnd(books, report);
  const booked = report.fills.map((fill) => fillId(fill.tradeId)).filter((id) => books.isBooked(id));
  const moved = report.movements.map((movement) => movement.id).filter((id) => books.isBooked(id));
  const result = reconcile(
    {
      orders: ordersFor(books, report),
      ledger: books.scope(ACCOUNT_SCOPE).ledger,
      booked: new Set([...booked, ...moved]),
      botPrefixes: new Set(books.scopeNames().map((bot) => botPrefix({ account: account.id, bot }))),
      touched: books.touched,
      lateAcceptMs: broker.capabilities.lateAcceptMs,
      balanceTolerance: parseMoney(account.balanceTolerance, "balanceTolerance"),
      differences: new Map(Object.entries(record.differences)),
    },
    report,
  );
  for (const correction of result.corrections) correct(books, correction);
  for (const halt of result.halts) takeHalt(books, halt);
  books.note({
    // Trades come in pages: the cursor is of the last one that was taken over.
    cursor: again ? record.cursor : cursor,
    differences: Object.fromEntries(result.differences),
    reconciledAt: books.now(),
  });
  books.mark();
  rememberFresh(books, result.fresh);
  return again;
}

/**
 * Whether the report shows the end of an order that heard something since it was asked for. It is passed over as old news
 * may be, and venues show an end once: so the same report is asked for again.
 */
function showsPassedOverEnd(books: DeskBooks, report: VenueReport): boolean {
  return report.orders.some(({ clientOrderId: text, status }) => {
    const id = status === "open" || text === undefined ? undefined : asClientOrderId(text);
    const order = id === undefined || !books.touched.has(id) ? undefined : books.order(id)?.order;
    return order !== undefined && isReserved(order);
  });
}

/**
 * Every order whose end is not certain, those that the report speaks of, and those that heard something since it was asked for:
 * one that was sent and filled meanwhile is in no list, and has moved what is held.
 */
function ordersFor(books: DeskBooks, report: VenueReport): DeskOrder[] {
  const orders = new Map<ClientOrderId, DeskOrder>();
  const take = (stored: StoredOrder | undefined) => {
    if (stored !== undefined && stored.order.state !== "DENIED") orders.set(stored.order.id, stored.order);
  };
  for (const stored of books.openOrders()) take(stored);
  for (const id of books.touched) take(books.order(id));
  for (const { clientOrderId: text, venueOrderId } of [...report.orders, ...report.fills]) {
    const id = text === undefined ? undefined : asClientOrderId(text);
    take((id === undefined ? undefined : books.order(id)) ?? books.orderOfVenue(venueOrderId));
  }
  return [...orders.values()];
}

function correct(books: DeskBooks, correction: Correction): void {
  switch (correction.type) {
    case "order-event": {
      const { order, event, booking } = correction;
      if (booking !== undefined) books.book(booking, books.order(order)?.order.bot);
      books.hear(order, event);
      break;
    }
    case "external-fill":
      bookOutsideTrade(books, correction.fill);
      break;
    case "contradicting-fill":
    case "movement":
      books.book(correction.booking, undefined);
      break;
    case "adopt-order":
      adoptOrder(books, correction.order);
      break;
  }
}

function takeHalt(books: DeskBooks, { instrument, code, ours, theirs }: Halt): void {
  const at = books.now();
  const { halts, instruments } = books.record;
  const found = { instrument: instrument ?? null, code, ours, theirs, at };
  if (halts.some((halt) => isSameHalt(halt, found))) return;
  books.meter.difference();
  books.note({ halts: [...halts, found] });
  const message = haltMessage({ instrument, code, ours, theirs });
  if (instrument === undefined) {
    books.halt(ACCOUNT_SCOPE, code, message);
    return;
  }
  // As for an account: what a person stopped has its open orders cancelled until they are gone.
  if (instruments[instrument]?.reason !== KILL_REASON) {
    books.note({ instruments: { ...instruments, [instrument]: { state: "HALTED", reason: code, since: at } } });
  }
  books.alert({ level: "critical", botId: null, code, message, stopped: instrument });
}
