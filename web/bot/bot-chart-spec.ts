import type { BotState } from "../../schema/wire/bot.ts";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { Fill, Order } from "../../schema/wire/trading.ts";
import type { ChartLevel, ChartSignal, ChartSpec, TimeSpan } from "../chart/chart-spec.ts";
import { formatDecimalQuantity } from "../format/decimal.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";
import { BEFORE_SHARE } from "../trading/candle-history.ts";
import { instrumentName } from "../trading/instrument-name.ts";

interface BotOnMarket {
  readonly instrument: string;
  /** Whether the bot trades no other market. */
  readonly alone: boolean;
  /** The market's time at which the bot began. */
  readonly beganAt: number | null;
  /** The last price; null where none is known. */
  readonly price: string | null;
  /** What the bot traded on it. */
  readonly fills: readonly Fill[];
}

/** Candles that a chart opens with at least. */
const OPENS_WITH_CANDLES = 60;
/** Candles of room after the last one. */
const AFTER_CANDLES = 3;

/** The stretch that a bot's chart opens with: from a little before it began to now. Instants of the market's time. */
export function lifeSpan(beganAt: number, now: number, lengthMs: number): TimeSpan {
  const lifeMs = Math.max(0, now - beganAt);
  const shownMs = Math.max(OPENS_WITH_CANDLES * lengthMs, lifeMs * (1 + BEFORE_SHARE));
  return { fromMs: now - shownMs, toMs: now + AFTER_CANDLES * lengthMs };
}

/** What a bot's chart shows of one market: candles, what it holds, what waits, what traded and what the strategy said. */
export function botChartSpec(
  state: BotState | null,
  { instrument, alone, beganAt, price, fills }: BotOnMarket,
  series: CandleSeries,
): ChartSpec {
  const orders = (state?.openOrders ?? []).filter((order) => order.instrument === instrument);
  return {
    follows: true,
    candles: { data: series, tick: 0, label: instrumentName(instrument) },
    lines: [],
    fills: fills
      .filter((fill) => isOnCandles(fill.at, series))
      .map(({ at, price, side }) => ({ time: at, price: Number(price), side })),
    // The log does not say of which market a signal is: with several it is not drawn rather than drawn on all.
    signals: alone ? signalsOf(state?.log ?? [], series) : [],
    moments: beganAt === null ? [] : [{ time: beganAt, label: "bot began" }],
    levels: [...priceLevel(price), ...positionLevels(state, instrument), ...orders.flatMap(orderLevels)],
    paneShares: [1],
  };
}

/** Whether there is a candle at the instant, or one closes then: what traded is not drawn in empty space. */
function isOnCandles(at: number, { time, timeframe }: CandleSeries): boolean {
  const last = time.at(-1);
  return last !== undefined && at >= time[0] && at <= last + timeframeLengthMs(timeframe);
}

function priceLevel(price: string | null): readonly ChartLevel[] {
  if (price === null) return [];
  return [{ id: "price", price: Number(price), label: "now", colour: "muted", look: "dashed" }];
}

/**
 * The signals in a bot's log, at the last close that was known then. Only entries that name their action are drawn, and
 * only those within the candles.
 */
export function signalsOf(log: BotState["log"], series: CandleSeries): readonly ChartSignal[] {
  return log.flatMap(({ kind, at, message }) => {
    const action = actionIn(message);
    const index = series.time.findLastIndex((time) => time <= at);
    if (kind !== "signal" || action === undefined || !isOnCandles(at, series)) return [];
    return [{ time: at, price: series.close[index], action }];
  });
}

/** "enter long: buy 0.42 market", "close (take profit): sell 0.42 market". */
function actionIn(message: string): ChartSignal["action"] | undefined {
  const entry = /^enter (long|short)\b/i.exec(message)?.[1].toLowerCase();
  if (entry !== undefined) return entry === "long" ? "enter long" : "enter short";
  const closing = /^close\b.*: (buy|sell)\b/i.exec(message)?.[1].toLowerCase();
  if (closing === undefined) return undefined;
  return closing === "sell" ? "exit long" : "exit short";
}

function positionLevels(state: BotState | null, instrument: string): readonly ChartLevel[] {
  const position = state?.positions.find((row) => row.instrument === instrument);
  if (position === undefined || Number(position.quantity) === 0) return [];
  const label = `${Number(position.quantity) > 0 ? "Long" : "Short"} ${formatDecimalQuantity(position.quantity.replace("-", ""))}`;
  return [{ id: "position", price: Number(position.averagePrice), label, colour: "muted", look: "solid" }];
}

function orderLevels(order: Order): readonly ChartLevel[] {
  const { id, side, kind, role, quantity, limit, stop } = order;
  const words = `${side === "buy" ? "Buy" : "Sell"} ${formatDecimalQuantity(quantity)}`;
  const protects = role === "stop" || role === "trailing" || kind === "stop" || kind === "trailing-stop";
  const colour = protects ? "notice" : "accent";
  const name = role === "target" ? "target" : protects ? "stop" : "limit";
  return [
    ...(stop === null
      ? []
      : [{ id: `${id} stop`, price: Number(stop), label: `${words} ${name}`, colour, look: "dashed" } as const]),
    ...(limit === null
      ? []
      : [
          {
            id: `${id} limit`,
            price: Number(limit),
            label: `${words} ${stop === null ? name : "limit"}`,
            colour,
            look: "dashed",
          } as const,
        ]),
  ];
}
