import { expect, test } from "vitest";
import type { z } from "zod";
import { BotState, DashboardState } from "../../schema/wire/bot.ts";
import { liveServerMessage, MarketState } from "../../schema/wire/live.ts";
import { AccountState } from "../../schema/wire/trading.ts";

const STATES: readonly (readonly [string, z.ZodObject])[] = [
  ["bot", BotState],
  ["dashboard", DashboardState],
  ["market", MarketState],
  ["account", AccountState],
];

test.each(STATES)("a delta of a %s says nothing of the fields that it does not name", (_, state) => {
  const frame = liveServerMessage(state).parse({ type: "delta", from: 1, sequence: 2, change: {} });
  expect(frame).toMatchObject({ type: "delta" });
  expect(frame).toHaveProperty("change", {});
});
