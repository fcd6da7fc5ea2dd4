import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { openMt5 } from "../../../workers/brokers/mt5/open-mt5.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { emulatedFetch } from "../emulated-fetch.ts";
import { EmulatedStream } from "../emulated-stream.ts";
import { EmulatedBridgeScript, emulatedBridge } from "./emulated-bridge.ts";
import { Mt5Emulator } from "./mt5-emulator.ts";

brokerContract("MetaTrader 5 through its Expert Advisor", async () => {
  let now = 1_800_000_000_000;
  const clock = () => now++;
  const venue = new Mt5Emulator({ now: clock, random: () => 0.5, after: (_delayMs, act) => act() });
  const trade = (price: number) => venue.book.trade("BTCUSD", parsePrice(String(price), "price"));
  trade(100);
  const journal = new MemoryJournal();
  const instruments = [{ id: "MT5:BTCUSD", base: "BTC", quote: "USD" }];
  const wait = async (delayMs: number) => {
    now += delayMs;
  };
  const open = () => {
    const line = emulatedBridge(emulatedFetch(venue), () => undefined);
    const { client } = openMt5({ line, now: clock });
    return new LiveBroker({ client, journal, instruments: () => instruments, currency: "USD", now: clock, wait });
  };
  let broker = open();
  const hear = (news: readonly VenueNews[]) => void broker.hear(news);
  new EmulatedStream({ venue, script: new EmulatedBridgeScript(), now: clock, hear }).open();
  await broker.report("");
  venue.tick();
  return {
    bot: "bot_contract",
    instrument: "MT5:BTCUSD",
    get broker() {
      return broker;
    },
    async trade(price: number) {
      trade(price);
      venue.tick();
    },
    async disturb() {
      broker = open();
    },
  };
});
