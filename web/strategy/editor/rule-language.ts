import { StreamLanguage, type StreamParser } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import type { LanguageWord } from "../../../schema/wire/strategy.ts";

type Kind = LanguageWord["kind"];

const TOKENS: Readonly<Record<Kind, string>> = { function: "call", field: "variableName", keyword: "keyword" };

/** Words that only join others; the server does not explain them one by one. */
const JOINING = new Set(["when", "long", "short", "at", "by", "step", "stop"]);

/** Colours for the rule language. The words come from the server, so that the editor knows what the checker knows. */
export function ruleLanguage(words: readonly LanguageWord[]) {
  const kinds = new Map(words.map((word) => [word.name, word.kind]));
  return StreamLanguage.define(ruleParser((word) => kinds.get(word)));
}

/** A reader of one token at a time. */
export function ruleParser(kindOf: (word: string) => Kind | undefined): StreamParser<null> {
  return {
    name: "rules",
    languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", '"'] } },
    startState: () => null,
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^#.*/)) return "comment";
      if (stream.match(/^"[^"]*"?/)) return "string";
      if (stream.match(/^\$[A-Za-z_]\w*/)) return "parameter";
      if (stream.match(/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?/i)) return "number";
      const word = stream.match(/^[A-Za-z_]\w*/) as RegExpMatchArray | null;
      if (word !== null) return TOKENS[kindOf(word[0]) ?? (JOINING.has(word[0]) ? "keyword" : "field")];
      stream.next();
      return "operator";
    },
    tokenTable: { call: tags.function(tags.variableName), parameter: tags.special(tags.variableName) },
  };
}
