import { LiveBroker } from "../../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../../workers/brokers/memory-journal.ts";
import { Mt5Client } from "../../../workers/brokers/mt5/client.ts";
import { bridgeNews } from "../../../workers/brokers/mt5/stream.ts";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { emulatedBridge } from "./emulated-bridge.ts";
import { Mt5Emulator } from "./mt5-emulator.ts";

brokerContract("MetaTrader 5 through its Expert Advisor", async () => {
  let now = 1_800_000_000_000;
  const clock = () => now++;
  const venue = new Mt5Emulator({ now: clock, random: () => 0.5, after: (_delayMs, act) => act() });
  const trade = (price: number) => venue.book.trade("BTCUSD", parsePrice(String(price), "price"));
  trade(100);
  const journal = new MemoryJournal();
  const instruments = [{ id: "MT5:BTCUSD", base: "BTC", quote: "USD" }];
  const client = () => new Mt5Client({ line: emulatedBridge(venue), now: clock });
  const opened = () =>
    new LiveBroker({
      ...{ client: client(), journal, instruments: () => instruments, currency: "USD", now: clock },
      wait: async (delayMs) => {
        now += delayMs;
      },
    });
  let broker = opened();
  venue.hear = ({ e, d }) => {
    const content = readJson(JSON.stringify(d)) as Record<string, unknown>;
    broker.hear(bridgeNews({ sequence: 1, name: e as "deal", content }, now));
  };
  const told = {
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
      broker = opened();
    },
  };
  await broker.report("");
  venue.tick();
  return told;
});
