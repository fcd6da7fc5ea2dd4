import { expect, it } from "vitest";
import { BTC } from "../core/testing/risk-books.ts";
import { previewOrder } from "./preview-order.ts";
import { newDesk, ScriptedBroker } from "./testing/scripted-desk.ts";

const LOOK = { instrument: BTC, side: "buy", kind: "market", quantity: "1", reduceOnly: false } as const;
const account = {
  id: "acc_1",
  fees: { maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 },
  market: { kind: "sim" },
} as const;

it("answers a look while the venue is away: that its books are not known, not that something failed", async () => {
  const broker = new ScriptedBroker();
  broker.answers = false;
  const { desk } = await newDesk({ broker });
  const reach = () => Promise.reject(new Error("nobody there"));
  const preview = await previewOrder({ desk, account, reach }, LOOK);
  expect(preview.verdict).toMatchObject({ verdict: "denied", code: "NOT_RECONCILED" });
  broker.answers = true;
  await desk.sweepNow();
  const there = await previewOrder({ desk, account, reach: async () => undefined }, LOOK);
  expect(there.verdict).not.toMatchObject({ code: "NOT_RECONCILED" });
});

it("estimates a fee by rates that hold, and none where the venue does not say what the account pays", async () => {
  const { desk } = await newDesk();
  await desk.sweepNow();
  const at = (venue: "BINANCE" | "OANDA") =>
    ({ kind: "venue", connectionId: "c", instruments: [BTC], venue, environment: "live" }) as const;
  const feeAt = async (market: Parameters<typeof previewOrder>[0]["account"]["market"]) =>
    (await previewOrder({ desk, account: { ...account, market }, reach: async () => undefined }, LOOK)).fee;
  expect(await feeAt({ kind: "sim" })).toBe("0.1");
  expect(await feeAt({ ...at("BINANCE"), instruments: [BTC] })).toBe("0.1");
  expect(await feeAt({ ...at("OANDA"), instruments: [BTC] })).toBeNull();
});
