import type { BotPreview } from "../../schema/wire/bot.ts";
import type { CapName } from "../../schema/wire/risk.ts";
import { formatAmount } from "../format/decimal.ts";

interface TypedCap {
  readonly cap: CapName;
  readonly text: string;
  /** The account's. */
  readonly currency: string;
}

type Month = Pick<BotPreview, "largestOrder" | "largestPosition" | "worstDay">;

/** What a cap as it is typed would have kept the bot from last month; null where it leaves room, or nobody knows. */
export function capShortfall({ cap, text, currency }: TypedCap, month: Month | null): string | null {
  const typed = text.trim() === "" ? Number.NaN : Number(text);
  if (month === null || Number.isNaN(typed)) return null;
  const { largestOrder, largestPosition, worstDay } = month;
  const amount = (value: string) => formatAmount(value, currency);
  if (cap === "orderNotional" && typed < Number(largestOrder)) {
    return `Orders above this are denied: last month's largest was ${amount(largestOrder)}.`;
  }
  if (cap === "positionNotional" && typed < Number(largestPosition)) {
    return `Orders that lead above this are denied: last month's largest position was ${amount(largestPosition)}.`;
  }
  // A loss that has reached its limit pauses.
  if (cap === "dailyLoss" && Number(worstDay) > 0 && typed <= Number(worstDay)) {
    return `It would have been paused for the rest of last month's worst day, which lost ${amount(worstDay)}.`;
  }
  return null;
}
