import type { BotPreview } from "../../schema/wire/bot.ts";
import type { REQUIRED_CAPS } from "../risk/cap-words.ts";

/** Room above the largest order and position of last month: next month will not be the same. */
const SIZE_ROOM = 1.25;
/** Room above the worst day. */
const LOSS_ROOM = 1.5;
/** Where last month had no bad day to learn from, this share of the capital. */
const DAILY_LOSS_SHARE_MIN = 0.02;
/** No suggestion lets a day take more than this share of the capital. */
const DAILY_LOSS_SHARE_MAX = 0.2;
/** An entry, its stop, its target, and as many that are just being cancelled or replaced. */
const ORDERS_PER_INSTRUMENT = 6;

export type SuggestedCaps = Readonly<Record<(typeof REQUIRED_CAPS)[number], string>>;

interface SuggestionInput {
  readonly preview: Pick<BotPreview, "largestOrder" | "largestPosition" | "worstDay">;
  /** What the bot trades with, in the account's currency. */
  readonly capital: number;
  readonly leverage: number;
  readonly instruments: number;
}

/**
 * Caps that would have let last month through with some room: sizes by a quarter, the worst day by half. A month without
 * trades says nothing of sizes; there they follow from the capital. Amounts are rounded up to two digits.
 */
export function suggestCaps({ preview, capital, leverage, instruments }: SuggestionInput): SuggestedCaps {
  const whole = capital * leverage;
  const order = roomFor(Number(preview.largestOrder), whole);
  const position = Math.max(order, roomFor(Number(preview.largestPosition), whole));
  const loss = Math.max(Number(preview.worstDay) * LOSS_ROOM, capital * DAILY_LOSS_SHARE_MIN);
  return {
    orderNotional: String(roundUp(order)),
    positionNotional: String(roundUp(position)),
    openOrders: String(ORDERS_PER_INSTRUMENT * Math.max(1, instruments)),
    dailyLoss: String(roundUp(Math.min(loss, capital * DAILY_LOSS_SHARE_MAX))),
  };
}

function roomFor(largest: number, whole: number): number {
  return (largest > 0 ? largest : whole) * SIZE_ROOM;
}

/** Up to two significant digits: 29,687.5 is 30,000. */
function roundUp(value: number): number {
  if (!(value > 0)) return 0;
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(Number((value / step).toPrecision(12))) * step).toPrecision(12));
}
