import type { ShadowDifference } from "../../schema/wire/shadow.ts";
import { formatDecimalQuantity, formatMeanPrice } from "../format/decimal.ts";

export type ShadowKind = ShadowDifference["kind"];

/** An order that the bot and its backtest filled differently. */
export interface ShadowRow {
  readonly key: string;
  readonly at: number;
  readonly instrument: string;
  /** What each kind of difference made of the bot's equity, in the account's currency: below zero where it cost. */
  readonly effects: readonly { readonly kind: ShadowKind; readonly amount: number }[];
  /** Their sum. */
  readonly effect: number;
  /** What both sides did, in one sentence. */
  readonly words: string;
}

/** Why a bot and its backtest part, in the order that is looked at. */
export const SHADOW_KINDS: readonly { readonly kind: ShadowKind; readonly label: string; readonly what: string }[] = [
  { kind: "price", label: "Price", what: "filled at another price" },
  { kind: "delay", label: "Delay", what: "filled later" },
  { kind: "fee", label: "Fees", what: "paid other fees" },
  { kind: "quantity", label: "Quantity", what: "traded another size, by a cap or by its cash" },
  { kind: "missed", label: "Missed", what: "the backtest traded, the bot did not" },
  { kind: "extra", label: "Extra", what: "the bot traded, the backtest did not" },
];

/** Differences by order, newest first as they came. An order has one for each kind, up to three. */
export function shadowRows(latest: readonly ShadowDifference[]): readonly ShadowRow[] {
  const orders = new Map<string, ShadowDifference[]>();
  for (const difference of latest) {
    const { at, instrument, side, detail } = difference;
    const key = difference.order ?? `${at} ${instrument} ${side} ${detail}`;
    orders.set(key, [...(orders.get(key) ?? []), difference]);
  }
  return [...orders].map(([key, differences]) => {
    const [first] = differences;
    const effects = SHADOW_KINDS.flatMap(({ kind }) =>
      differences.filter((each) => each.kind === kind).map(({ cost }) => ({ kind, amount: effectOf(cost) })),
    );
    const effect = effects.reduce((sum, { amount }) => sum + amount, 0);
    return { key, at: first.at, instrument: first.instrument, effects, effect, words: wordsOf(first) };
  });
}

/** What a cost did to the bot's equity: the other sign. */
export function effectOf(cost: string): number {
  return Number(cost) === 0 ? 0 : -Number(cost);
}

/** How an order traded that was not placed for a signal. */
const LEGS: Readonly<Record<string, string>> = {
  ...{
    main: "",
    hand: " outside its strategy",
    stop: " by its stop",
    target: " by its target",
    trailing: " by its trailing stop",
  },
};

function wordsOf({ side, part, backtest, bot, detail }: ShadowDifference): string {
  if (backtest === undefined || bot === undefined) return detail;
  const verb = side === "buy" ? "bought" : "sold";
  const traded = ({ quantity, price }: NonNullable<typeof bot>) =>
    `${formatDecimalQuantity(quantity)} at ${formatMeanPrice(price)}`;
  const leg = part === undefined ? "" : (LEGS[part] ?? ` (${part})`);
  if (bot === null)
    return backtest === null ? detail : `The backtest ${verb} ${traded(backtest)}${leg}, the bot nothing`;
  const own = `The bot ${verb} ${traded(bot)}${leg}`;
  return `${own}, the backtest ${backtest === null ? "nothing" : traded(backtest)}`;
}
