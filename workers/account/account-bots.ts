import type { RiskLimits } from "../../schema/wire/risk.ts";
import { subtract } from "../core/ledger/decimal.ts";
import { parseMoney } from "../core/ledger/decimal-text.ts";
import { accountBalance } from "../core/ledger/ledger.ts";
import type { OpenAccount } from "./account-outbox.ts";
import type { AccountRecord } from "./account-record.ts";
import type { AccountVenue } from "./account-venue.ts";
import { coreLimits, manualLimits } from "./account-view.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import { MANUAL_BOT } from "./desk-calls.ts";

/** What an account gives a bot: a share of its money, limits, and a book at the venue. */
export interface BotToOpen {
  readonly botId: string;
  readonly version: number;
  /** Decimal. */
  readonly capital: string;
  readonly leverage: number;
  readonly limits: RiskLimits;
  readonly instruments: readonly string[];
}

/** Opens the account at its venue, sets what protects it, and takes over the money that the venue says is there. */
export async function beginAccount(
  { desk, venue, record }: OpenAccount,
  limits: RiskLimits,
  at: number,
): Promise<void> {
  await venue.begin(record);
  if (desk.books.scope(ACCOUNT_SCOPE).limits.length === 0) limitAccount(desk, record, limits);
  await desk.sweepNow();
  desk.books.write(() => {
    const capital = parseMoney(record.account.cash, "cash");
    desk.switches.allot(MANUAL_BOT, { id: `capital:${MANUAL_BOT}`, at, capital });
  });
}

/** Sets the limits of the account and of its owner's own orders. */
export function limitAccount(desk: Desk, record: AccountRecord, limits: RiskLimits): void {
  desk.books.write(() => {
    desk.switches.setLimits(ACCOUNT_SCOPE, coreLimits(limits));
    desk.switches.setLimits(MANUAL_BOT, manualLimits(record, limits));
  });
}

/** Opens a bot's share, or changes it to another version's. Throws where the venue holds something of the old one. */
export async function openBot(
  { desk, venue, kv, at }: { desk: Desk; venue: AccountVenue; kv: SyncKvStorage; at: number },
  { botId, version, capital, leverage, limits, instruments }: BotToOpen,
): Promise<void> {
  await venue.openBook({ bot: botId, cash: capital, leverage, instruments });
  const place = `capital:${botId}`;
  desk.books.write(() => {
    // The book at the venue began anew with the version: what the last one gained or lost is the account's now.
    if (kv.get<number>(place) !== version) {
      const held = accountBalance(desk.books.scope(botId).ledger, "cash", desk.books.account.currency);
      const change = subtract(parseMoney(capital, "capital"), held);
      desk.switches.allot(botId, { id: `${place}:${version}`, at, capital: change });
      kv.put(place, version);
    }
    desk.switches.setLimits(botId, botLimits({ limits, instruments }));
  });
}

/** The limits of a bot, which trades the instruments that it names and no others. */
export function botLimits({ limits, instruments }: Pick<BotToOpen, "limits" | "instruments">) {
  return coreLimits({ ...limits, instruments: limits.instruments ?? [...instruments] });
}
