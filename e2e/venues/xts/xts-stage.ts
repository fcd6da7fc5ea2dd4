import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { openXts } from "../../../workers/brokers/xts/open-xts.ts";
import { XtsStream } from "../../../workers/brokers/xts/stream.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { XtsEmulator } from "./xts-emulator.ts";

export const XTS_HOST = { base: "https://xts.emulated.example", dataPrefix: "/apimarketdata" };

/** The emulator's keys, as an account has them. */
export function keysOf({ keys }: XtsEmulator) {
  return {
    interactive: { appKey: keys.appKey, secretKey: keys.secretKey },
    market: { appKey: keys.dataAppKey, secretKey: keys.dataSecretKey },
  };
}

/** An account at an emulated XTS, with a clock that goes on while it is waited for. */
export function xtsStage(record?: (made: FetchRecord) => void) {
  const clock = new VirtualClock(1_800_000_000_000);
  const now = () => clock.now;
  const venue = new XtsEmulator({ now, random: () => 0.5, after: clock.after });
  const wait = async (delayMs: number) => {
    clock.now += delayMs;
  };
  const fetch = emulatedFetch(venue, record === undefined ? { now } : { now, record });
  const xts = openXts({ fetch, now, after: clock.after, wait, host: XTS_HOST, ...keysOf(venue), segments: ["NSECM"] });
  const journal = new MemoryJournal();
  const instruments = [{ id: "XTS:NSECM-2885", base: "RELIANCE", quote: "INR" }];
  const begin = () =>
    new LiveBroker({ client: xts.client, journal, instruments: () => instruments, currency: "INR", now, wait });
  /** Opens the stream of a side, as a sidecar does with what the account hands it. */
  const stream = async (side: "interactive" | "data", hear: (news: readonly VenueNews[]) => void) => {
    const script = new XtsStream(await xts.streamCredentials(side));
    const held = new EmulatedStream({ venue, script, now, hear });
    held.open();
    return held;
  };
  return { clock, venue, ...xts, begin, stream, now };
}
