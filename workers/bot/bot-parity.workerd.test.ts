import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { datasets } from "../../schema/tables/dataset.ts";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { AccountState, Fill } from "../../schema/wire/trading.ts";
import { venueName } from "../account/account-venue.ts";
import { candleOpen } from "../core/candle/timeframe.ts";
import { createRun } from "../core/engine/run.ts";
import { exactDecimal } from "../core/ledger/decimal-double.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { simCandles } from "../core/sim/sim-candles.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { openDatabase } from "../platform/database.ts";
import { candlesSpanMs } from "../run/run-definition.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { openReplayAccount } from "../testing/replay-account.ts";
import { newClient } from "../testing/test-client.ts";
import { botDefinition } from "./bot-record.ts";

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2024, 4, 13, 9, 0);
const MINUTES = 120;
const REAL = { strategies: STRATEGY_CATALOGUE };
const CAPS = {
  orderNotional: "60000",
  positionNotional: "60000",
  openOrders: "20",
  dailyLoss: "20000",
  executions: "200",
};

const STORIES = [
  { strategy: "ema-cross", parameters: { fast: 3, slow: 8 }, timeframe: "1m", direction: "both" },
  { strategy: "rsi-reversion", parameters: { period: 3 }, timeframe: "1m", direction: "long" },
] as const;

/** A decimal as a fill tells it: the double through the one doorway. */
function exact(value: number): string {
  return formatDecimal(exactDecimal(value, "value"));
}

/** The seed that a simulated dataset's candles come from. */
async function seedOf(id: string): Promise<number> {
  const [row] = await openDatabase(env.DB).select().from(datasets).where(eq(datasets.id, id));
  return row?.seed ?? 0;
}

describe("a bot on a replay, with its objects evicted along the way", () => {
  test.each(STORIES)(
    "trades as its backtest does, to the last digit: $strategy",
    async (story) => {
      const client = await newClient(REAL);
      const { dataset, account } = await openReplayAccount(client, FROM);
      const definition = {
        strategy: { kind: "library", id: story.strategy, parameters: story.parameters },
        instruments: [dataset.instrument.id],
        timeframe: story.timeframe,
        direction: story.direction,
        capital: "50000",
        sizing: { kind: "percent", percent: 90 },
        limits: { caps: CAPS },
      };
      const made = { name: "Parity", accountId: account.id, definition };
      const bot = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
      const whose = { env, ownerId: client.userId };
      const { object: botStub } = await botObject(whose, bot.id);
      const { object: accountStub } = await accountObject(whose, account.id);
      const paper = env.PAPER.getByName(await venueName({ ownerId: client.userId, account, instruments: [] }));
      await client.json("POST", `/api/v1/bots/${bot.id}/start`);
      await runDurableObjectAlarm(botStub);
      const { object: replay } = await replayFeed(env, { ownerId: client.userId, accountId: account.id });
      let marketAt: number = FROM;
      for (let minute = 0; marketAt < FROM + MINUTES * MINUTE_MS; minute++) {
        await runDurableObjectAlarm(replay);
        marketAt = (await replay.state({ ownerId: client.userId }))?.marketAt ?? marketAt;
        if (minute % 37 === 5) await evictDurableObject(botStub);
        if (minute % 41 === 7) await evictDurableObject(accountStub);
        if (minute % 43 === 11) await evictDurableObject(paper);
      }
      await replay.pause({ ownerId: client.userId });
      const state = await client.json<BotState>("GET", `/api/v1/bots/${bot.id}/state`);
      expect(state).toMatchObject({ status: "running", reason: null });
      const at = state.marketAt ?? 0;
      const { rows: told } = await client.json<{ rows: Fill[] }>("GET", `/api/v1/fills?botId=${bot.id}&limit=200`);
      const fills = told.filter((fill) => fill.at < at).reverse();

      const strategy = STRATEGY_CATALOGUE.find(story.strategy);
      if (strategy === undefined) throw new Error("the strategy must be there");
      const { account: _account, ...plain } = { account };
      const record = {
        ...{ ownerId: "", botId: bot.id, name: "", account, version: 1, strategyTitle: "", document: null, ...plain },
        definition: bot.definition,
        instruments: [{ instrument: dataset.instrument, timeframe: "1m" as const }],
      };
      const run = createRun(botDefinition(record, strategy, FROM));
      const expected: string[] = [];
      run.observe({
        placed: () => undefined,
        filled: ({ side, quantity, price, fee, time }) =>
          expected.push([side > 0 ? "buy" : "sell", exact(quantity), exact(price), exact(fee), time].join(" ")),
        closed: () => undefined,
      });
      const warmup = strategy.warmup(bot.definition.strategy.parameters, story.timeframe);
      const span = candlesSpanMs({ instruments: record.instruments, timeframe: story.timeframe }, warmup + 1);
      const cut = { seed: await seedOf(dataset.id), symbol: "BTC-USD", timeframe: "1m" as const };
      run.push([simCandles({ ...cut, from: candleOpen(FROM - span, story.timeframe), to: at })]);
      expect(fills.map((fill) => [fill.side, fill.quantity, fill.price, fill.fee, fill.at].join(" "))).toEqual(
        expected,
      );
      expect(expected.length).toBeGreaterThan(3);
      // At the last close, before what the next candle filled.
      expect(state.spark.at(-1)).toBe(run.progress().equity);
      expect(Number(state.shadow?.equity)).toBeCloseTo(run.progress().equity, 5);
      const books = await client.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`);
      expect(books).toMatchObject({ state: "ACTIVE", halts: [] });
    },
    300_000,
  );
});
