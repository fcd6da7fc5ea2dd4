import { calendarOf, type TradingCalendar } from "../core/candle/trading-calendar.ts";
import type { VenueInstrument } from "./venue-client.ts";

/** An instrument as it is stored and passed between objects: its calendar by name. */
export type StoredInstrument = Omit<VenueInstrument, "calendar"> & { readonly calendarId: TradingCalendar["id"] };

export function storedInstrument({ calendar, ...rest }: VenueInstrument): StoredInstrument {
  return { ...rest, calendarId: calendar.id };
}

export function venueInstrument({ calendarId, ...rest }: StoredInstrument): VenueInstrument {
  return { ...rest, calendar: calendarOf(calendarId) };
}
