import { DIFFERENCE_WORDS } from "../../schema/wire/difference-words.ts";
import type { Halt } from "../core/ledger/reconcile.ts";

const THOUSANDS = new Intl.NumberFormat("en-US");

/** What is told of a halt: what it is, and both sides. */
export function haltMessage({ instrument, code, ours, theirs }: Halt): string {
  const [own, other] = [ours, theirs].map(withThousands);
  const message = `${DIFFERENCE_WORDS[code]}: our books have ${own}, the venue ${other}.`;
  return instrument === undefined ? message : `${instrument}: ${message}`;
}

/** A figure with its thousands apart and all its digits: "97,502.48698 USD". A text that begins with no number stays as it is. */
function withThousands(figure: string): string {
  return figure.replace(/^(-?)(\d+)(?=\.\d+( |$)| |$)/, (_, sign: string, whole: string) => {
    return `${sign}${THOUSANDS.format(BigInt(whole))}`;
  });
}
