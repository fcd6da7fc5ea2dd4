import type { Broker } from "../../../workers/brokers/broker.ts";
import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import { marksOf } from "../marks-of.ts";
import { BTC, binanceStage, listen, priceOf } from "./binance-stage.ts";

for (const kind of ["hmac", "ed25519"] as const) {
  brokerContract(
    `Binance with a key of ${kind}`,
    async () => {
      const stage = binanceStage({ kind });
      let parts = stage.start();
      let stream = await listen(stage, parts);
      const broker: Broker = {
        capabilities: parts.broker.capabilities,
        place: (order) => parts.broker.place(order),
        cancel: (id, venueOrderId) => parts.broker.cancel(id, venueOrderId),
        replace: (id, revision, terms) => parts.broker.replace(id, revision, terms),
        order: (id) => parts.broker.order(id),
        report: (cursor) => parts.broker.report(cursor),
        events: (sequence) => parts.broker.events(sequence),
      };
      return {
        broker,
        bot: "bot",
        instrument: BTC.id,
        async trade(price) {
          stage.clock.now += 1_000;
          stage.venue.book.trade("BTCUSDT", priceOf(price));
          parts.broker.hear(await marksOf(parts.binance.client, [BTC.id]));
        },
        async disturb() {
          stream.cut();
          parts = stage.start();
          stream = await listen(stage, parts);
        },
      };
    },
    { legsApart: true },
  );
}
