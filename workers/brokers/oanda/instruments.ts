import { FX_WEEK } from "../../core/candle/trading-calendar.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import { parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { instrumentId, OANDA, quoteOf } from "./parse.ts";
import type { OandaInstrument } from "./payloads.ts";

/** An instrument as it is traded. Everything here trades in the week of currencies; some of it with pauses. */
export function instrumentOf(raw: OandaInstrument): VenueInstrument {
  const { name, type, displayPrecision, tradeUnitsPrecision, minimumTradeSize, maximumOrderUnits } = raw;
  return {
    id: instrumentId(name),
    venue: OANDA,
    symbol: name,
    nativeId: name,
    kind: type === "CFD" ? "future" : "fx",
    base: name.slice(0, name.indexOf("_")),
    quote: quoteOf(name),
    tick: 10 ** -Number(displayPrecision),
    lot: 10 ** -Number(tradeUnitsPrecision),
    quantityMin: toDouble(parseQuantity(minimumTradeSize, "minimumTradeSize")),
    quantityMax: toDouble(parseQuantity(maximumOrderUnits, "maximumOrderUnits")),
    notionalMin: 0,
    daysPerYear: 252,
    kinds: ["market", "limit", "stop"],
    calendar: FX_WEEK,
    status: "trading",
  };
}
