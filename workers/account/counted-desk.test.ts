import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { meter } from "../metrics/meter.ts";
import { setLog } from "../platform/log-event.ts";
import type { AccountRecord } from "./account-record.ts";
import { deskMeter } from "./counted-desk.ts";
import { fillEvent, intent, NOW, newDesk, ScriptedBroker } from "./testing/scripted-desk.ts";

const record = {
  ownerId: "usr_1",
  account: { id: "acc_1", market: { kind: "venue", venue: "OANDA", environment: "practice" } },
} as unknown as AccountRecord;

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  meter.take();
  lines.length = 0;
  setLog({ level: "info" });
  vi.spyOn(console, "info").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});
afterEach(() => {
  setLog({ level: "warning" });
  vi.restoreAllMocks();
});

function counted(): Record<string, number> {
  return Object.fromEntries(
    meter.take().counts.map(([name, key, value]) => [`${name} ${key.replaceAll("\t", " ")}`, value]),
  );
}

const newCountedDesk = (broker = new ScriptedBroker()) => newDesk({ broker, meter: deskMeter(record) });

describe("what a desk does is counted", () => {
  it("for an order that is judged, sent and filled: once each, however often the venue tells of it", async () => {
    const { desk } = await newCountedDesk();
    const { order } = await desk.submit("bot_1", intent());
    await desk.submit("bot_1", intent());
    const fill = fillEvent(1, order.order.id);
    await desk.hear({ events: [fill], marks: [], marketAt: NOW });
    await desk.hear({ events: [fill], marks: [], marketAt: NOW });
    expect(counted()).toEqual({
      "orders_total passed OANDA": 1,
      "order_outcomes_total OANDA accepted": 1,
      "order_outcomes_total OANDA filled": 1,
      "trades_executed_total OANDA": 1,
    });
  });

  it("for an order that is denied, and one that the venue refuses", async () => {
    const broker = new ScriptedBroker();
    const { desk } = await newCountedDesk(broker);
    await desk.submit("bot_1", intent({ quantity: "101" }));
    broker.outcome = () => ({ outcome: "rejected", code: "MARGIN", message: "too little" });
    await desk.submit("bot_1", intent({ leg: "another" }));
    expect(counted()).toEqual({
      "orders_total denied OANDA": 1,
      "orders_total passed OANDA": 1,
      "order_outcomes_total OANDA rejected": 1,
      "trades_failed_total OANDA rejected": 1,
    });
  });

  it("and stands in the log with owner, account, bot and order", async () => {
    const broker = new ScriptedBroker();
    broker.outcome = () => ({ outcome: "rejected", code: "MARGIN", message: "too little" });
    const { desk } = await newCountedDesk(broker);
    const { order } = await desk.submit("bot_1", intent());
    const whose = { ownerId: "usr_1", accountId: "acc_1", botId: "bot_1", orderId: order.order.id, venue: "OANDA" };
    expect(lines).toEqual([
      { event: "order_event", level: "info", ...whose, outcome: "submit" },
      { event: "order_event", level: "info", ...whose, outcome: "rejected", code: "MARGIN" },
    ]);
  });
});
