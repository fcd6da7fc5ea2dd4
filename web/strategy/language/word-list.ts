import type { LanguageWord } from "../../../schema/wire/strategy.ts";

export interface WordGroup {
  readonly kind: LanguageWord["kind"];
  readonly title: string;
  readonly note: string;
  readonly words: readonly LanguageWord[];
}

const GROUPS: readonly Omit<WordGroup, "words">[] = [
  { kind: "keyword", title: "Sentences", note: "Each rule is one line that begins with one of these words" },
  { kind: "field", title: "The candle", note: "Each is a number at the close of every candle" },
  {
    kind: "function",
    title: "Functions and indicators",
    note: "A value after = is what stands in when it is left out",
  },
];

/** The words that hold everything that was searched for, by kind in the order of their own list. */
export function groupWords(words: readonly LanguageWord[], search: string): readonly WordGroup[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.filter((word) => {
    const text = `${word.name} ${word.signature} ${word.summary}`.toLowerCase();
    return wanted.every((part) => text.includes(part));
  });
  return GROUPS.map((group) => ({ ...group, words: found.filter((word) => word.kind === group.kind) })).filter(
    (group) => group.words.length > 0,
  );
}
