import type { AccountRecord } from "../../account/account-record.ts";
import type { Instrument } from "../../core/candle/instrument.ts";
import { ALWAYS_OPEN } from "../../core/candle/trading-calendar.ts";
import type { StoredInstrument } from "../stored-instrument.ts";
import { type VenueOrigins, venueOrigin } from "../venue-origin.ts";

/** What a server on one machine is told of its stand-ins. The deployed Worker has no code that reads it. */
export interface StandInHours extends VenueOrigins {
  /** "true": stand-ins trade at any hour of any day. */
  readonly STAND_INS_ALWAYS_OPEN?: string;
}

/** Whether an account trades at a stand-in that is told to be open at any hour. */
export function isAtOpenStandIn(env: StandInHours, { account }: Pick<AccountRecord, "account">): boolean {
  const { market } = account;
  return market.kind === "venue" && env.STAND_INS_ALWAYS_OPEN === "true" && venueOrigin(env, market) !== undefined;
}

/** The same instruments, of markets that never close. */
export function atAnyHour<T extends Instrument | StoredInstrument>(instruments: readonly T[]): T[] {
  return instruments.map((instrument) =>
    "calendarId" in instrument ? { ...instrument, calendarId: ALWAYS_OPEN.id } : instrument,
  );
}
