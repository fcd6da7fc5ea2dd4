import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { RateBudget } from "../../../workers/brokers/request/rate-budget.ts";
import type { VenueRequests } from "../../../workers/brokers/request/venue-reply.ts";
import { venueRequests } from "../../../workers/brokers/request/venue-requests.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { xtsMarketData } from "../../../workers/brokers/xts/candles.ts";
import { XtsClient } from "../../../workers/brokers/xts/client.ts";
import { type XtsFamily, xtsRateNews, xtsWindows } from "../../../workers/brokers/xts/limits.ts";
import { XtsSession, type XtsSessionParts, type XtsToken } from "../../../workers/brokers/xts/sign.ts";
import { XtsStream } from "../../../workers/brokers/xts/stream.ts";
import { emulatedFetch, type FetchRecord } from "../emulated-fetch.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { XtsEmulator } from "./xts-emulator.ts";

export const XTS_BASE = "https://xts.emulated.example";

/** An account at an emulated XTS, with a clock that goes on while it is waited for. */
export function xtsStage(record?: (made: FetchRecord) => void) {
  const clock = new VirtualClock(1_800_000_000_000);
  const now = () => clock.now;
  const venue = new XtsEmulator({ now, random: () => 0.5, after: clock.after });
  const wait = async (delayMs: number) => {
    clock.now += delayMs;
  };
  const send = emulatedFetch(venue, record === undefined ? { now } : { now, record });
  const families = new Map<XtsFamily, VenueRequests>();
  const requests = (family: XtsFamily): VenueRequests => {
    const known = families.get(family);
    if (known !== undefined) return known;
    const budget = new RateBudget(xtsWindows(family));
    const made = venueRequests({ fetch: send, budget, rateNews: xtsRateNews, now, after: clock.after });
    families.set(family, made);
    return made;
  };
  const session = (side: XtsSessionParts["side"], key: XtsSessionParts["key"]) => {
    let token: XtsToken | undefined;
    const tokens = {
      read: () => token,
      write: (next: XtsToken | undefined) => {
        token = next;
      },
    };
    const host = { base: XTS_BASE, dataPrefix: "/apimarketdata" };
    return new XtsSession({ side, host, key, tokens, requests, now, wait });
  };
  const { keys } = venue;
  const interactive = session("interactive", { appKey: keys.appKey, secretKey: keys.secretKey });
  const dataSession = session("data", { appKey: keys.dataAppKey, secretKey: keys.dataSecretKey });
  const data = xtsMarketData(dataSession, { segments: ["NSECM"], now });
  const client = new XtsClient({ session: interactive, data, product: "NRML", clientId: "", now });
  const journal = new MemoryJournal();
  const instruments = [{ id: "XTS:NSECM-2885", base: "RELIANCE", quote: "INR" }];
  const open = () => new LiveBroker({ client, journal, instruments: () => instruments, currency: "INR", now, wait });
  return { clock, venue, client, data, interactive, dataSession, open, now };
}

/** The stream of a side onto the emulator, by a token of the session that is logged in. */
export async function xtsStreamOn(
  { venue, now }: ReturnType<typeof xtsStage>,
  { side, token, hear }: { side: "interactive" | "data"; token: XtsToken; hear: (news: readonly VenueNews[]) => void },
): Promise<EmulatedStream> {
  const script = new XtsStream({ base: XTS_BASE, token: token.token, userId: token.userID, side });
  const stream = new EmulatedStream({ venue, script, now, hear });
  stream.open();
  return stream;
}
