import { expect, test } from "vitest";
import { runOf } from "../../e2e/fixture/report.ts";
import { runTitle } from "./run-title.ts";

const strategy = { kind: "library" as const, id: "sma-cross", parameters: { fast: 20, slow: 50 } };
const settings = { ...runOf("r").settings, strategy };
const run = runOf("r", { strategyTitle: "SMA cross", symbols: ["BTC-USD", "ETH-USD"], settings });

test("runs that nobody named are told apart by the parameters of their strategy", () => {
  const automatic = { ...run, name: "SMA cross on BTC-USD, ETH-USD 1h" };
  const other = {
    ...automatic,
    settings: { ...settings, strategy: { ...strategy, parameters: { fast: 5, slow: 20 } } },
  };
  expect(runTitle(automatic)).toBe("SMA cross 20/50");
  expect(runTitle(other)).toBe("SMA cross 5/20");
  expect(runTitle({ ...run, name: "" })).toBe("SMA cross 20/50");
});

test("a name that somebody gave stays as it is, and a strategy without parameters has only its title", () => {
  expect(runTitle({ ...run, name: "With a trend filter" })).toBe("With a trend filter");
  const bare = { ...settings, strategy: { ...strategy, parameters: {} } };
  expect(runTitle({ ...run, name: "", settings: bare })).toBe("SMA cross");
});
