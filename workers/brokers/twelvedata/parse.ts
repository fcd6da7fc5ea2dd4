import { z } from "zod";
import { type Candle, type CandleColumns, candlesOf } from "../../core/candle/candle.ts";
import type { InstrumentKind } from "../../core/candle/instrument.ts";
import { ALWAYS_OPEN, FX_WEEK, type TradingCalendar, US_STOCK } from "../../core/candle/trading-calendar.ts";
import { parseDecimal } from "../../core/ledger/decimal-text.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { CANDLES_MAX } from "./capabilities.ts";

/** The venue's name in the ids of its instruments. */
export const TWELVEDATA = "TWELVEDATA";

const Text = z.string().max(200);
const Decimal = z.string().max(40);
const SYMBOL = /^[A-Z0-9][A-Z0-9.&_-]{0,23}(?:\/[A-Z0-9]{1,12})?$/;

const Row = z.looseObject({
  datetime: z.string().max(19),
  open: Decimal,
  high: Decimal,
  low: Decimal,
  close: Decimal,
  volume: Decimal.optional(),
});
export const SeriesReply = z.looseObject({ values: z.array(Row).max(CANDLES_MAX) });
export const EarliestReply = z.looseObject({ unix_time: z.string().regex(/^-?\d{1,11}$/) });
export const PriceReply = z.looseObject({ price: Decimal });
export const PricesReply = z.record(Text, z.union([PriceReply, z.looseObject({ status: z.literal("error") })]));
export const UsageReply = z.looseObject({
  current_usage: Text,
  plan_limit: Text,
  plan_daily_limit: Text.optional(),
  plan_category: Text.optional(),
});
/** Lists hold names that we would not ask for: those are passed over. */
export const PairsReply = z.looseObject({ data: z.array(z.looseObject({ symbol: Text })).max(50_000) });
export const StocksReply = z.looseObject({
  data: z.array(z.looseObject({ symbol: Text, currency: Text, type: Text.optional() })).max(50_000),
});

/** The venue's symbol of an instrument, or undefined for one of another venue. */
export function nativeSymbol(instrument: string): string | undefined {
  const cut = instrument.indexOf(":");
  const symbol = instrument.slice(cut + 1);
  return instrument.slice(0, cut) === TWELVEDATA && SYMBOL.test(symbol) ? symbol : undefined;
}

const CALENDARS: Readonly<Record<"crypto" | "fx" | "stock", TradingCalendar>> = {
  ...{ crypto: ALWAYS_OPEN, fx: FX_WEEK, stock: US_STOCK },
};

/** An instrument as far as prices need it: there is nothing that could be ordered. Undefined for a name that is none. */
export function instrumentOf(
  symbol: string,
  kind: Extract<InstrumentKind, "crypto" | "fx" | "stock">,
  currency: string,
): VenueInstrument | undefined {
  const [base = "", quote = currency] = symbol.split("/");
  const isPair = symbol.includes("/");
  if (!SYMBOL.test(symbol) || isPair === (kind === "stock") || !/^[A-Z0-9]{1,12}$/.test(quote)) return undefined;
  return {
    ...{ id: `${TWELVEDATA}:${symbol}`, venue: TWELVEDATA, symbol, nativeId: symbol, kind, base, quote },
    ...{ tick: 0, lot: 0, quantityMin: 0, notionalMin: 0, quantityMax: undefined, kinds: [], status: "trading" },
    ...{ daysPerYear: kind === "crypto" ? 365 : 252, calendar: CALENDARS[kind] },
  };
}

/** Candles of a reply in the order of time. Throws RangeError and DecimalError for one that is none. */
export function candlesOfRows(rows: z.infer<typeof SeriesReply>["values"]): CandleColumns {
  let before = Number.NEGATIVE_INFINITY;
  const candles = rows.map((row): Candle => {
    const time = timeOf(row.datetime);
    if (time <= before) throw new RangeError(`candles must be in order, was ${time} after ${before}`);
    before = time;
    const { open, high, low, close, volume = "0" } = row;
    return {
      ...{ time, open: numberOf(open), high: numberOf(high), low: numberOf(low), close: numberOf(close) },
      volume: numberOf(volume),
    };
  });
  return candlesOf(candles);
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?$/;

/** "2021-09-16 15:59:00", or a day alone, as UTC ms: every request asks for UTC. */
function timeOf(text: string): number {
  const [, day, clock = "00:00:00"] = MOMENT.exec(text) ?? [];
  const time = day === undefined ? Number.NaN : Date.parse(`${day}T${clock}Z`);
  if (Number.isNaN(time)) throw new RangeError("datetime must be a time");
  return time;
}

/** An instant as requests write it. */
export function instantText(time: number): string {
  return new Date(time).toISOString().slice(0, 19);
}

function numberOf(text: string): number {
  parseDecimal(text, "candle");
  return Number(text);
}
