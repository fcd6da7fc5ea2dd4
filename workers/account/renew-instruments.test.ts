import { expect, it } from "vitest";
import type { StoredInstrument } from "../brokers/stored-instrument.ts";
import { ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { type AccountRecord, deskAccountOf, renewDeskInstruments } from "./account-record.ts";
import { renewedInstruments } from "./renew-instruments.ts";

const BTC: StoredInstrument = {
  ...{ id: "BINANCE:BTCUSDT", venue: "BINANCE", symbol: "BTCUSDT", nativeId: "BTCUSDT", kind: "crypto", base: "BTC" },
  ...{ quote: "USDT", tick: 0.01, lot: 0.00001, quantityMin: 0.00001, notionalMin: 5, daysPerYear: 365 },
  ...{ quantityMax: undefined, kinds: [], calendarId: "always", status: "trading" },
};
const ETH: StoredInstrument = { ...BTC, id: "BINANCE:ETHUSDT", symbol: "ETHUSDT" };

it("rules that a venue has changed are taken over and told one by one, and what it does not list any more is delisted", () => {
  const { instruments, told } = renewedInstruments([BTC, ETH], [{ ...BTC, tick: 0.1, notionalMin: 10 }]);
  expect(told).toEqual([
    { message: "BINANCE:BTCUSDT: the price step is 0.1 now, the least value is 10 now.", isGrave: false },
    {
      message: "BINANCE:ETHUSDT is no longer traded at the venue: orders for it are denied here.",
      isGrave: true,
    },
  ]);
  expect(instruments).toEqual([
    { ...BTC, tick: 0.1, notionalMin: 10 },
    { ...ETH, status: "delisted" },
  ]);
  expect(renewedInstruments(instruments, [{ ...BTC, tick: 0.1, notionalMin: 10 }]).told).toEqual([]);
  expect(renewedInstruments(instruments, [{ ...BTC, tick: 0.1, notionalMin: 10 }, ETH]).told).toEqual([
    { message: "BINANCE:ETHUSDT is traded again.", isGrave: false },
  ]);
});

it("a desk that is open goes by the new rules at once, and knows what its venue has delisted", () => {
  const market = {
    kind: "venue",
    venue: "BINANCE",
    environment: "testnet",
    connectionId: "con_1",
    instruments: [BTC.id],
  };
  const account = { id: "acc_1", currency: "USDT", method: "fifo", market };
  const record = { ownerId: "usr_1", account, instruments: [BTC] } as unknown as AccountRecord;
  const desk = deskAccountOf(record);
  const rules = () => desk.instruments.get(BTC.id);
  expect([rules()?.isDelisted, formatDecimal(rules()?.tick ?? ZERO)]).toEqual([false, "0.01"]);
  renewDeskInstruments(desk, {
    ...record,
    instruments: [...renewedInstruments([{ ...BTC, tick: 0.5 }], []).instruments],
  });
  expect([rules()?.isDelisted, formatDecimal(rules()?.tick ?? ZERO)]).toEqual([true, "0.5"]);
});
