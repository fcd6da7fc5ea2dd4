import { add, type Money, NO_MONEY, negate, subtract } from "../../core/ledger/decimal.ts";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import type { LedgerEvent } from "../../core/ledger/ledger-event.ts";
import type { VenueReport } from "../../core/ledger/venue-report.ts";
import type { VenueHoldings } from "../venue-client.ts";
import { venueInstant, venueMoney, venueUnits } from "../venue-decimal.ts";
import { chargesOf, costOf, instrumentId, partsOf, quoteOf, signedNotional } from "./parse.ts";
import type { OandaAccount, OandaTrade, OandaTransaction } from "./payloads.ts";

/**
 * How the venue's money is told as the ledger counts it. The venue keeps one balance in the account's currency and adds to
 * it what a trade made when it is closed, converted and rounded. The ledger pays and gets the whole price of each fill, in
 * the currency that the instrument is counted in. So the ledger's cash is the balance less what the open trades cost; and a
 * closing fill comes with an adjustment of what conversion and rounding changed.
 */

type Movement = VenueReport["movements"][number];

/** Positions with their sign, and money as the ledger counts it. */
export function holdingsOf(account: OandaAccount): VenueHoldings {
  const positions = new Map(
    account.positions.flatMap(({ instrument, long, short }) => {
      const units = add(venueUnits(long.units, "long.units"), venueUnits(short.units, "short.units"));
      return units === 0n ? [] : [[instrumentId(instrument), units] as const];
    }),
  );
  const balances = new Map([[account.currency, venueMoney(account.balance, "account.balance")]]);
  for (const trade of account.trades) {
    const quote = quoteOf(trade.instrument);
    balances.set(quote, subtract(balances.get(quote) ?? NO_MONEY, costOf(trade)));
  }
  return { positions, balances };
}

/** The account that transactions move money of. */
export interface MoneyContext {
  readonly currency: string;
  /** Balance before the transaction; undefined before the first is known: then the transaction's own word counts. */
  readonly balance: Money | undefined;
  /** Trades that the transaction closes a part of, as far as they are known. */
  readonly trades: ReadonlyMap<string, OandaTrade>;
}

/** What a transaction does to the ledger beside its fills, and the balance after it. */
export function movementsOf(
  transaction: OandaTransaction,
  { currency, balance, trades }: MoneyContext,
): { readonly movements: readonly Movement[]; readonly balance: Money | undefined } {
  const at = venueInstant(transaction.time, "transaction.time");
  const told = toldMovements(transaction, { at, currency });
  const after = transaction.accountBalance;
  if (after === undefined) return { movements: told.movements, balance };
  const now = venueMoney(after, "transaction.accountBalance");
  const before = balance ?? subtract(now, told.change);
  const movements = [...told.movements];
  const rest = subtract(subtract(now, before), told.explained);
  movements.push(...adjustments(transaction, { at, currency, rest, trades }));
  return { movements, balance: now };
}

/**
 * What the transaction itself says: the movements; `explained`, by how much they and the fee of a fill change the balance;
 * `change`, by how much the transaction changed it in all.
 */
function toldMovements(
  transaction: OandaTransaction,
  { at, currency }: { at: number; currency: string },
): { movements: Movement[]; explained: Money; change: Money } {
  const { id, type, instrument, financing = "0", pl = "0", amount, positionFinancings = [] } = transaction;
  const event = { id, at, currency };
  if (type === "TRANSFER_FUNDS") {
    const sum = venueMoney(amount ?? "0", "transfer.amount");
    const kind = sum < 0n ? "withdrawal" : "deposit";
    const movements: Movement[] = sum === 0n ? [] : [{ ...event, type: kind, amount: sum < 0n ? negate(sum) : sum }];
    return { movements, explained: sum, change: sum };
  }
  const paid = venueMoney(financing, "transaction.financing");
  if (type === "DAILY_FINANCING") {
    const each = positionFinancings.flatMap((part): LedgerEvent[] => {
      const sum = venueMoney(part.financing, "position.financing");
      const funding = { ...event, id: `${id}.${part.instrument}`, instrument: instrumentId(part.instrument) };
      return sum === 0n ? [] : [{ ...funding, type: "funding", amount: negate(sum) }];
    }) as Movement[];
    const explained = each.reduce((sum, part) => ("amount" in part ? subtract(sum, part.amount) : sum), NO_MONEY);
    return { movements: each, explained, change: paid };
  }
  if (type !== "ORDER_FILL") return { movements: [], explained: NO_MONEY, change: NO_MONEY };
  const fee = chargesOf(transaction);
  const funding = { ...event, id: `${id}.financing`, instrument: instrumentId(instrument ?? "") };
  const movements: Movement[] = paid === 0n ? [] : [{ ...funding, type: "funding", amount: negate(paid) }];
  const explained = subtract(paid, fee);
  return { movements, explained, change: add(explained, venueMoney(pl, "fill.pl")) };
}

/**
 * `rest`: by how much the balance changed beyond what is explained. Of a fill that is what closing made, converted and
 * rounded: the ledger counts it in the instrument's currency already. Of anything else it is told as it is.
 */
function adjustments(
  transaction: OandaTransaction,
  {
    at,
    currency,
    rest,
    trades,
  }: { at: number; currency: string; rest: Money; trades: ReadonlyMap<string, OandaTrade> },
): Movement[] {
  const { id, type, instrument } = transaction;
  const adjust = (key: string, name: string, amount: Money, reason: string): Movement[] =>
    amount === 0n ? [] : [{ type: "cash-adjustment", id: `${id}.${key}`, at, currency: name, amount, reason }];
  if (type !== "ORDER_FILL" || instrument === undefined) return adjust("rest", currency, rest, `told as ${type}`);
  const made = realised(transaction, trades);
  if (made === undefined) return [];
  const quote = quoteOf(instrument);
  if (quote === currency) return adjust("rounding", currency, subtract(rest, made), "rounding of the venue");
  return [
    ...adjust("from", quote, negate(made), "profit or loss converted by the venue"),
    ...adjust("to", currency, rest, "profit or loss converted by the venue"),
  ];
}

/** What the closed trades made, exactly, in the currency of the instrument; undefined where one of them is not known. */
function realised(transaction: OandaTransaction, trades: ReadonlyMap<string, OandaTrade>): Money | undefined {
  let made = NO_MONEY;
  for (const { tradeID, units, price } of partsOf(transaction).closed) {
    const trade = trades.get(tradeID);
    const closedAt = price ?? transaction.price;
    if (trade === undefined || closedAt === undefined) return undefined;
    // Units of a closing have the sign of the order: selling what was long is below zero.
    const closing = venueUnits(units, "part.units");
    const got = signedNotional(parsePrice(closedAt, "part.price"), closing);
    const cost = signedNotional(parsePrice(trade.price, "trade.price"), closing);
    made = add(made, subtract(cost, got));
  }
  return made;
}
