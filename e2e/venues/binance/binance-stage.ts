import type { BinanceHosts } from "../../../workers/brokers/binance/environment.ts";
import { openBinance } from "../../../workers/brokers/binance/open-binance.ts";
import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { seededRandom } from "../../../workers/core/testing/random-candles.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { NOWHERE, NOWHERE_SOCKET } from "../emulated-hosts.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { BinanceEmulator, type BinanceEmulatorParts } from "./binance-emulator.ts";

export const NOW = 1_700_000_000_000;
export const BTC = { id: "BINANCE:BTCUSDT", base: "BTC", quote: "USDT" };

export const EMULATED_HOSTS: BinanceHosts = {
  rest: NOWHERE,
  data: NOWHERE,
  socket: `${NOWHERE_SOCKET}/ws-api/v3`,
  marketStream: `${NOWHERE_SOCKET}/stream`,
  hasWallet: true,
};

/** The emulator with our adapter and a broker with a memory in front of it, in time that a test moves. */
export function binanceStage(parts: Partial<BinanceEmulatorParts> & { seed?: number; kind?: "hmac" | "ed25519" } = {}) {
  const { seed = 1, kind = "hmac", ...rest } = parts;
  const clock = new VirtualClock(NOW);
  const random = seededRandom(seed);
  const after = (delayMs: number, act: () => void) => void clock.after(delayMs, act);
  const venue = new BinanceEmulator({ now: () => clock.now, random, after, firstId: 9_007_199_254_740_993n, ...rest });
  const made: FetchRecord[] = [];
  const fetch = emulatedFetch(venue, { now: () => clock.now, record: (each) => made.push(each) });
  const secrets = { hmac: "HMAC", ed25519: "Ed25519" }[kind];
  const keys = venue.keys as Readonly<Record<string, string>>;
  const key = { kind, apiKey: keys[`${secrets} key`], secret: keys[`${secrets} secret`] } as const;
  const open = () =>
    openBinance({ environment: "live", key, fetch, now: () => clock.now, after: clock.after, hosts: EMULATED_HOSTS });
  const journal = new MemoryJournal();
  const start = () => {
    const binance = open();
    const broker = new LiveBroker({
      ...{ client: binance.client, journal, instruments: () => [BTC], currency: "USDT" },
      ...{ now: () => clock.now, wait: clock.wait },
    });
    return { binance, broker };
  };
  return { clock, venue, made, journal, fetch, key, open, start };
}

/** Holds the account's stream onto a broker. */
export async function listen(
  stage: ReturnType<typeof binanceStage>,
  { binance, broker }: ReturnType<ReturnType<typeof binanceStage>["start"]>,
) {
  const script = await binance.userStream([BTC.id]);
  const stream = new EmulatedStream({
    venue: stage.venue,
    script,
    now: () => stage.clock.now,
    hear: (news) => void broker.hear(news),
  });
  stream.open();
  return stream;
}

export const priceOf = (price: number) => parsePrice(String(price), "price");
