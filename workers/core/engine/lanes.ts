import type { Lane, LaneVariant } from "./lane.ts";
import type { LaneResult } from "./result.ts";
import type { RunDefinition } from "./settings.ts";
import type { TradeRow } from "./trade-log.ts";

/** Multiples of fees and slippage that the cost stress tries beside the real ones. */
const COST_MULTIPLES = [0, 2, 3] as const;

/** The lanes of a run, the one that counts first. */
export interface RunLanes {
  readonly all: readonly Lane[];
  readonly main: Lane;
  /** The path bounds, where they are traded. */
  readonly worst: Lane | undefined;
  readonly best: Lane | undefined;
}

/** The variants a run trades side by side: its own, the path bounds where the path can matter, the cost stress. */
export function variantsOf(definition: RunDefinition): LaneVariant[] {
  const { settings, strategy } = definition;
  const own: LaneVariant = { path: settings.path, cost: 1, keepTrades: "all" };
  if (definition.checks === "bare") return [own];
  const pathMatters = strategy.pathSensitive || settings.leverage > 1;
  const bounds: LaneVariant[] = pathMatters
    ? [
        { path: "worst", cost: 1, keepTrades: "outcomes" },
        { path: "best", cost: 1, keepTrades: "outcomes" },
      ]
    : [];
  const { fees, slippage } = settings;
  const free = fees.taker <= 0 && fees.maker <= 0 && fees.perUnit === 0 && fees.minimum === 0;
  const costless = free && slippage.kind === "none";
  const stressed = costless
    ? []
    : COST_MULTIPLES.map((cost) => ({ path: settings.path, cost, keepTrades: "count" as const }));
  return [own, ...bounds, ...stressed];
}

export function laneResult(definition: RunDefinition, lane: Lane, variant: LaneVariant, time: number): LaneResult {
  const { account } = lane;
  return {
    variant,
    finalEquity: account.equity(),
    trades: account.trades,
    open: openTrades(definition, lane, time),
    daily: lane.daily,
    feesPaid: account.feesPaid,
    slippagePaid: account.slippagePaid,
    fundingPaid: account.fundingPaid,
    turnover: account.turnover,
    liquidations: account.liquidations,
    candles: lane.candles,
    candlesHeld: lane.candlesHeld,
    refused: lane.venue.sizer.refusals.rows(),
  };
}

function openTrades(definition: RunDefinition, lane: Lane, time: number): TradeRow[] {
  return definition.instruments.flatMap((_, instrument) => {
    const position = lane.account.positions[instrument];
    return position.lots.map((lot): TradeRow => {
      const sign = Math.sign(lot.quantity);
      const worst = sign > 0 ? lot.low : lot.high;
      const best = sign > 0 ? lot.high : lot.low;
      return {
        instrument,
        quantity: lot.quantity,
        entryTime: lot.time,
        entryPrice: lot.price,
        exitTime: time,
        exitPrice: position.mark,
        fees: lot.fees,
        profit: lot.quantity * (position.mark - lot.price) - lot.fees - lot.funding,
        mae: (sign * (worst - lot.price)) / lot.price,
        mfe: (sign * (best - lot.price)) / lot.price,
        risk: lot.risk,
        candles: lane.venue.books[instrument].candle - lot.openedAt,
        equityBefore: lot.equityBefore,
        reason: "open",
        tag: lot.tag,
      };
    });
  });
}
