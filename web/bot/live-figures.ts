import type { BotState } from "../../schema/wire/bot.ts";

/** Digits of amounts that are only for the eye. */
const DIGITS = 8;

/** The last prices by instrument, as decimals; a market that is not known is left out. */
export type LastPrices = Readonly<Record<string, string | null | undefined>>;

/**
 * The state of a bot at the last prices: what its positions would bring now, and its equity and profit with that. The
 * state itself is as of its last candle or fill. What has no newer price stays as it was told.
 */
export function atLastPrices(state: BotState, prices: LastPrices): BotState {
  let gained = 0;
  const positions = state.positions.map((position) => {
    const price = prices[position.instrument] ?? null;
    if (price === null || position.mark === null || position.unrealised === null) return position;
    const unrealised = Number(position.quantity) * (Number(price) - Number(position.averagePrice));
    gained += unrealised - Number(position.unrealised);
    return { ...position, mark: price, unrealised: text(unrealised) };
  });
  if (gained === 0) return { ...state, positions };
  const moved = (amount: string) => text(Number(amount) + gained);
  return {
    ...state,
    positions,
    equity: moved(state.equity),
    profit: moved(state.profit),
    profitToday: moved(state.profitToday),
  };
}

function text(value: number): string {
  return String(Number(value.toFixed(DIGITS)) + 0);
}
