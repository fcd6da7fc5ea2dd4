import { expect, it } from "vitest";
import { endingWords } from "./ending-words.ts";

it("a trade that a person closed was ended by hand, whatever the role of the order that did it", () => {
  expect(endingWords({ exitReason: "entry", botId: null })).toBe("hand");
  expect(endingWords({ exitReason: "exit", botId: null })).toBe("hand");
});

it("a bot's trade was ended by its strategy, by an order of the other side, or by what its order is called", () => {
  const ended = ["exit", "entry", "stop", "flatten"].map((exitReason) => endingWords({ exitReason, botId: "bot_1" }));
  expect(ended).toEqual(["its strategy", "the other side", "stop", "closing all"]);
});
