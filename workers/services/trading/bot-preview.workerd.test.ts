import { describe, expect, it } from "vitest";
import type { BotPreview } from "../../../schema/wire/bot.ts";
import { DAY_MS } from "../../core/candle/timeframe.ts";
import { STRATEGY_CATALOGUE } from "../../run/strategy-port.ts";
import { openReplayAccount } from "../../testing/replay-account.ts";
import { newClient } from "../../testing/test-client.ts";

const CAPS = { orderNotional: "60000", positionNotional: "60000", openOrders: "20", dailyLoss: "20000" };

/** What a bot would have done, on a replay that begins so long after its data does. */
async function previewAfter(behindMs: number) {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const { dataset } = await openReplayAccount(client, Date.UTC(2024, 4, 13));
  const begin = dataset.from ?? 0;
  const from = begin + behindMs;
  const { account } = await openReplayAccount(client, from);
  const definition = {
    ...{ strategy: { kind: "library", id: "ema-cross", parameters: { fast: 5, slow: 12 } }, timeframe: "1h" },
    ...{ instruments: [dataset.instrument.id], direction: "both", capital: "50000", limits: { caps: CAPS } },
  };
  const asked = { accountId: account.id, definition };
  return { from, begin, preview: await client.json<BotPreview>("POST", "/api/v1/bots/preview", asked) };
}

describe("what a bot would have done before it starts on a replay", () => {
  it("is of the month before the replay begins: nothing is seen of what it is to play", async () => {
    const { from, preview } = await previewAfter(40 * DAY_MS);
    expect(preview).toMatchObject({ isAhead: false, from: from - 30 * DAY_MS, to: from });
    expect(preview.trades).toBeGreaterThan(5);
    expect(preview.equity.at(-1)?.at).toBeLessThanOrEqual(from);
  });

  it("is of what there is before it, where that is less than a month", async () => {
    const { from, begin, preview } = await previewAfter(10 * DAY_MS);
    expect(preview).toMatchObject({ isAhead: false, from: begin, to: from });
  });

  it("says that it is ahead where the replay has nothing behind it", async () => {
    const { from, preview } = await previewAfter(0);
    expect(preview.isAhead).toBe(true);
    expect(preview.from).toBeGreaterThanOrEqual(from);
    expect(preview.trades).toBeGreaterThan(5);
  });
});
