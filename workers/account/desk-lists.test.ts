import { expect, it } from "vitest";
import type { Decimal, Money } from "../core/ledger/decimal.ts";
import { orderText, parseOrder } from "../core/order/order-text.ts";
import { quantity } from "../core/testing/orders.ts";
import { botEvents } from "./desk-lists.ts";
import type { SqlDeskStore } from "./sql-desk-store.ts";
import { fillEvent, intent, newDesk, told } from "./testing/scripted-desk.ts";

it("a bot is told whether a fee was taken from coins: its currency alone does not say it", async () => {
  const { desk, store: disk } = await newDesk();
  const { order } = await desk.submit("bot_1", intent({ quantity: "2" }));
  const fee = { fee: quantity("0.001") as Decimal as Money, feeCurrency: "BTC" };
  for (const [at, feeInKind] of [true, undefined].entries()) {
    const event = fillEvent(at + 1, order.order.id, "1");
    if (event.type === "fill") await desk.hear(told([{ ...event, fill: { ...event.fill, ...fee, feeInKind } }]));
  }
  const stored = disk.order(order.order.id);
  expect(stored === undefined ? undefined : parseOrder(orderText(stored.order))).toEqual(stored?.order);
  const store = { order: () => stored, eventsAfter: () => disk.eventsOfOrder(order.order.id) };
  const { events } = botEvents(store as unknown as SqlDeskStore, { botId: "bot_1", since: 0 });
  const fills = events.flatMap(({ fill }) => fill ?? []);
  expect(fills.map(({ fee: amount, feeCurrency, feeInKind }) => [amount, feeCurrency, feeInKind])).toEqual([
    ["0.001", "BTC", true],
    ["0.001", "BTC", undefined],
  ]);
});
