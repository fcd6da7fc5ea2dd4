import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { openOanda } from "../../../workers/brokers/oanda/open-oanda.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { NOWHERE } from "../emulated-hosts.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { OANDA_KEYS, OandaEmulator, type OandaEmulatorParts } from "./oanda-emulator.ts";

/** A Monday, at noon. */
const BEGIN = Date.UTC(2026, 0, 5, 12);

export interface OandaStageOptions extends Partial<OandaEmulatorParts> {
  readonly record?: (made: FetchRecord) => void;
}

/** An emulated account with everything of ours that speaks to it, in one process and in virtual time. */
export function oandaStage(options: OandaStageOptions = {}) {
  const { random = () => 0.5, currency = "USD" } = options;
  const clock = new VirtualClock(BEGIN);
  const now = () => clock.now;
  const venue = new OandaEmulator({ ...options, now, random, after: (ms, act) => void clock.after(ms, act) });
  const fetch = emulatedFetch(venue, { now, ...(options.record === undefined ? {} : { record: options.record }) });
  const hosts = { rest: NOWHERE, stream: NOWHERE };
  const parts = { environment: "practice", key: OANDA_KEYS, fetch, now, after: clock.after, hosts } as const;
  const journal = new MemoryJournal();
  const instruments = [...venue.book.instruments.values()].map(({ symbol, base, quote }) => ({
    ...{ id: `OANDA:${symbol}`, base, quote },
  }));
  /** A process that begins anew with the journal of the one before. */
  const begin = () => {
    const opened = openOanda(parts);
    const broker = new LiveBroker({
      ...{ client: opened.client, journal, currency, now, wait: clock.wait },
      instruments: () => instruments,
    });
    return { ...opened, broker };
  };
  const listen = async (opened: ReturnType<typeof begin>, hear: (news: readonly VenueNews[]) => void) => {
    const script = await opened.userStream();
    const transactions = new EmulatedStream({ venue, script, now, hear });
    const prices = opened.marketStream(instruments.map(({ id }) => id));
    const pricing = new EmulatedStream({ venue, script: prices, now, hear });
    transactions.open();
    pricing.open();
    return { transactions, pricing };
  };
  return { venue, clock, journal, begin, listen };
}
