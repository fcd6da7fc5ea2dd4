import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { OandaClient } from "../../../workers/brokers/oanda/client.ts";
import { OANDA_WINDOWS, oandaRateNews } from "../../../workers/brokers/oanda/limits.ts";
import { OandaPricingScript } from "../../../workers/brokers/oanda/pricing-stream.ts";
import { OandaTransactionScript } from "../../../workers/brokers/oanda/stream.ts";
import { RateBudget } from "../../../workers/brokers/request/rate-budget.ts";
import { venueRequests } from "../../../workers/brokers/request/venue-requests.ts";
import type { VenueJournal } from "../../../workers/brokers/venue-journal.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { OANDA_KEYS, OandaEmulator, type OandaEmulatorParts } from "./oanda-emulator.ts";

/** Whatever the host: requests never leave the process. */
const HOST = "https://oanda.test";

export interface OpenOandaOptions extends Partial<OandaEmulatorParts> {
  readonly clock?: VirtualClock;
  readonly random?: () => number;
  readonly journal?: VenueJournal;
  readonly currency?: string;
  readonly record?: (made: FetchRecord) => void;
}

/** An emulated account with everything of ours that speaks to it, in one process and in virtual time. */
export function openOanda(options: OpenOandaOptions = {}) {
  const { clock = new VirtualClock(Date.UTC(2026, 0, 5, 12)), random = () => 0.5, currency = "USD" } = options;
  const now = () => clock.now;
  const venue = new OandaEmulator({ ...options, now, random, after: (ms, act) => void clock.after(ms, act) });
  const fetch = emulatedFetch(venue, { now, ...(options.record === undefined ? {} : { record: options.record }) });
  const newClient = () => {
    const requests = venueRequests({
      ...{ fetch, now, after: clock.after },
      budget: new RateBudget(OANDA_WINDOWS),
      rateNews: oandaRateNews,
    });
    return { requests, client: new OandaClient({ requests, rest: HOST, key: OANDA_KEYS }) };
  };
  const journal = options.journal ?? new MemoryJournal();
  const instruments = [...venue.book.instruments.values()].map(({ symbol, base, quote }) => ({
    ...{ id: `OANDA:${symbol}`, base, quote },
  }));
  const newBroker = () =>
    new LiveBroker({
      ...{ client: newClient().client, journal, currency, now, wait: clock.wait },
      instruments: () => instruments,
    });
  const streamParts = { stream: HOST, key: OANDA_KEYS, currency };
  const holders = (hear: (news: Parameters<LiveBroker["hear"]>[0]) => void) => ({
    transactions: new EmulatedStream({ venue, script: new OandaTransactionScript(streamParts), now, hear }),
    pricing: new EmulatedStream({
      ...{ venue, now, hear },
      script: new OandaPricingScript({ ...streamParts, instruments: instruments.map(({ id }) => id) }),
    }),
  });
  return { venue, clock, journal, newClient, newBroker, holders };
}
