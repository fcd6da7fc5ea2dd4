import { add, type Decimal, type Money, negate, type Quantity, ZERO } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import { jsonOfText } from "./ledger-text.ts";

/**
 * Where amounts are. `cash` is money at the venue and `cost` what the positions cost; `holding` is what is held, in units
 * of the instrument, and `market` its other side. `capital`, `realised`, `fees`, `funding` and `adjustment` say where money
 * came from (below zero) or went (above zero).
 */
export const LEDGER_ACCOUNTS = [
  "cash",
  "cost",
  "holding",
  "market",
  "capital",
  "realised",
  "fees",
  "funding",
  "adjustment",
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** One side of an entry: `amount` of `unit` (a currency, or an instrument's id) to an account; below zero from it. */
export interface Posting {
  readonly account: LedgerAccount;
  /** Undefined where the account is not split by instrument. */
  readonly instrument: string | undefined;
  readonly unit: string;
  readonly amount: Decimal;
}

/** Sums of postings by `balanceKey`. */
export type Balances = ReadonlyMap<string, Decimal>;

/** An entry whose sides do not cancel out, or an event that cannot be. It stops the account. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
}

/** As many as accounts with instruments have. */
const KEYS_KEPT_MAX = 5_000;
/** Keys that were made before, by unit and instrument: every entry asks for some, and one text is found faster again. */
const KEYS = new Map<LedgerAccount, Map<string, Map<string | undefined, string>>>();
let keysKept = 0;

export function balanceKey(of: Omit<Posting, "amount">): string {
  const known = KEYS.get(of.account)?.get(of.unit)?.get(of.instrument);
  if (known !== undefined) return known;
  if (keysKept++ >= KEYS_KEPT_MAX) {
    KEYS.clear();
    keysKept = 1;
  }
  const key = newBalanceKey(of);
  const units = KEYS.get(of.account) ?? new Map<string, Map<string | undefined, string>>();
  const instruments = units.get(of.unit) ?? new Map<string | undefined, string>();
  KEYS.set(of.account, units.set(of.unit, instruments.set(of.instrument, key)));
  return key;
}

function newBalanceKey({ account, instrument, unit }: Omit<Posting, "amount">): string {
  return `["${account}",${instrument === undefined ? "null" : jsonOfText(instrument)},${jsonOfText(unit)}]`;
}

/** What keys say, as they were read before: every look at balances reads them. */
const KEY_PARTS = new Map<string, Omit<Posting, "amount">>();

/** What `balanceKey` made a key of. */
export function balanceKeyParts(key: string): Omit<Posting, "amount"> {
  const known = KEY_PARTS.get(key);
  if (known !== undefined) return known;
  const [account, instrument, unit] = JSON.parse(key) as [LedgerAccount, string | null, string];
  const parts = { account, instrument: instrument ?? undefined, unit };
  if (KEY_PARTS.size >= KEYS_KEPT_MAX) KEY_PARTS.clear();
  KEY_PARTS.set(key, parts);
  return parts;
}

/** Both sides of moving `amount` of `unit`: to one account, from the other. Nothing where nothing moves. */
export function move(
  amount: Money | Quantity,
  { unit, to, from }: { readonly unit: string; readonly to: Target; readonly from: Target },
): Posting[] {
  if (amount === 0n) return [];
  return [posting(to, unit, amount), posting(from, unit, negate(amount))];
}

/** An account, split by instrument or not. */
export type Target = LedgerAccount | readonly [account: LedgerAccount, instrument: string];

function posting(target: Target, unit: string, amount: Decimal): Posting {
  const [account, instrument] = typeof target === "string" ? [target, undefined] : target;
  return { account, instrument, unit, amount };
}

/** Balances after the postings of an entry. Throws LedgerFault where they do not sum to zero in every unit. */
export function postAll(balances: Balances, postings: readonly Posting[]): Balances {
  const broken = unbalancedUnits(postings);
  if (broken.length > 0)
    throw new LedgerFault(`postings must sum to 0 in every unit, were off in ${broken.join(", ")}`);
  const next = new Map(balances);
  for (const entry of postings) {
    const key = balanceKey(entry);
    const sum = add(next.get(key) ?? ZERO, entry.amount);
    // Without empty balances, equal histories give equal maps.
    if (sum === 0n) next.delete(key);
    else next.set(key, sum);
  }
  return next;
}

/** Units in which amounts do not cancel out, each with its sum. */
export function unbalancedUnits(postings: readonly Pick<Posting, "unit" | "amount">[]): string[] {
  const sums = new Map<string, Decimal>();
  for (const { unit, amount } of postings) {
    const sum = sums.get(unit);
    sums.set(unit, sum === undefined ? amount : add(sum, amount));
  }
  const off: string[] = [];
  for (const [unit, sum] of sums) if (sum !== 0n) off.push(`${unit} (${formatDecimal(sum)})`);
  return off;
}
