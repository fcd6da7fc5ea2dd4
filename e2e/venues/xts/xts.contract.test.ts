import { brokerContract } from "../../../workers/brokers/testing/broker-contract.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { xtsStage, xtsStreamOn } from "./xts-stage.ts";

brokerContract(
  "XTS",
  async () => {
    const stage = xtsStage();
    const { venue } = stage;
    const trade = (price: number) => venue.book.trade("NSECM-2885", parsePrice(String(price), "price"));
    trade(100);
    let broker = stage.open();
    const hear = (news: Parameters<typeof broker.hear>[0]) => void broker.hear(news);
    await xtsStreamOn(stage, { side: "interactive", token: await stage.interactive.token(), hear });
    await xtsStreamOn(stage, { side: "data", token: await stage.dataSession.token(), hear });
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
        broker = stage.open();
      },
    };
  },
  { legs: true },
);
