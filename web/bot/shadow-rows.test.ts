import { expect, test } from "vitest";
import type { ShadowDifference } from "../../schema/wire/shadow.ts";
import { shadowRows } from "./shadow-rows.ts";

const ORDER = {
  ...{ at: 1_700_000_000_000, instrument: "SIM:BTC-USD", side: "buy", part: "main" },
  backtest: { quantity: "0.42", price: "32996" },
  bot: { quantity: "0.4", price: "33022.5" },
  detail: "order: backtest 0.42 at 32996, bot 0.4 at 33022.5",
} as const;
const difference = (kind: ShadowDifference["kind"], cost: string, rest: object = {}) =>
  ({ ...ORDER, kind, cost, ...rest }) as ShadowDifference;

test("what differs of one order is one row, with its sum and the part of each kind", () => {
  const rows = shadowRows([difference("fee", "0.25"), difference("price", "10.6"), difference("quantity", "-3")]);
  expect(rows).toHaveLength(1);
  expect(rows[0].effects).toEqual([
    { kind: "price", amount: -10.6 },
    { kind: "fee", amount: -0.25 },
    { kind: "quantity", amount: 3 },
  ]);
  expect(rows[0].effect).toBeCloseTo(-7.85, 10);
});

test("orders stay apart and in the order in which they came", () => {
  const earlier = { at: ORDER.at - 1, detail: "another" };
  const rows = shadowRows([difference("price", "1"), difference("fee", "2"), difference("price", "3", earlier)]);
  expect(rows.map(({ at, effect }) => [at, effect])).toEqual([
    [ORDER.at, -3],
    [ORDER.at - 1, -3],
  ]);
  const alike = shadowRows([
    difference("price", "1", { order: "a.stop" }),
    difference("price", "1", { order: "b.stop" }),
  ]);
  expect(alike.map(({ effect }) => effect)).toEqual([-1, -1]);
});

test("both sides are said in numbers as they stand elsewhere, and what only one of them did", () => {
  const words = (rest: object) => shadowRows([difference("price", "1", rest)])[0].words;
  expect(words({})).toBe("The bot bought 0.4 at 33,022.50, the backtest 0.42 at 32,996.00");
  expect(words({ bot: null, side: "sell" })).toBe("The backtest sold 0.42 at 32,996.00, the bot nothing");
  expect(words({ backtest: null, part: "stop" })).toBe(
    "The bot bought 0.4 at 33,022.50 by its stop, the backtest nothing",
  );
  expect(words({ bot: undefined })).toBe(ORDER.detail);
});
