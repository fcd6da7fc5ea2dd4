import { z } from "zod";
import { BotDefinition } from "../../schema/wire/bot.ts";
import { TradingAccount } from "../../schema/wire/trading.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { TIMEFRAMES } from "../core/candle/timeframe.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { Strategy } from "../core/strategy/strategy.ts";
import { bySymbol } from "../run/run-definition.ts";

/** What a bot's object knows of itself: one version of what it shall do. */
export const BotRecord = z.object({
  ownerId: z.string(),
  botId: z.string(),
  name: z.string(),
  account: TradingAccount,
  version: z.number().int(),
  definition: BotDefinition,
  strategyTitle: z.string(),
  /** Rule text; null for a strategy of the library. */
  document: z.string().nullable(),
  /** The bot's instruments with the length of the candles that their market closes. */
  instruments: z.array(
    z.object({
      instrument: z.custom<Instrument>((value) => typeof value === "object" && value !== null),
      timeframe: z.enum(TIMEFRAMES),
    }),
  ),
});
export type BotRecord = z.infer<typeof BotRecord>;

/** Whether signals from outside say what the bot does, and no rules of its own. */
export function isDrivenOutside({ definition }: Pick<BotRecord, "definition">): boolean {
  return definition.strategy.kind === "signals";
}

/** Share of a position's value below which the simulated venue takes it away. */
const MAINTENANCE = 0.005;

/** What the engine trades for a bot from a moment on (market time, UTC ms): as the backtest beside it does. */
export function botDefinition(record: BotRecord, strategy: Strategy, from: number): RunDefinition {
  const { definition, account } = record;
  const { sizing, volumeLimit } = { sizing: definition.sizing, volumeLimit: account.volumeLimit };
  return {
    instruments: [...record.instruments].sort(bySymbol),
    timeframe: definition.timeframe,
    strategy,
    parameters: definition.strategy.parameters,
    from,
    checks: "bare",
    settings: {
      cash: Number(definition.capital),
      sizing: sizing.kind === "quote" ? { kind: "quote", amount: Number(sizing.amount) } : sizing,
      whenShort: "shrink",
      direction: definition.direction,
      fees: account.fees,
      slippage: account.slippage,
      fill: "open",
      path: "nearest",
      touch: false,
      magnifier: true,
      remainder: "carry",
      leverage: definition.leverage,
      maintenance: MAINTENANCE,
      fundingRate: 0,
      end: "keep",
      riskFree: 0,
      seed: 1,
      monteCarloPaths: 0,
      sizeAt: "decision",
      ...(volumeLimit === null ? {} : { volumeLimit }),
      ...(definition.protections === undefined ? {} : { protections: definition.protections }),
    },
  };
}
