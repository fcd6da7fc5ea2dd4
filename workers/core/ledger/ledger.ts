import { add, type Decimal, type Money, NO_MONEY, negate, type Price, ZERO } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import type { FillBooked, LedgerEvent, PositionAdjusted } from "./ledger-event.ts";
import { ledgerText } from "./ledger-text.ts";
import {
  type ClosedPart,
  type CostMethod,
  changePosition,
  costOf,
  type Position,
  quantityOf,
  unrealisedProfit,
  valueAt,
} from "./position.ts";
import {
  type Balances,
  balanceKey,
  balanceKeyParts,
  LEDGER_ACCOUNTS,
  type LedgerAccount,
  LedgerFault,
  move,
  type Posting,
  postAll,
  type Target,
  unbalancedUnits,
} from "./posting.ts";

/**
 * The books of one account: balances by double entry, and the lots behind its positions. Immutable: an event makes a new
 * ledger, so that a transaction that fails leaves the old one. Whoever books keeps events from coming twice.
 */
export interface Ledger {
  readonly method: CostMethod;
  readonly balances: Balances;
  /** By instrument; flat ones are left out. */
  readonly positions: ReadonlyMap<string, Position>;
}

export interface Booked {
  readonly ledger: Ledger;
  readonly postings: readonly Posting[];
  /** Lots that the event closed. */
  readonly closed: readonly ClosedPart[];
}

export function emptyLedger(method: CostMethod): Ledger {
  return { method, balances: new Map(), positions: new Map() };
}

/** Books an event. Throws LedgerFault where its values break a rule; the message names field, rule and value. */
export function bookEvent(ledger: Ledger, event: LedgerEvent): Booked {
  const { positions, postings, closed } = effectsOf(ledger, event);
  return { ledger: { ...ledger, positions, balances: postAll(ledger.balances, postings) }, postings, closed };
}

/**
 * The ledger of all events from the first on. An event that comes twice counts once; one that comes again with other
 * values is a LedgerFault.
 */
export function rebuildLedger(method: CostMethod, events: readonly LedgerEvent[]): Ledger {
  const seen = new Map<string, LedgerEvent>();
  let ledger = emptyLedger(method);
  for (const event of events) {
    const known = seen.get(event.id);
    if (known === undefined) {
      seen.set(event.id, event);
      ledger = bookEvent(ledger, event).ledger;
      continue;
    }
    const text = ledgerText(event);
    if (ledgerText(known) !== text) throw new LedgerFault(`event ${event.id} came again with other values: ${text}`);
  }
  return ledger;
}

interface Effects {
  readonly positions: ReadonlyMap<string, Position>;
  readonly postings: readonly Posting[];
  readonly closed: readonly ClosedPart[];
}

function effectsOf(ledger: Ledger, event: LedgerEvent): Effects {
  const { positions } = ledger;
  const only = (postings: readonly Posting[]): Effects => ({ positions, postings, closed: [] });
  switch (event.type) {
    case "fill": {
      const traded = changeEffects(ledger, event, "cash");
      const fee = move(event.fee, { unit: event.feeCurrency, to: "fees", from: "cash" });
      return { ...traded, postings: [...traded.postings, ...fee] };
    }
    case "position-adjustment":
      return changeEffects(ledger, event, "adjustment");
    case "fee":
      return only(move(event.amount, { unit: event.currency, to: "fees", from: "cash" }));
    case "funding":
      return only(move(event.amount, { unit: event.currency, to: ["funding", event.instrument], from: "cash" }));
    case "deposit":
      return only(move(positive(event.amount, "deposit"), { unit: event.currency, to: "cash", from: "capital" }));
    case "withdrawal":
      return only(move(positive(event.amount, "withdrawal"), { unit: event.currency, to: "capital", from: "cash" }));
    case "cash-adjustment":
      return only(move(event.amount, { unit: event.currency, to: "cash", from: "adjustment" }));
  }
}

/** What a change of a position does, paid from or into `counter`. */
function changeEffects(ledger: Ledger, event: FillBooked | PositionAdjusted, counter: Target): Effects {
  const { instrument, quote } = event;
  positive(event.quantity, "quantity");
  positive(event.price, "price");
  const held = ledger.positions.get(instrument) ?? { instrument, quote, lots: [] };
  if (held.quote !== quote) throw new LedgerFault(`quote of ${instrument} must be ${held.quote}, was ${quote}`);
  const { position, closed, value } = changePosition(held, event, ledger.method);
  const sign = <T extends Decimal>(amount: T): T => (event.side === "buy" ? amount : negate(amount));
  const profit = closed.reduce((sum, part) => add(sum, part.profit), NO_MONEY);
  const positions = new Map(ledger.positions);
  if (position.lots.length === 0) positions.delete(instrument);
  else positions.set(instrument, position);
  const postings = [
    ...move(sign(event.quantity), { unit: instrument, to: ["holding", instrument], from: ["market", instrument] }),
    ...move(sign(value), { unit: quote, to: ["cost", instrument], from: counter }),
    ...move(profit, { unit: quote, to: ["cost", instrument], from: ["realised", instrument] }),
  ];
  return { positions, postings, closed };
}

