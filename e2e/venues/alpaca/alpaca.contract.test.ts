import type { Broker } from "../../../workers/brokers/broker.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import type { ContractVenue } from "../../../workers/brokers/testing/contract-venue.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { alpacaStage } from "./alpaca-stage.ts";

/** Each disturbance is a new process with the journal of the old one, and new connections to the streams. */
const open = async (): Promise<ContractVenue> => {
  const { venue, clock, begin, listen } = alpacaStage();
  const trade = (price: number) => venue.book.trade("AAPL", parsePrice(String(price), "price"));
  trade(100);
  let process = begin();
  let mayMiss = false;
  const hear: Parameters<typeof listen>[1] = (news) => {
    mayMiss = process.broker.hear(news) || mayMiss;
  };
  /** Whoever holds a stream asks for everything once it may have missed something. */
  const catchUp = async () => {
    if (!mayMiss) return;
    mayMiss = false;
    await clock.until(process.broker.report(""));
  };
  let streams = listen(process, hear);
  await clock.until(process.broker.report(""));
  const broker: Broker = {
    capabilities: process.broker.capabilities,
    place: (order) => clock.until(process.broker.place(order)),
    cancel: (id, venueOrderId) => clock.until(process.broker.cancel(id, venueOrderId)),
    replace: (id, revision, terms) => clock.until(process.broker.replace(id, revision, terms)),
    order: (id) => clock.until(process.broker.order(id)),
    report: (cursor) => clock.until(process.broker.report(cursor)),
    events: async (sequence) => {
      await catchUp();
      return process.broker.events(sequence);
    },
  };
  return {
    broker,
    bot: "bot",
    instrument: "ALPACA:AAPL",
    trade: async (price) => {
      trade(price);
      await catchUp();
    },
    disturb: async () => {
      for (const stream of streams) stream.cut();
      process = begin();
      streams = listen(process, hear);
      await catchUp();
    },
  };
};

brokerContract("Alpaca", open, { legsApart: true });
