import { expect, it } from "vitest";
import { FEE_RATE_MAX } from "../../../schema/wire/backtest.ts";
import type { BinanceConnection } from "./connection.ts";
import { binanceFacts } from "./facts.ts";

async function feesOf(commissionRates: unknown) {
  const told = { canTrade: true, uid: 1, permissions: ["SPOT"], commissionRates };
  const connection = { hosts: { hasWallet: false }, ask: async () => JSON.stringify(told) };
  return (await binanceFacts(connection as unknown as BinanceConnection)).fees;
}

it("takes the rates of an account over as they are told", async () => {
  const rates = { maker: "0.00075000", taker: "0.00100000", buyer: "0.00000000", seller: "0.00000000" };
  expect(await feesOf(rates)).toEqual({ maker: "0.00075000", taker: "0.00100000" });
  // Numbers are text before anything reads them: see `readReply`.
  expect(await feesOf({ maker: 0.001, taker: 0.001 })).toEqual({ maker: "0.001", taker: "0.001" });
  expect(await feesOf({ maker: "0", taker: "0.00000000" })).toEqual({ maker: "0", taker: "0.00000000" });
});

it("knows no rates where they are not told, or are none that an account can be made with; the key is good all the same", async () => {
  const taker = "0.001";
  for (const maker of ["-0.0001", "", "1", "0.5", String(FEE_RATE_MAX + 0.05), "1e-3", null, undefined]) {
    expect(await feesOf({ maker, taker }), String(maker)).toBeUndefined();
  }
  for (const rates of [undefined, null, "0.001", []]) expect(await feesOf(rates), String(rates)).toBeUndefined();
});
