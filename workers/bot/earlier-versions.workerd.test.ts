import { expect, it } from "vitest";
import type { BotState } from "../../schema/wire/bot.ts";
import type { AccountState } from "../../schema/wire/trading.ts";
import { shortBot } from "../testing/short-bot.ts";

it("a bot that trades on with a new version has made what its account has, whose only bot it is", async () => {
  const { client, account, definition, bot, until, start } = await shortBot();
  const made = async () => {
    const { equity } = await client.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`);
    return Number(equity) - Number(account.cash);
  };
  // Its market goes on between two looks: the books agree at some moment at which nothing is held, or the profit is wrong.
  const agreed = async (holds: (now: BotState) => boolean) => {
    let now = await until(holds);
    const look = async () => {
      now = await until(holds);
      return Number(now.profit) - (await made());
    };
    await expect.poll(look).toBeCloseTo(0, 6);
    return now;
  };
  const isFlat = ({ positions }: BotState) => positions.length === 0;
  await start();
  const before = await until((now) => now.trades > 0 && isFlat(now));
  expect(Number(before.profit)).not.toBe(0);
  const edited = { ...definition, capital: "30000" };
  await client.json("PATCH", `/api/v1/bots/${bot.id}`, { definition: edited });
  const after = await agreed((now) => now.version === 2 && now.status === "running" && isFlat(now));
  expect(Number(after.equity)).toBeCloseTo(30_000 + Number(after.profit), 6);
  expect(after.trades).toBeGreaterThanOrEqual(before.trades);
  await agreed((now) => now.trades > after.trades && isFlat(now));
}, 120_000);
