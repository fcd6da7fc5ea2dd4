import { ledgerText } from "../core/ledger/ledger-text.ts";

/** Texts of parts that were written before. What the desk keeps is never changed in place. */
const TEXTS = new WeakMap<object, string>();

/** Canonical text of a record of which most writes replace one part and leave the others as they are. */
export function partsText(record: object): string {
  return ledgerText(record, partText);
}

function partText(part: unknown): string {
  if (typeof part !== "object" || part === null) return ledgerText(part);
  const known = TEXTS.get(part);
  if (known !== undefined) return known;
  const text = ledgerText(part);
  TEXTS.set(part, text);
  return text;
}
