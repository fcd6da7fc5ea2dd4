import { wordsOfDifference } from "../../schema/wire/code-words.ts";
import type { AccountHalt, HaltFigures } from "../../schema/wire/trading.ts";
import { formatExactAmount, formatExactQuantity } from "../format/decimal.ts";
import { instrumentName } from "./instrument-name.ts";

/** What differs, in words: "The position in BTCUSDT differs from the venue's". */
export function differenceTitle({ code, instrument, figures }: AccountHalt): string {
  if (code === "POSITION_DIFFERS" && instrument !== null) {
    return `The position in ${instrumentName(instrument)} differs from the venue's`;
  }
  if (code === "BALANCE_DIFFERS" && figures !== null) return `The balance in ${figures.unit} differs from the venue's`;
  const words = wordsOfDifference(code);
  return instrument === null
    ? words
    : `${instrumentName(instrument)}: ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

/** Both sides in a sentence: "Our books have 1.5, the venue has 1.2: a difference of −0.3." */
export function differenceFigures(halt: AccountHalt): string {
  const { figures, ours, theirs } = halt;
  if (figures === null) return `Our books have ${ours}, the venue has ${theirs}.`;
  const write = figureWriter(halt);
  const both = `Our books have ${write(figures.ours)}, the venue has ${write(figures.theirs)}`;
  return isAgreed(figures)
    ? `${both}: they agree by now.`
    : `${both}: a difference of ${write(figures.difference, true)}.`;
}

/**
 * How the figures of a difference are written: money with its currency, quantities without their instrument. With every
 * digit, since what is read is what is booked: both sides may look alike when they are rounded.
 */
export function figureWriter({ instrument, figures }: AccountHalt): (text: string, signed?: boolean) => string {
  const write = (text: string) =>
    instrument === null ? formatExactAmount(text, figures?.unit ?? "") : formatExactQuantity(text);
  return (text, signed = false) => `${signed && Number(text) > 0 ? "+" : ""}${write(text)}`;
}

/** Whether both sides were the same at the last comparison. */
export function isAgreed({ difference }: HaltFigures): boolean {
  return Number(difference) === 0;
}

/** Whether the venue's figure can be taken over: it is one of a position or a balance, and differs. */
export function canTakeOver({ figures }: AccountHalt): boolean {
  return figures !== null && !isAgreed(figures);
}

/** What a person can do about it. */
export function differenceAdvice(halt: AccountHalt): string {
  const { figures } = halt;
  if (figures === null) return "Look at the order at the venue. Arm again once you know what became of it.";
  if (isAgreed(figures)) return "Both sides agree by now: arm again.";
  return "Look at the venue. Where its figure is right, take it over, then arm again.";
}

/** The differences that a switch was thrown for: those of an instrument, or of the account as a whole. */
export function differencesWithin(
  differences: readonly AccountHalt[],
  instrument: string | undefined,
): readonly AccountHalt[] {
  return differences.filter((halt) => halt.instrument === (instrument ?? null));
}
