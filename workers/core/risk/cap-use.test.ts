import { describe, expect, it } from "vitest";
import { formatDecimal } from "../ledger/decimal-text.ts";
import { clientOrderId } from "../order/order-id.ts";
import { money, orderOf, price, quantity } from "../testing/orders.ts";
import { BTC, bookOf, ETH, limitsOf, NOW, scopeOf } from "../testing/risk-books.ts";
import { CAPS } from "./cap.ts";
import { type CapUseInput, capUses } from "./cap-use.ts";

const MINUTE_MS = 60_000;

/** Used, limit and level of each cap that binds, as text. */
function usesOf(parts: Partial<CapUseInput> = {}) {
  const input = { book: bookOf(), orders: [], limits: limitsOf(), scope: "bot", now: NOW, ...parts } as const;
  return Object.fromEntries(
    capUses(input).map(({ cap, used, limit, level }) => [
      cap,
      [used === undefined ? undefined : formatDecimal(used), formatDecimal(limit), level],
    ]),
  );
}

describe("the use of a cap", () => {
  it("is told for every cap that binds, with whose it is, and for no other", () => {
    const uses = usesOf();
    expect(uses).toMatchObject({
      orderNotional: [undefined, "100000", "bot"],
      openOrders: ["0", "100", "bot"],
      dailyLoss: ["0", "50000", "bot"],
      executions: ["0", "20", "default"],
      grossExposure: ["0", "10000000", "platform"],
      leverage: ["0", "30", "platform"],
    });
    expect(uses).not.toHaveProperty("drawdown");
    expect(uses).not.toHaveProperty("orderQuantity");
    const [first] = capUses({ book: bookOf(), orders: [], limits: limitsOf(), scope: "bot", now: NOW });
    expect(first).toMatchObject({ cap: "orderNotional", unit: "account", measured: CAPS.orderNotional.measured });
  });

  it("counts what is held and what open orders may lead to", () => {
    const buy = orderOf({ state: "ACCEPTED", quantity: quantity("5"), limit: price("101") });
    const sell = orderOf({
      state: "UNKNOWN",
      side: "sell",
      instrument: ETH,
      quantity: quantity("20"),
      limit: price("11"),
    });
    const ended = orderOf({ state: "CANCELED", quantity: quantity("50") });
    const book = bookOf({
      bot: scopeOf({ [BTC]: "10", [ETH]: "-30" }, { equity: { ...scopeOf().equity, equity: money("3000") } }),
    });
    // Long 15 at 100 and short 50 at 10 at the most; open are 5 at 101 and 20 at 11.
    expect(usesOf({ book, orders: [buy, sell, ended], limits: limitsOf({ bot: { leverage: "5" } }) })).toMatchObject({
      openOrders: ["2", "100", "bot"],
      positionNotional: ["1500", "100000", "bot"],
      grossExposure: ["2000", "10000000", "platform"],
      openOrderNotional: ["725", "10000000", "platform"],
      leverage: ["0.666667", "5", "bot"],
    });
    const net = (orders: CapUseInput["orders"]) =>
      usesOf({ book, orders, limits: limitsOf({ bot: { netExposure: "1" } }) });
    // Long 1,500 less 300 if the buy fills; long 1,000 less 500 if the sell does.
    expect(net([buy, sell]).netExposure).toEqual(["1200", "1", "bot"]);
    const short = orderOf({ state: "ACCEPTED", side: "sell", quantity: quantity("40"), limit: price("100") });
    expect(net([short]).netExposure).toEqual(["3300", "1", "bot"]);
  });

  it("is of an order alone in an instrument, and of one leg of an entry", () => {
    const orders = [
      orderOf({ state: "ACCEPTED", instrument: ETH, side: "sell", quantity: quantity("7"), limit: price("10") }),
    ];
    expect(usesOf({ orders }).grossExposure[0]).toBe("70");
    const parent = orderOf().id;
    const idOf = (leg: string) => clientOrderId({ account: "account-1", bot: "bot-1", candleTime: 0, leg, ordinal: 0 });
    const legs = ["stop", "target"].map((leg) =>
      orderOf({ id: idOf(leg), parent, state: "ACCEPTED", side: "sell", quantity: quantity("4"), limit: price("110") }),
    );
    const uses = usesOf({ orders: legs });
    expect(uses.grossExposure[0]).toBe("400");
    expect(uses.openOrders[0]).toBe("2");
    expect(uses.openOrderNotional[0]).toBe("0");
  });

  it("is what was lost and how often it traded lately", () => {
    const equity = { ...scopeOf().equity, equity: money("99000"), peak: money("110000") };
    const executions = [NOW - 10 * MINUTE_MS, NOW - 10 * MINUTE_MS + 1, NOW - 9 * MINUTE_MS];
    const book = bookOf({ bot: scopeOf({}, { equity, executions, rejectsInARow: 3 }) });
    expect(usesOf({ book, limits: limitsOf({ bot: { drawdown: "0.5" } }) })).toMatchObject({
      dailyLoss: ["1000", "50000", "bot"],
      drawdown: ["0.1", "0.5", "bot"],
      executions: ["2", "20", "default"],
      rejectsInARow: ["3", "5", "default"],
    });
  });

  it("is not known of exposures while a price is missing, nor of leverage without equity", () => {
    const held = bookOf({ bot: scopeOf({ [BTC]: "1" }), references: new Map() });
    expect(usesOf({ book: held })).toMatchObject({
      openOrders: ["0", "100", "bot"],
      grossExposure: [undefined, "10000000", "platform"],
    });
    const broke = bookOf({ bot: scopeOf({ [BTC]: "1" }, { equity: { ...scopeOf().equity, equity: money("0") } }) });
    expect(usesOf({ book: broke })).toMatchObject({
      grossExposure: ["100", "10000000", "platform"],
      leverage: [undefined, "30", "platform"],
    });
  });
});
