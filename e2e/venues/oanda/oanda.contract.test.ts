import type { Broker } from "../../../workers/brokers/broker.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { openOanda } from "./open-oanda.ts";

const INSTRUMENT = "OANDA:XAG_USD";

/** Each disturbance is a new process with the journal of the old one, and a new connection to the stream. */
brokerContract("OANDA", async () => {
  const opened = openOanda();
  const trade = async (price: number) => opened.venue.trade("XAG_USD", parsePrice(String(price), "price"));
  await trade(100);
  let broker = opened.newBroker();
  const listen = () => {
    const streams = opened.holders((news) => void broker.hear(news));
    streams.transactions.open();
    streams.pricing.open();
    return streams;
  };
  let streams = listen();
  await broker.report("");
  const tick = () => streams.transactions.tick();
  const facade: Broker = {
    capabilities: broker.capabilities,
    place: (order) => broker.place(order),
    cancel: (id, venueOrderId) => broker.cancel(id, venueOrderId),
    replace: (id, revision, terms) => broker.replace(id, revision, terms),
    order: (id) => broker.order(id),
    report: (cursor) => broker.report(cursor),
    events: (sequence) => broker.events(sequence),
  };
  return {
    broker: facade,
    bot: "bot",
    instrument: INSTRUMENT,
    trade: async (price) => {
      await trade(price);
      tick();
    },
    disturb: async () => {
      streams.transactions.cut();
      streams.pricing.cut();
      broker = opened.newBroker();
      streams = listen();
    },
  };
});
