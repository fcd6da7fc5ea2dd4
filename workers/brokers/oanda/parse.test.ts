import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import { oandaRateNews } from "./limits.ts";
import { endingOf, fillsOf, markOf, nativeName } from "./parse.ts";
import type { OandaTransaction } from "./payloads.ts";

const FILL: OandaTransaction = {
  ...{ id: "20", batchID: "19", time: "2026-01-05T12:00:00.123456789Z", type: "ORDER_FILL", orderID: "19" },
  ...{ instrument: "EUR_USD", units: "-150", price: "1.15", commission: "0.5", clientOrderID: "ours" },
};

function shown(transaction: OandaTransaction) {
  return fillsOf(transaction, "EUR").map(({ tradeId, quantity, price, fee }) =>
    [tradeId, formatDecimal(quantity), formatDecimal(price), formatDecimal(fee)].join(" "),
  );
}

describe("a fill of OANDA", () => {
  it("is one trade where all of it has one price, that of its parts", () => {
    const tradesClosed = [{ tradeID: "7", units: "-100", price: "1.151" }];
    const tradeOpened = { tradeID: "20", units: "-50", price: "1.151" };
    expect(shown({ ...FILL, tradesClosed, tradeOpened })).toEqual(["20 150 1.151 0.5"]);
  });

  it("is a trade for each price, whose quantities are all of it, with the fee told once", () => {
    const tradesClosed = [{ tradeID: "7", units: "-100", price: "1.151" }];
    const tradeOpened = { tradeID: "20", units: "-50", price: "1.148" };
    expect(shown({ ...FILL, tradesClosed, tradeOpened })).toEqual(["20.7 100 1.151 0.5", "20.20 50 1.148 0"]);
  });

  it("has its own price where its parts have none, or are not all of it", () => {
    expect(shown({ ...FILL, tradesClosed: [{ tradeID: "7", units: "-150" }] })).toEqual(["20 150 1.15 0.5"]);
    const part = { tradeID: "7", units: "-100", price: "1.2" };
    expect(shown({ ...FILL, tradesClosed: [part] })).toEqual(["20 150 1.15 0.5"]);
  });

  it.each([{ price: undefined }, { units: undefined }, { instrument: undefined }, { orderID: undefined }])(
    "is not made up where it lacks %j",
    (lack) => {
      expect(() => fillsOf({ ...FILL, ...lack }, "EUR")).toThrow("transaction 20 must have");
    },
  );
});

describe("the end of an order at OANDA", () => {
  const cancel: OandaTransaction = { id: "20", time: "", type: "ORDER_CANCEL", orderID: "19", reason: "MARKET_HALTED" };

  it.each([
    [{ batchID: "19" }, false, "rejected", "MARKET_HALTED"],
    [{ batchID: "19" }, true, "canceled", "MARKET_HALTED"],
    [{ batchID: "20" }, false, "canceled", "MARKET_HALTED"],
    [{ batchID: "20", reason: "TIME_IN_FORCE_EXPIRED" }, false, "expired", "TIME_IN_FORCE_EXPIRED"],
    [{ batchID: "18", reason: "LINKED_TRADE_CLOSED" }, true, "canceled", "linked"],
  ])("%j of one that may only reduce (%s) is %s", (terms, reduceOnly, status, reason) => {
    expect(endingOf({ ...cancel, ...terms }, { reduceOnly })).toEqual({ status, reason });
  });
});

describe("prices and names of OANDA", () => {
  const price = {
    instrument: "EUR_USD",
    time: "2026-01-05T12:00:00Z",
    bids: [{ price: "1.1" }],
    asks: [{ price: "1.2" }],
  };

  it("F35: give no price of an instrument that does not trade", () => {
    expect(markOf({ ...price, tradeable: true }, 5, 6)).toMatchObject({ heardAt: 5, intervalMs: 6 });
    expect(markOf({ ...price, tradeable: false }, 5, 6)).toBeUndefined();
    expect(markOf({ ...price, tradeable: true, asks: [] }, 5, 6)).toBeUndefined();
    expect(markOf({ ...price, status: "non-tradeable" }, 5, 6)).toBeUndefined();
  });

  it.each(["EUR_USD", "BINANCE:EUR_USD", "OANDA:", "OANDA:EURUSD", "OANDA:EUR_USD/../x", "OANDA:eur_usd"])(
    "%s is no instrument of it",
    (id) => {
      expect(nativeName(id)).toBeUndefined();
    },
  );
});

describe("the rate of OANDA", () => {
  it("F12: pauses for what a refusal says, and not for ever", () => {
    const news = (seconds?: string) => {
      const headers = new Headers(seconds === undefined ? {} : { "retry-after": seconds });
      return oandaRateNews({ status: 429, headers }, 1_000).pausedUntil;
    };
    expect([news(), news("7"), news("99999999"), news("soon")]).toEqual([2_000, 8_000, 121_000, 2_000]);
    expect(oandaRateNews({ status: 200, headers: new Headers() }, 1_000)).toEqual({});
  });
});
