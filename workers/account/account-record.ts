import { z } from "zod";
import { type AccountMarket, TradingAccount } from "../../schema/wire/trading.ts";
import type { StoredInstrument } from "../brokers/stored-instrument.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { ALWAYS_OPEN, calendarOf as namedCalendar, type TradingCalendar } from "../core/candle/trading-calendar.ts";
import { type Money, ofUnits, type Quantity } from "../core/ledger/decimal.ts";
import { gridStep } from "../core/ledger/decimal-double.ts";
import { simProfile } from "../core/sim/sim-instrument.ts";
import type { DeskAccount, DeskInstrument } from "./desk-account.ts";

/** What an account's object knows of itself; `instruments` are those that its market has. */
export const AccountRecord = z.object({
  ownerId: z.string(),
  account: TradingAccount,
  instruments: z.array(z.custom<Instrument>((value) => typeof value === "object" && value !== null)),
});
export type AccountRecord = z.infer<typeof AccountRecord>;

/** The market of an account at a venue. */
export type VenueAccountMarket = Extract<AccountMarket, { readonly kind: "venue" }>;

/** How far a venue's balance may be off by its own rounding: two figures to the cent, where cash is told by equity. */
const VENUE_BALANCE_TOLERANCE = "0.02";

/** The account as its desk needs it. */
export function deskAccountOf({ account, instruments }: AccountRecord): DeskAccount {
  return {
    id: account.id,
    currency: account.currency,
    method: account.method,
    instruments: new Map(instruments.map((instrument) => [instrument.id, deskInstrument(instrument, account)])),
    marketTime: account.market.kind === "replay",
    // The simulated venue books the same decimals as we do.
    balanceTolerance: account.market.kind === "venue" ? VENUE_BALANCE_TOLERANCE : "0",
  };
}

/** Has a desk that is open go by the rules that its record has now. */
export function renewDeskInstruments({ instruments }: DeskAccount, record: AccountRecord): void {
  if (!(instruments instanceof Map)) throw new Error("the instruments of a desk must be a map of its own");
  for (const [id, rules] of deskAccountOf(record).instruments) instruments.set(id, rules);
}

function calendarOf(instrument: Instrument, { market }: TradingAccount): TradingCalendar {
  if (market.kind === "sim") return simProfile(instrument.symbol).calendar;
  // A replay is open whenever it has candles to play.
  return market.kind === "venue" && "calendarId" in instrument
    ? namedCalendar((instrument as StoredInstrument).calendarId)
    : ALWAYS_OPEN;
}

function deskInstrument(instrument: Instrument, account: TradingAccount): DeskInstrument {
  const { tick, lot, quantityMin, notionalMin, quote } = instrument;
  return {
    tick: gridStep(tick, "tick"),
    lot: gridStep(lot, "lot"),
    quantityMin:
      quantityMin === 0 ? ofUnits<Quantity>(0n) : (gridStep(quantityMin, "quantityMin") as unknown as Quantity),
    notionalMin: notionalMin === 0 ? ofUnits<Money>(0n) : (gridStep(notionalMin, "notionalMin") as unknown as Money),
    calendar: calendarOf(instrument, account),
    isDelisted: account.market.kind === "venue" && (instrument as StoredInstrument).status === "delisted",
    quote,
  };
}
