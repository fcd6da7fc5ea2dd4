import { entriesText, ledgerText } from "../core/ledger/ledger-text.ts";

/** Levels of a document that are kept apart: its parts, what these hold by name, and each of that, as a ledger's balances. */
const LEVELS = 3;

/**
 * Canonical text of a document that is written again and again, of which most writes change a few values. What did not
 * change since it was written last is not written anew. Relies on that no value is ever changed in place.
 */
export class KeptText {
  private value: unknown;
  private text = "";
  private readonly parts = new Map<string, KeptText>();

  /** The text of a document, its levels counted from here. */
  of(value: unknown, levels = LEVELS): string {
    if (value === this.value) return this.text;
    this.text = levels > 0 && isNamed(value) ? this.textOfParts(value, levels - 1) : ledgerText(value);
    this.value = value;
    return this.text;
  }

  private textOfParts(value: object, levels: number): string {
    let count = 0;
    const text = entriesText(value, (part, name) => {
      count++;
      return this.part(name).of(part, levels);
    });
    // Names that are gone, as positions that were closed, are forgotten at times.
    if (this.parts.size > 2 * count) this.parts.clear();
    return text;
  }

  /** What is kept of a part of it. */
  part(name: string): KeptText {
    const known = this.parts.get(name);
    if (known !== undefined) return known;
    const part = new KeptText();
    this.parts.set(name, part);
    return part;
  }
}

function isNamed(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
