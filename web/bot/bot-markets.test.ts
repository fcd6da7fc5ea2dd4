import { describe, expect, test } from "vitest";
import { datasetOf } from "../../e2e/fixture/candles.ts";
import { fullTrading } from "../../e2e/fixture/trading.ts";
import { FIRST_BOT } from "./bot-draft.ts";
import { botTimeframes, currencyOf, marketsOf, withAccount } from "./bot-markets.ts";

const euro = datasetOf("d9", {
  timeframe: "4h",
  instrument: { ...datasetOf("d9").instrument, id: "FX:EUR-GBP", symbol: "EUR-GBP", quote: "GBP" },
});
const LISTS = { accounts: fullTrading().accounts, datasets: [datasetOf("d1"), euro] };

describe("what a bot can trade", () => {
  test("an account of the simulated market has what is quoted in its currency", () => {
    const symbols = marketsOf({ ...FIRST_BOT, account: "a1" }, LISTS).map(({ symbol }) => symbol);
    expect(symbols).toContain("BTC-USD");
    expect(symbols).not.toContain("USD-JPY");
  });

  test("a replay has its own data and no candles finer than those", () => {
    const draft = { ...FIRST_BOT, account: "a2" };
    expect(marketsOf(draft, LISTS).map(({ instrument }) => instrument)).toEqual(["SIM:BTC-USD"]);
    expect(botTimeframes(draft, LISTS)[0]).toBe("1h");
  });

  test("another account takes what it has of the markets and timeframe, else what comes first", () => {
    const replay = withAccount(FIRST_BOT, { account: "", newMarket: "replay", newDataset: "d9" }, LISTS);
    expect(replay).toMatchObject({ instruments: ["FX:EUR-GBP"], timeframe: "4h" });
    expect(currencyOf({ ...FIRST_BOT, ...replay }, LISTS)).toBe("GBP");
    expect(withAccount(FIRST_BOT, { account: "a1" }, LISTS)).toMatchObject({
      instruments: ["SIM:BTC-USD"],
      timeframe: "5m",
    });
  });
});
