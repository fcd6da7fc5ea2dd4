import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Fill } from "../../schema/wire/trading.ts";
import { shortBot } from "../testing/short-bot.ts";

describe("a bot that was stopped and kept what it held", () => {
  it("says that its stop is gone once it is started again, and closes what it holds itself where a candle meets it", async () => {
    const { client, bot, object, desk, until, start } = await shortBot();
    await start();
    const held = await until(({ positions, openOrders }) => positions.length > 0 && openOrders.length > 0);
    const stop = held.openOrders.find(({ role }) => role === "stop");
    expect([stop?.state, held.unprotected]).toEqual(["ACCEPTED", []]);
    await client.json("POST", `/api/v1/bots/${bot.id}/stop`, { positions: "keep" });
    await runDurableObjectAlarm(desk);
    await runDurableObjectAlarm(object);
    await start();
    const bare = await until(({ unprotected = [] }) => unprotected.length > 0);
    expect(bare.positions).toHaveLength(1);
    expect(bare.unprotected).toEqual([expect.stringContaining(`without its stop at ${stop?.stop}`)]);
    expect(bare.log.filter(({ kind }) => kind === "unprotected")).toHaveLength(1);

    const { rows: before } = await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?botId=${bot.id}`);
    await until(({ fills }) => fills.some(({ side }) => side === "buy"));
    const { rows: fills } = await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?botId=${bot.id}`);
    const bought = fills
      .filter(({ id }) => !before.some((known) => known.id === id))
      .filter(({ side }) => side === "buy");
    expect(bought.map(({ quantity }) => `-${quantity}`)).toEqual([bare.positions[0].quantity]);
    expect(Number(bought[0].price)).toBeGreaterThan(Number(stop?.stop) * 0.998);
    const after = await until(({ positions }) => positions.length > 0);
    expect(after.unprotected).toEqual([]);
    expect(after.openOrders.map(({ role }) => role)).toEqual(["stop"]);
  }, 120_000);
});
