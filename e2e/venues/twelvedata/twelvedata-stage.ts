import type { MarketData } from "../../../workers/brokers/market-data.ts";
import { openTwelveData } from "../../../workers/brokers/twelvedata/open-twelvedata.ts";
import type { VenueInstrument } from "../../../workers/brokers/venue-client.ts";
import { emulatedFetch } from "../emulated-fetch.ts";
import { NOWHERE, NOWHERE_SOCKET } from "../emulated-hosts.ts";
import { TWELVEDATA_KEY, TwelveDataEmulator } from "./twelvedata-emulator.ts";

/** A Monday, an hour after the stock exchanges have opened. */
const BEGIN = Date.UTC(2026, 0, 5, 15, 30, 20);
export const TWELVEDATA_TEST_HOSTS = { rest: NOWHERE, stream: `${NOWHERE_SOCKET}/v1/quotes/price` };

/** The emulator with our adapter in front of it, in time that a test sets. */
export function twelveDataStage({ apiKey = TWELVEDATA_KEY } = {}) {
  const clock = { now: BEGIN };
  const now = () => clock.now;
  const venue = new TwelveDataEmulator({ now, random: () => 0.5, after: () => undefined });
  const fetch = emulatedFetch(venue, { now });
  const opened = openTwelveData({ fetch, now, after: () => () => undefined, apiKey, hosts: TWELVEDATA_TEST_HOSTS });
  return { ...opened, venue, clock };
}

export async function instrumentNamed(market: MarketData, id: string): Promise<VenueInstrument> {
  const found = (await market.instruments()).find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} must be listed, was not`);
  return found;
}
