import { DAY_MS, timeframeMs } from "../core/candle/timeframe.ts";
import type { BotMachine } from "./bot-machine.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotLife } from "./bot-view.ts";

/** Points of the small line that lists show. */
const SPARK_POINTS = 100;

/**
 * Where a bot stands after a pass: figures of the candles it decided on, when it is due again, and whether it fell so far
 * behind its backtest that it pauses.
 */
export function lifeAfterCandles(
  life: BotLife,
  {
    record,
    machine,
    marketAt,
    trades,
    now,
  }: { record: BotRecord; machine: BotMachine; marketAt: number; trades: number; now: number },
): BotLife {
  const { timeframe, delayMs, shadowBound, capital } = record.definition;
  const replays = record.account.market.kind === "replay";
  const closes = machine.takeCloses();
  const stepMs = timeframeMs(timeframe);
  const equity = machine.trader.equity();
  const day = Math.floor(marketAt / DAY_MS);
  const nextClose = (Math.floor(marketAt / stepMs) + 1) * stepMs;
  const onTime = life.nextDueAt === null || closes.length === 0 || replays;
  const after: BotLife = {
    ...life,
    marketAt,
    lastCandleAt: closes.at(-1)?.time ?? life.lastCandleAt,
    latenessMs: onTime ? life.latenessMs : Math.max(0, now - (life.nextDueAt ?? now)),
    spark: [...life.spark, ...closes.map((close) => close.equity + (life.earlier?.profit ?? 0))].slice(-SPARK_POINTS),
    dayStart: life.dayStart?.day === day ? life.dayStart : { day, equity },
    trades,
    // A replay waits for its bots; the running market is given a moment to close its candle.
    nextDueAt: replays ? nextClose : nextClose + delayMs,
  };
  const behind = (machine.shadow?.equity() ?? equity) - equity;
  if (shadowBound === undefined || life.status !== "running" || behind <= shadowBound * Number(capital)) return after;
  const reason = `It is ${behind.toFixed(2)} behind its backtest, more than ${shadowBound} of its capital.`;
  return { ...after, status: "paused", reason };
}