function positive<T extends Decimal>(value: T, field: string): T {
  if (value <= 0n) throw new LedgerFault(`${field} must be above 0, was ${formatDecimal(value)}`);
  return value;
}

/** Sums of balances by account and unit. Balances are never changed in place, and are asked for at every price. */
const SUMS = new WeakMap<Balances, ReadonlyMap<string, Readonly<Record<LedgerAccount, Money>>>>();

/** Sum of the balances of an account in a unit, over all instruments. */
export function accountBalance(ledger: Ledger, account: LedgerAccount, unit: string): Money {
  return accountsOf(ledger, unit)[account];
}

function accountsOf({ balances }: Ledger, unit: string): Readonly<Record<LedgerAccount, Money>> {
  let sums = SUMS.get(balances);
  if (sums === undefined) {
    sums = sumsOf(balances);
    SUMS.set(balances, sums);
  }
  return sums.get(unit) ?? EMPTY;
}

const EMPTY = Object.fromEntries(LEDGER_ACCOUNTS.map((account) => [account, NO_MONEY])) as Record<LedgerAccount, Money>;

function sumsOf(balances: Balances): Map<string, Record<LedgerAccount, Money>> {
  const sums = new Map<string, Record<LedgerAccount, Money>>();
  for (const [key, balance] of balances) {
    const { account, unit } = balanceKeyParts(key);
    let accounts = sums.get(unit);
    if (accounts === undefined) {
      accounts = { ...EMPTY };
      sums.set(unit, accounts);
    }
    accounts[account] = add(accounts[account], balance as Money);
  }
  return sums;
}

export function cashOf(ledger: Ledger, currency: string): Money {
  return accountBalance(ledger, "cash", currency);
}

/** What the account made and is worth in one currency. Profits are below zero where they are losses. */
export interface Standing {
  readonly cash: Money;
  /** Cash + Σ quantity · mark over the positions quoted in the currency. */
  readonly equity: Money;
  /** Deposits less withdrawals, and what was set right by hand. */
  readonly netDeposits: Money;
  /** Of closed lots, less fees and funding. */
  readonly realised: Money;
  /** Of open lots at their marks. */
  readonly unrealised: Money;
}

/** Throws LedgerFault where a position quoted in the currency has no mark. */
export function standingOf(ledger: Ledger, currency: string, marks: ReadonlyMap<string, Price>): Standing {
  let unrealised = NO_MONEY;
  for (const position of ledger.positions.values()) {
    if (position.quote === currency) unrealised = add(unrealised, unrealisedProfit(position, markOf(position, marks)));
  }
  const { cash, realised, fees, funding } = accountsOf(ledger, currency);
  const made = negate(add(realised, add(fees, funding)));
  return { cash, ...equityOf(ledger, currency, marks), realised: made, unrealised };
}

/** The part of a standing that every price asks for. Throws LedgerFault like `standingOf`. */
export function equityOf(
  ledger: Ledger,
  currency: string,
  marks: ReadonlyMap<string, Price>,
): Pick<Standing, "equity" | "netDeposits"> {
  const { cash, capital, adjustment } = accountsOf(ledger, currency);
  let equity = cash;
  for (const position of ledger.positions.values()) {
    if (position.quote === currency) equity = add(equity, valueAt(position, markOf(position, marks)));
  }
  return { equity, netDeposits: negate(add(capital, adjustment)) };
}

function markOf({ instrument }: Position, marks: ReadonlyMap<string, Price>): Price {
  const mark = marks.get(instrument);
  if (mark === undefined) throw new LedgerFault(`mark of ${instrument} must be known, was none`);
  return mark;
}

/** What must hold of every ledger at every moment; whatever does not is named. Empty for a sound one. */
export function ledgerFaults(ledger: Ledger): string[] {
  const faults = unbalancedUnits(
    [...ledger.balances].map(([key, amount]) => ({ unit: balanceKeyParts(key).unit, amount })),
  ).map((unit) => `balances must sum to 0 in every unit, were off in ${unit}`);
  const balance = (account: "holding" | "cost", instrument: string, unit: string) =>
    ledger.balances.get(balanceKey({ account, instrument, unit })) ?? ZERO;
  for (const position of ledger.positions.values()) {
    const { instrument, quote, lots } = position;
    if (quantityOf(position) !== balance("holding", instrument, instrument)) {
      faults.push(`lots of ${instrument} must sum to what is held`);
    }
    if (costOf(position) !== balance("cost", instrument, quote))
      faults.push(`lots of ${instrument} must sum to their cost`);
    const signs = new Set(lots.map((lot) => lot.quantity > 0n));
    if (signs.size > 1) faults.push(`lots of ${instrument} must have one sign`);
  }
  for (const key of ledger.balances.keys()) {
    const { account, instrument } = balanceKeyParts(key);
    const held = account === "holding" || account === "cost";
    if (held && !ledger.positions.has(String(instrument))) faults.push(`${account} of ${instrument} must have lots`);
  }
  return faults;
}
