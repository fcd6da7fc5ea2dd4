import type { Broker } from "../../../workers/brokers/broker.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { oandaStage } from "./oanda-stage.ts";

/** Each disturbance is a new process with the journal of the old one, and new connections to the streams. */
brokerContract("OANDA", async () => {
  const { venue, begin, listen } = oandaStage();
  const trade = (price: number) => venue.book.trade("XAG_USD", parsePrice(String(price), "price"));
  trade(100);
  let process = begin();
  let streams = await listen(process, (news) => void process.broker.hear(news));
  // An account is asked for everything before it trades.
  await process.broker.report("");
  const broker: Broker = {
    capabilities: process.broker.capabilities,
    place: (order) => process.broker.place(order),
    cancel: (id, venueOrderId) => process.broker.cancel(id, venueOrderId),
    replace: (id, revision, terms) => process.broker.replace(id, revision, terms),
    order: (id) => process.broker.order(id),
    report: (cursor) => process.broker.report(cursor),
    events: (sequence) => process.broker.events(sequence),
  };
  return {
    broker,
    bot: "bot",
    instrument: "OANDA:XAG_USD",
    trade: async (price) => {
      trade(price);
      streams.transactions.tick();
    },
    disturb: async () => {
      streams.transactions.cut();
      streams.pricing.cut();
      process = begin();
      streams = await listen(process, (news) => void process.broker.hear(news));
    },
  };
});
