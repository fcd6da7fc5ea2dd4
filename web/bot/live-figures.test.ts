import { describe, expect, test } from "vitest";
import type { BotState } from "../../schema/wire/bot.ts";
import { atLastPrices } from "./live-figures.ts";

const BTC = { instrument: "SIM:BTC-USD", quantity: "0.5", averagePrice: "100", mark: "110", unrealised: "5" };
const ETH = { instrument: "SIM:ETH-USD", quantity: "-2", averagePrice: "50", mark: "48", unrealised: "4" };
const STATE = {
  ...{ equity: "1009", profit: "9", profitToday: "3", positions: [BTC, ETH] },
} as unknown as BotState;

describe("a bot's figures between two candles", () => {
  test("a price that moved moves what is held, long and short, and equity and profits by the same", () => {
    const live = atLastPrices(STATE, { "SIM:BTC-USD": "120", "SIM:ETH-USD": "49" });
    expect(live.positions.map(({ mark, unrealised }) => [mark, unrealised])).toEqual([
      ["120", "10"],
      ["49", "2"],
    ]);
    expect(live).toMatchObject({ equity: "1012", profit: "12", profitToday: "6" });
  });

  test("what has no newer price stays as it was told", () => {
    expect(atLastPrices(STATE, { "SIM:BTC-USD": null })).toEqual(STATE);
    const unpriced = { ...STATE, positions: [{ ...BTC, mark: null, unrealised: null }] };
    expect(atLastPrices(unpriced, { "SIM:BTC-USD": "120" })).toEqual(unpriced);
  });
});
