import type { Instrument } from "../candle/instrument.ts";
import type { TradingCalendar } from "../candle/trading-calendar.ts";
import { ALWAYS_OPEN, FX_WEEK, US_STOCK } from "../candle/trading-calendar.ts";

/** Everything the simulated market knows about an instrument beside its name and grid. */
export interface SimProfile {
  readonly instrument: Instrument;
  readonly calendar: TradingCalendar;
  /** Price around which the history starts, and around which it ends, in quote units. */
  readonly priceStart: number;
  readonly priceEnd: number;
  /** Standard deviation of log returns over a year of trading time. */
  readonly volatility: number;
  /** Mean volume of a minute in base units. */
  readonly minuteVolume: number;
}

const CRYPTO = { venue: "SIM", kind: "crypto", quote: "USD", notionalMin: 5, daysPerYear: 365 } as const;
const FX = { venue: "SIM", kind: "fx", lot: 1, quantityMin: 1, notionalMin: 0, daysPerYear: 252 } as const;
const STOCK = {
  venue: "SIM",
  kind: "stock",
  quote: "USD",
  tick: 0.01,
  lot: 1,
  quantityMin: 1,
  notionalMin: 0,
  daysPerYear: 252,
} as const;

const BTC: Instrument = {
  ...CRYPTO,
  id: "SIM:BTC-USD",
  symbol: "BTC-USD",
  base: "BTC",
  tick: 0.01,
  lot: 0.00001,
  quantityMin: 0.00001,
};
const ETH: Instrument = {
  ...CRYPTO,
  id: "SIM:ETH-USD",
  symbol: "ETH-USD",
  base: "ETH",
  tick: 0.01,
  lot: 0.0001,
  quantityMin: 0.0001,
};
const SOL: Instrument = {
  ...CRYPTO,
  id: "SIM:SOL-USD",
  symbol: "SOL-USD",
  base: "SOL",
  tick: 0.001,
  lot: 0.001,
  quantityMin: 0.001,
};
const EUR: Instrument = { ...FX, id: "SIM:EUR-USD", symbol: "EUR-USD", base: "EUR", quote: "USD", tick: 0.00001 };
const JPY: Instrument = { ...FX, id: "SIM:USD-JPY", symbol: "USD-JPY", base: "USD", quote: "JPY", tick: 0.001 };
const ACME: Instrument = { ...STOCK, id: "SIM:ACME", symbol: "ACME", base: "ACME" };
const ORBT: Instrument = { ...STOCK, id: "SIM:ORBT", symbol: "ORBT", base: "ORBT" };
const VOLT: Instrument = { ...STOCK, id: "SIM:VOLT", symbol: "VOLT", base: "VOLT" };

/**
 * The eight instruments: three of crypto that trade always, two currency pairs that trade from Sunday to Friday 17:00
 * New York time, and three invented stocks (a steady one, a grower, a wild one) with New York sessions, daylight time,
 * holidays and early closes.
 */
export const SIM_PROFILES: readonly SimProfile[] = [
  { instrument: BTC, calendar: ALWAYS_OPEN, priceStart: 9_000, priceEnd: 85_000, volatility: 0.5, minuteVolume: 12 },
  { instrument: ETH, calendar: ALWAYS_OPEN, priceStart: 400, priceEnd: 4_200, volatility: 0.62, minuteVolume: 150 },
  { instrument: SOL, calendar: ALWAYS_OPEN, priceStart: 20, priceEnd: 190, volatility: 0.75, minuteVolume: 2_500 },
  { instrument: EUR, calendar: FX_WEEK, priceStart: 1.28, priceEnd: 1.12, volatility: 0.08, minuteVolume: 900_000 },
  { instrument: JPY, calendar: FX_WEEK, priceStart: 104, priceEnd: 138, volatility: 0.09, minuteVolume: 800_000 },
  { instrument: ACME, calendar: US_STOCK, priceStart: 38, priceEnd: 165, volatility: 0.2, minuteVolume: 9_000 },
  { instrument: ORBT, calendar: US_STOCK, priceStart: 22, priceEnd: 410, volatility: 0.32, minuteVolume: 14_000 },
  { instrument: VOLT, calendar: US_STOCK, priceStart: 31, priceEnd: 240, volatility: 0.55, minuteVolume: 30_000 },
];

export const SIM_INSTRUMENTS: readonly Instrument[] = SIM_PROFILES.map(({ instrument }) => instrument);

/** The profile of `symbol` (such as `BTC-USD`); throws RangeError where the simulated market does not have it. */
export function simProfile(symbol: string): SimProfile {
  const profile = SIM_PROFILES.find(({ instrument }) => instrument.symbol === symbol);
  if (profile === undefined) {
    const known = SIM_INSTRUMENTS.map((instrument) => instrument.symbol).join(", ");
    throw new RangeError(`symbol must be one of ${known}, was ${symbol}`);
  }
  return profile;
}
