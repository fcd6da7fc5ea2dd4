import type { InstrumentKind } from "../../core/candle/instrument.ts";
import { INDIA_STOCK } from "../../core/candle/trading-calendar.ts";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { XTS_CAPABILITIES } from "./capabilities.ts";
import { instrumentId, instrumentKey } from "./parse.ts";

/** Instruments of one list: all segments have less than half of it. */
const LINES_MAX = 500_000;
/** Columns that all segments have in common; what follows differs from one to the next. */
const COLUMN = { segment: 0, number: 1, type: 2, name: 3, description: 4, series: 5, freeze: 10, tick: 11, lot: 12 };
const COLUMNS_MIN = 13;
const FUTURE_TYPES: ReadonlySet<string> = new Set(["1", "2", "4"]);

/**
 * Instruments of the text that the venue sends once a day: a line each, fields between bars. Lines that cannot be read are
 * left out and counted: one bad line of a hundred thousand must not hide the others.
 */
export function readMaster(text: string): { readonly instruments: VenueInstrument[]; readonly unreadable: number } {
  const instruments: VenueInstrument[] = [];
  let unreadable = 0;
  const lines = text.split("\n", LINES_MAX);
  for (const line of lines) {
    if (line.trim() === "") continue;
    const instrument = instrumentOf(line.trim().split("|"));
    if (instrument === undefined) unreadable += 1;
    else instruments.push(instrument);
  }
  return { instruments, unreadable };
}

function instrumentOf(fields: readonly string[]): VenueInstrument | undefined {
  if (fields.length < COLUMNS_MIN) return undefined;
  const field = (name: keyof typeof COLUMN) => fields[COLUMN[name]] ?? "";
  const id = instrumentId(field("segment"), field("number"));
  const key = instrumentKey(id);
  const [tick, lot, freeze] = [numberOf(field("tick")), numberOf(field("lot")), numberOf(field("freeze"))];
  if (key === undefined || tick === undefined || lot === undefined || field("name") === "") return undefined;
  const kind: InstrumentKind = FUTURE_TYPES.has(field("type")) ? "future" : "stock";
  return {
    ...{ id, venue: "XTS", symbol: `${key.segment}-${key.number}`, nativeId: field("description") || field("name") },
    ...{ kind, base: field("name"), quote: "INR", tick, lot, quantityMin: lot, notionalMin: 0, daysPerYear: 252 },
    // An order of the freeze quantity itself is already refused.
    quantityMax: freeze === undefined || freeze <= lot ? undefined : Math.floor((freeze - 1) / lot) * lot,
    kinds: XTS_CAPABILITIES.kinds,
    calendar: INDIA_STOCK,
    status: "trading",
  };
}

function numberOf(text: string): number | undefined {
  try {
    parsePrice(text, "number");
    return Number(text);
  } catch {
    return undefined;
  }
}
