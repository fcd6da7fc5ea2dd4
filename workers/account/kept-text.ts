import { ledgerText, type Names, namesOf, namesOfMap } from "../core/ledger/ledger-text.ts";

/** Levels of a document that are kept apart: its parts, what these hold by name, and each of that, as a ledger's balances. */
const LEVELS = 3;
/** What no document is. */
const NOTHING = {};
const NO_NAMES: Names = [];
const NO_PARTS: readonly KeptText[] = [];

/**
 * Canonical text of a document that is written again and again, of which most writes change a few values. What did not
 * change since it was written last is not written anew. Relies on that no value is ever changed in place.
 */
export class KeptText {
  private value: unknown = NOTHING;
  private text = "";
  /** Names of the parts in order, and for a map its keys as they came. */
  private names: Names = NO_NAMES;
  private keys: readonly string[] | undefined;
  /** In the order of `names`. */
  private parts: readonly KeptText[] = NO_PARTS;
  /** Of a list, in its own order. */
  private items: KeptText[] | undefined;

  /** The text of a document, its levels counted from here. */
  of(value: unknown, levels = LEVELS): string {
    if (value === this.value) return this.text;
    if (levels === 0 || typeof value !== "object" || value === null) this.text = ledgerText(value);
    else if (Array.isArray(value)) this.text = this.textOfList(value);
    else if (value instanceof Map) this.text = this.textOfMap(value, levels - 1);
    else this.text = this.textOfRecord(value, levels - 1);
    this.value = value;
    return this.text;
  }

  /** Lists grow at their end: what stands where it stood is kept, and not looked into. */
  private textOfList(list: readonly unknown[]): string {
    this.items ??= [];
    const { items } = this;
    if (items.length > list.length) items.length = list.length;
    let text = "";
    for (let at = 0; at < list.length; at++) {
      if (at === items.length) items.push(new KeptText());
      text += (at === 0 ? "[" : ",") + items[at].of(list[at], 0);
    }
    return text === "" ? "[]" : `${text}]`;
  }

  private textOfMap(map: ReadonlyMap<string, unknown>, levels: number): string {
    if (!isOfKeys(map, this.keys)) {
      this.take(namesOfMap(map));
      this.keys = [...map.keys()];
    }
    let text = "";
    for (let at = 0; at < this.names.length; at++) {
      const { key, first, next } = this.names[at];
      text += (text === "" ? first : next) + this.parts[at].of(map.get(key), levels);
    }
    return text === "" ? "{}" : `${text}}`;
  }

  private textOfRecord(value: object, levels: number): string {
    const record = value as Readonly<Record<string, unknown>>;
    const names = namesOf(record);
    if (names !== this.names) this.take(names);
    let text = "";
    for (let at = 0; at < names.length; at++) {
      const { key, first, next } = names[at];
      const inner = record[key];
      if (inner !== undefined) text += (text === "" ? first : next) + this.parts[at].of(inner, levels);
    }
    return text === "" ? "{}" : `${text}}`;
  }

  /** Goes on with other names: parts of names that are gone, as of positions that were closed, are forgotten. */
  private take(names: Names): void {
    const { names: before, parts } = this;
    this.parts = names.map(({ key }) => parts[before.findIndex((name) => name.key === key)] ?? new KeptText());
    this.names = names;
    this.keys = undefined;
  }
}

/** Documents by their names, each as it was written last. */
export class KeptTexts {
  private readonly kept = new Map<string, KeptText>();

  of(name: string, document: object): string {
    let kept = this.kept.get(name);
    if (kept === undefined) {
      kept = new KeptText();
      this.kept.set(name, kept);
    }
    return kept.of(document);
  }
}

function isOfKeys(map: ReadonlyMap<string, unknown>, keys: readonly string[] | undefined): boolean {
  if (keys === undefined || map.size !== keys.length) return false;
  let at = 0;
  for (const key of map.keys()) if (key !== keys[at++]) return false;
  return true;
}
