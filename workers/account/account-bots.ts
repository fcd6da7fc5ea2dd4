import type { RiskLimits } from "../../schema/wire/risk.ts";
import { subtract } from "../core/ledger/decimal.ts";
import { parseMoney } from "../core/ledger/decimal-text.ts";
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

/** Opens a bot's share, or changes it to another version's. Throws where the venue holds something of the old one. */
export async function openBot(
  { desk, venue, kv, at }: { desk: Desk; venue: AccountVenue; kv: SyncKvStorage; at: number },
  { botId, version, capital, leverage, limits, instruments }: BotToOpen,
): Promise<void> {
  await venue.openBook({ bot: botId, cash: capital, leverage, instruments });
  const place = `capital:${botId}`;
  desk.books.write(() => {
    const allotted = parseMoney(kv.get<string>(place) ?? "0", "capital");
    const change = subtract(parseMoney(capital, "capital"), allotted);
    desk.switches.allot(botId, { id: `${place}:${version}`, at, capital: change });
    kv.put(place, capital);
    desk.switches.setLimits(botId, botLimits({ limits, instruments }));
  });
}

/** Sets the limits of an account, and with them those of a person's own orders. Inside a write. */
export function limitAccount(desk: Desk, record: AccountRecord, limits: RiskLimits): void {
  desk.switches.setLimits(ACCOUNT_SCOPE, coreLimits(limits));
  desk.switches.setLimits(MANUAL_BOT, manualLimits(record, limits));
}

/** The limits of a bot, which trades the instruments that it names and no others. */
export function botLimits({ limits, instruments }: Pick<BotToOpen, "limits" | "instruments">) {
  return coreLimits({ ...limits, instruments: limits.instruments ?? [...instruments] });
}
