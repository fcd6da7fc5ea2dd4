import { DIFFERENCE_WORDS } from "../../schema/wire/difference-words.ts";
import type { Halt } from "../core/ledger/reconcile.ts";

/** What is told of a halt: what it is, and both sides. */
export function haltMessage({ instrument, code, ours, theirs }: Halt): string {
  const message = `${DIFFERENCE_WORDS[code]}: our books have ${ours}, the venue ${theirs}.`;
  return instrument === undefined ? message : `${instrument}: ${message}`;
}
