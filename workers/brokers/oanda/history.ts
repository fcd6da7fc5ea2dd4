import type { Money } from "../../core/ledger/decimal.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import type { VenueFill } from "../../core/ledger/venue-report.ts";
import { VenueSilence } from "../request/venue-reply.ts";
import type { VenueHistory } from "../venue-client.ts";
import { venueMoney } from "../venue-decimal.ts";
import type { AccountRequests } from "./account-requests.ts";
import type { OrderFinder } from "./find-order.ts";
import { movementsOf } from "./money.ts";
import { fillsOf, partsOf } from "./parse.ts";
import { type OandaTransaction, summaryReply } from "./payloads.ts";

/** How far the sweep has come: the last transaction, and the balance after it where one is known. */
interface Sweep {
  readonly last: string;
  readonly balance: Money | undefined;
}

const CURSOR = /^(\d{1,20})(?::(-?\d{1,18}(?:\.\d{1,18})?))?$/;

/**
 * The account's transactions after a cursor, as trades and movements of money. The venue numbers them without a gap, so
 * that nothing can be passed over.
 */
export async function oandaHistory(
  parts: { readonly account: AccountRequests; readonly finder: OrderFinder; readonly currency: string },
  { cursor, since }: { readonly cursor: string; readonly since: number },
): Promise<VenueHistory> {
  const { account, currency } = parts;
  const start = cursor === "" ? await startOf(parts, since) : readCursor(cursor);
  const reply = await account.since(start.last);
  if (reply === undefined) throw new VenueSilence("the venue must list its transactions", { isSent: true });
  const { transactions, lastTransactionID } = reply;
  checkOrder(transactions, start.last);
  const closed = transactions.flatMap((one) => partsOf(one).closed.map(({ tradeID }) => tradeID));
  const trades = closed.length === 0 ? new Map() : await account.trades([...new Set(closed)]);
  const fills: VenueFill[] = [];
  const movements: VenueHistory["movements"][number][] = [];
  let { balance } = start;
  for (const transaction of transactions) {
    if (transaction.type === "ORDER_FILL") fills.push(...fillsOf(transaction, currency));
    const moved = movementsOf(transaction, { currency, balance, trades });
    movements.push(...moved.movements);
    balance = moved.balance;
  }
  const last = transactions.at(-1)?.id ?? start.last;
  const complete = BigInt(last) >= BigInt(lastTransactionID);
  return { fills, movements, cursor: writeCursor({ last, balance }), complete };
}

/** Where a sweep begins that has no cursor: before the first transaction since we came. */
async function startOf({ finder, account }: Parameters<typeof oandaHistory>[0], since: number): Promise<Sweep> {
  const first = await finder.firstSince(new Date(since).toISOString());
  if (first !== undefined) return { last: first === "0" ? "1" : first, balance: undefined };
  const summary = await account.ask(summaryReply, "/summary");
  if (summary === undefined) throw new VenueSilence("the venue must show the account", { isSent: true });
  return { last: summary.lastTransactionID, balance: undefined };
}

/** Numbers rise; a list that does not is not to be relied on. */
function checkOrder(transactions: readonly OandaTransaction[], after: string): void {
  let last = BigInt(after);
  for (const { id } of transactions) {
    if (BigInt(id) <= last)
      throw new VenueSilence(`transactions must rise, ${id} came after ${last}`, { isSent: true });
    last = BigInt(id);
  }
}

function readCursor(text: string): Sweep {
  const match = CURSOR.exec(text);
  if (match === null) throw new RangeError(`cursor must be one of this venue's, was ${text.slice(0, 60)}`);
  const [, last, balance] = match;
  return { last, balance: balance === undefined ? undefined : venueMoney(balance, "cursor.balance") };
}

function writeCursor({ last, balance }: Sweep): string {
  return balance === undefined ? last : `${last}:${formatDecimal(balance)}`;
}
