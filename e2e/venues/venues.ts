import { AlpacaEmulator } from "./alpaca/alpaca-emulator.ts";
import { BinanceEmulator } from "./binance/binance-emulator.ts";
import type { EmulatorParts } from "./emulator-parts.ts";
import { Mt5Emulator } from "./mt5/mt5-emulator.ts";
import { OandaEmulator } from "./oanda/oanda-emulator.ts";
import { TwelveDataEmulator } from "./twelvedata/twelvedata-emulator.ts";
import type { VenueEmulator } from "./venue-emulator.ts";
import { XtsEmulator } from "./xts/xts-emulator.ts";

/** Emulators that can be started by hand, by name. */
export const VENUES: Readonly<Record<string, (parts: EmulatorParts) => VenueEmulator>> = {
  alpaca: (parts) => new AlpacaEmulator(parts),
  binance: (parts) => new BinanceEmulator(parts),
  mt5: (parts) => new Mt5Emulator(parts),
  oanda: (parts) => new OandaEmulator(parts),
  twelvedata: (parts) => new TwelveDataEmulator(parts),
  xts: (parts) => new XtsEmulator(parts),
};
