import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { xtsStage } from "./xts-stage.ts";

brokerContract(
  "XTS",
  async () => {
    const stage = xtsStage();
    const { venue } = stage;
    const trade = (price: number) => venue.book.trade("NSECM-2885", parsePrice(String(price), "price"));
    trade(100);
    let broker = stage.begin();
    const hear = (news: readonly VenueNews[]) => void broker.hear(news);
    await stage.stream("interactive", hear);
    await stage.stream("data", hear);
    await broker.report("");
    venue.tick();
    return {
      bot: "bot_contract",
      instrument: "XTS:NSECM-2885",
      isWhole: true,
      get broker() {
        return broker;
      },
      async trade(price: number) {
        stage.clock.now += 1_000;
        trade(price);
        venue.tick();
      },
      async disturb() {
        broker = stage.begin();
      },
    };
  },
  { legs: true },
);
