import { openAlpaca } from "../../../workers/brokers/alpaca/open-alpaca.ts";
import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { NOWHERE, NOWHERE_SOCKET } from "../emulated-hosts.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { ALPACA_KEYS, AlpacaEmulator } from "./alpaca-emulator.ts";

/** Whatever the host: requests never leave the process. */
export const ALPACA_TEST_HOSTS = {
  trading: NOWHERE,
  data: NOWHERE,
  stream: `${NOWHERE_SOCKET}/stream`,
  dataStreams: {
    iex: `${NOWHERE_SOCKET}/v2/iex`,
    sip: `${NOWHERE_SOCKET}/v2/sip`,
    crypto: `${NOWHERE_SOCKET}/v1beta3/crypto/us`,
  },
} as const;
/** A Monday, an hour after the stock exchanges have opened. */
const BEGIN = Date.UTC(2026, 0, 5, 15, 30);

export interface AlpacaStageOptions {
  readonly random?: () => number;
  readonly record?: (made: FetchRecord) => void;
}

/** An emulated account with everything of ours that speaks to it, in one process and in virtual time. */
export function alpacaStage({ random = () => 0.5, record }: AlpacaStageOptions = {}) {
  const clock = new VirtualClock(BEGIN);
  const now = () => clock.now;
  const venue = new AlpacaEmulator({ now, random, after: (ms, act) => void clock.after(ms, act) });
  const fetch = emulatedFetch(venue, { now, ...(record === undefined ? {} : { record }) });
  const parts = {
    environment: "paper",
    key: ALPACA_KEYS,
    fetch,
    now,
    after: clock.after,
    hosts: ALPACA_TEST_HOSTS,
  } as const;
  const journal = new MemoryJournal();
  const instruments = [...venue.book.instruments.values()].map(({ symbol, base, quote }) => ({
    ...{ id: `ALPACA:${symbol}`, base, quote },
  }));
  /** A process that begins anew with the journal of the one before. */
  const begin = () => {
    const opened = openAlpaca(parts);
    const broker = new LiveBroker({
      ...{ client: opened.client, journal, currency: "USD", now, wait: clock.wait },
      instruments: () => instruments,
    });
    return { ...opened, broker };
  };
  const listen = (opened: ReturnType<typeof begin>, hear: (news: readonly VenueNews[]) => void) => {
    const scripts = [opened.userStream(), ...opened.marketStreams(instruments.map(({ id }) => id))];
    const streams = scripts.map((script) => new EmulatedStream({ venue, script, now, hear }));
    for (const stream of streams) stream.open();
    return streams;
  };
  return { venue, clock, journal, begin, listen };
}
