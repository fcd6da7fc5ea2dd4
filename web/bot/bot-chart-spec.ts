import type { BotState } from "../../schema/wire/bot.ts";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { Order } from "../../schema/wire/trading.ts";
import type { ChartLevel, ChartSignal, ChartSpec } from "../chart/chart-spec.ts";
import { formatDecimalQuantity } from "../format/decimal.ts";
import { instrumentName } from "../trading/instrument-name.ts";

/** What a bot's chart shows of one market: candles, what it holds, what waits, what traded and what the strategy said. */
export function botChartSpec(state: BotState | null, instrument: string, series: CandleSeries): ChartSpec {
  const orders = (state?.openOrders ?? []).filter((order) => order.instrument === instrument);
  return {
    candles: { data: series, tick: 0, label: instrumentName(instrument) },
    lines: [],
    fills: (state?.fills ?? [])
      .filter((fill) => fill.instrument === instrument)
      .map(({ at, price, side }) => ({ time: at, price: Number(price), side })),
    signals: signalsOf(state?.log ?? [], series),
    levels: [...positionLevels(state, instrument), ...orders.flatMap(orderLevels)],
    paneShares: [1],
  };
}

/**
 * The signals in a bot's log, at the close of the candle that was then. Only entries that name their action are drawn, and
 * only those within the candles.
 */
export function signalsOf(log: BotState["log"], series: CandleSeries): readonly ChartSignal[] {
  return log.flatMap(({ kind, at, message }) => {
    const action = /\b(enter|exit) (long|short)\b/i.exec(message)?.[0].toLowerCase();
    const index = series.time.findLastIndex((time) => time <= at);
    if (kind !== "signal" || action === undefined || index < 0) return [];
    return [{ time: at, price: series.close[index], action: action as ChartSignal["action"] }];
  });
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
