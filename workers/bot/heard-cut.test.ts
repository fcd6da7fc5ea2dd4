import { describe, expect, it } from "vitest";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import { freshCuts, noteCuts, passOverCuts, takeCut } from "./heard-cut.ts";
import { dustName } from "./heard-fill.ts";

const COIN = { ...SIM_INSTRUMENTS[0], lot: 0.001 };

/** A bot's store with some dust of the coin. */
function storeWith(dust: string | undefined) {
  const values = new Map<string, unknown>();
  if (dust !== undefined) values.set(dustName(COIN), { quantity: dust, owed: "0" });
  return {
    get: <T>(name: string) => values.get(name) as T | undefined,
    put: (name: string, value: unknown) => void values.set(name, value),
    dust: () => (values.get(dustName(COIN)) as { quantity: string } | undefined)?.quantity ?? "0",
  };
}

function cutOf(quantity: string, number = 1) {
  return { number, instrument: COIN.id, side: "sell" as const, quantity, price: "100", at: 5 };
}

describe("what a bot's engine hears of a share that was cut", () => {
  it.each([
    ["the cut itself where it is whole lots", "0.003", undefined, 0.003, "0"],
    ["whole lots, with the rest from what it does not know of", "0.0034", "0.0005", 0.003, "0.0001"],
    ["a lot more where it does not know of enough", "0.0034", "0.0001", 0.004, "0.0007"],
    ["a lot more where it knows of all", "0.0034", undefined, 0.004, "0.0006"],
    ["what a fee already owes stays owed", "0.003", "-0.0002", 0.003, "-0.0002"],
    ["nothing where all of it is what it does not know of", "0.0004", "0.0005", 0, "0.0001"],
  ])("is %s", (_, quantity, dust, told, left) => {
    const store = storeWith(dust);
    expect(takeCut(store, cutOf(quantity), COIN)).toEqual({
      ...{ quantity: told, counted: Number(quantity), price: 100, fee: 0, at: 5 },
    });
    expect(store.dust()).toBe(left);
  });

  it("is told once", () => {
    const store = storeWith(undefined);
    const cuts = [cutOf("1", 3), cutOf("2", 7)];
    expect(freshCuts(store, cuts)).toEqual(cuts);
    noteCuts(store, cuts.slice(0, 1));
    expect(freshCuts(store, cuts)).toEqual([cuts[1]]);
    noteCuts(store, []);
    noteCuts(store, cuts);
    expect(freshCuts(store, cuts)).toEqual([]);
  });
});

describe("an engine that begins anew after its bot's share was cut", () => {
  it.each([
    ["the rest of what was cut in part", "0.0005", "0.0002", "0.0003"],
    ["nothing where all of it went", "0.0005", "0.0005", "0"],
    ["nothing where more went", "0.0005", "0.0010", "0"],
    ["what a fee owes as it was", "-0.0002", "0.001", "-0.0002"],
  ])("finds of what an engine does not know of %s", (_, dust, quantity, left) => {
    const store = storeWith(dust);
    passOverCuts(store, [cutOf(quantity)]);
    passOverCuts(store, [cutOf(quantity)]);
    expect(store.dust()).toBe(left);
    expect(freshCuts(store, [cutOf(quantity)])).toEqual([]);
  });
});
