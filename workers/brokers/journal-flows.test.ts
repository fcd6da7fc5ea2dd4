import { describe, expect, it } from "vitest";
import { type Decimal, type Money, negate } from "../core/ledger/decimal.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import { money, price, quantity } from "../core/testing/orders.ts";
import { JournalFlows } from "./journal-flows.ts";
import { MemoryJournal } from "./memory-journal.ts";

const INSTRUMENT = "BINANCE:BTCUSDT";
let trades = 0;

function trade(side: "buy" | "sell", amount: string): VenueFill {
  const tradeId = `trade-${trades++}`;
  return {
    ...{ tradeId, side, quantity: quantity(amount), price: price("100"), fee: 0n as Money, feeCurrency: "USDT" },
    ...{
      liquidity: "taker",
      at: 0,
      clientOrderId: undefined,
      venueOrderId: tradeId,
      instrument: INSTRUMENT,
      quote: "USDT",
    },
  };
}

/** Flows after trades of bots; undefined for one that was placed elsewhere. */
function tradedBy(...told: readonly (readonly [bot: string | undefined, side: "buy" | "sell", amount: string])[]) {
  const flows = new JournalFlows(new MemoryJournal());
  for (const [bot, side, amount] of told) flows.fill(trade(side, amount), bot);
  return (bot: string, side: "buy" | "sell") => flows.closable({ bot, instrument: INSTRUMENT, side });
}

describe("what a bot may close of an account", () => {
  it("is its own share, also where another bot holds the opposite", () => {
    const closable = tradedBy(["trend", "buy", "5"], ["fader", "sell", "3"]);
    expect(closable("trend", "sell")).toBe(quantity("5"));
    expect(closable("fader", "buy")).toBe(quantity("3"));
    expect(closable("trend", "buy") <= 0n && closable("fader", "sell") <= 0n).toBe(true);
  });

  it("is no more what its owner has closed at the venue itself", () => {
    expect(tradedBy(["trend", "buy", "5"], [undefined, "sell", "5"])("trend", "sell")).toBe(0n);
    expect(tradedBy(["trend", "buy", "5"], [undefined, "sell", "2"])("trend", "sell")).toBe(quantity("3"));
    expect(tradedBy(["fader", "sell", "5"], [undefined, "buy", "2"])("fader", "buy")).toBe(quantity("3"));
  });

  it("is not more for what its owner has bought besides", () => {
    expect(tradedBy(["trend", "buy", "5"], [undefined, "buy", "2"])("trend", "sell")).toBe(quantity("5"));
  });
});

describe("a share that a person's decision changed", () => {
  it("is what a bot may close from then on, and what is nobody's makes up for what its owner had closed", () => {
    const flows = new JournalFlows(new MemoryJournal());
    flows.fill(trade("buy", "5"), "trend");
    const closable = () => flows.closable({ bot: "trend", instrument: INSTRUMENT, side: "sell" });
    flows.changeShare({ bot: "trend", instrument: INSTRUMENT, by: negate(quantity("2")) });
    expect(closable()).toBe(quantity("3"));
    flows.changeShare({ bot: undefined, instrument: INSTRUMENT, by: negate(quantity("1")) });
    expect(closable()).toBe(quantity("2"));
    flows.changeShare({ bot: undefined, instrument: INSTRUMENT, by: quantity("4") });
    expect(closable()).toBe(quantity("3"));
  });
});

describe("what an account holds after such a decision", () => {
  it("is what the venue has: an order that closes a share beside its opposite is not held to what is no longer there", () => {
    const flows = new JournalFlows(new MemoryJournal());
    flows.fill(trade("buy", "10"), "trend");
    flows.fill(trade("sell", "4"), "fader");
    flows.changeShare({ bot: "trend", instrument: INSTRUMENT, by: negate(quantity("3")) });
    // Of 7 and -4 the venue has 3: to close 5 is more than it takes as a mere reduction.
    expect(flows.closableOfAll({ instrument: INSTRUMENT, side: "sell" })).toBe(quantity("3"));
  });
});

describe("a fee that is taken from the coins that were bought", () => {
  it("is gone from what is held and from the share of the bot, and leaves the money as it was", () => {
    const flows = new JournalFlows(new MemoryJournal());
    const fee = { fee: quantity("0.005") as Decimal as Money, feeCurrency: "BTC", feeInKind: true };
    flows.fill({ ...trade("buy", "5"), ...fee }, "trend");
    expect(flows.held().get(INSTRUMENT)).toBe(quantity("4.995"));
    expect(flows.closable({ bot: "trend", instrument: INSTRUMENT, side: "sell" })).toBe(quantity("4.995"));
    expect([...flows.cash()]).toEqual([["USDT", negate(money("500"))]]);
  });
});
