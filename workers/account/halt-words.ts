import type { Halt } from "../core/ledger/reconcile.ts";

/** What a comparison with the venue found, in words for people. */
export const HALT_WORDS: Readonly<Record<Exclude<Halt["code"], "OVERFILLED">, string>> = {
  POSITION_DIFFERS: "A position differs from the venue's",
  BALANCE_DIFFERS: "A balance differs from the venue's",
  FILLED_DIFFERS: "An order's fills differ from the venue's",
  ORDER_CONTRADICTS: "The venue contradicts an order's state",
  ORDER_TWICE: "The venue has an order twice",
  ORDER_UNKNOWN: "The venue has an order of ours that we never meant",
};
export const OVERFILLED_WORDS = "An order was filled beyond its quantity";

/** What is told of a halt: what it is, and both sides. */
export function haltMessage({ instrument, code, ours, theirs }: Halt): string {
  const words = code === "OVERFILLED" ? OVERFILLED_WORDS : HALT_WORDS[code];
  const message = `${words}: our books have ${ours}, the venue ${theirs}.`;
  return instrument === undefined ? message : `${instrument}: ${message}`;
}
