import { z } from "zod";
import { TimeMs } from "./primitive.ts";
import { Decimal, OrderSide } from "./trading.ts";

/** What one side traded of an order: a price of several fills is their mean, which is on no grid. */
export const ShadowTrade = z.object({ quantity: Decimal, price: Decimal });
export type ShadowTrade = z.infer<typeof ShadowTrade>;

/** Where the bot and the backtest beside it differ, order by order: one for each kind of difference. */
export const ShadowDifference = z.object({
  at: TimeMs,
  instrument: z.string(),
  side: OrderSide,
  /** `missed`: the backtest traded and the bot did not. `extra`: the other way round. */
  kind: z.enum(["price", "delay", "fee", "quantity", "missed", "extra"]),
  /** What it cost the bot, in the account's currency; below zero where it gained. */
  cost: Decimal,
  detail: z.string(),
  /** Same for all differences of one order. Absent in what was told before it was, as are the next three. */
  order: z.string().optional(),
  /** Which part of it: `main`, the leg of it that traded, such as `stop`, or `hand` for what its strategy did not ask for: an order by hand, or of a kill switch. */
  part: z.string().optional(),
  /** What each side traded of it; null where it did not. */
  backtest: ShadowTrade.nullable().optional(),
  bot: ShadowTrade.nullable().optional(),
});
export type ShadowDifference = z.infer<typeof ShadowDifference>;

export const ShadowState = z.object({
  /** Equity of the backtest that runs beside the bot on the same candles. */
  equity: Decimal,
  /** The bot's equity less that. */
  difference: Decimal,
  /** Sums by kind. */
  byKind: z.object({
    price: Decimal,
    delay: Decimal,
    fee: Decimal,
    quantity: Decimal,
    missed: Decimal,
    extra: Decimal,
  }),
  latest: z.array(ShadowDifference),
});
export type ShadowState = z.infer<typeof ShadowState>;
