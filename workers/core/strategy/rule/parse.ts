import type { Diagnostics } from "./diagnostic.ts";
import { SyntaxError as GrammarError, parse as parseStatement } from "./grammar.js";
import { nearestName } from "./nearest-name.ts";
import { type Scan, scan } from "./scanner.ts";
import { slipAt } from "./slip.ts";
import type { Span, Statement } from "./syntax.ts";

/** What a text says; `broken` are the names that statements which cannot be read would have given. */
export interface ParsedRules {
  readonly statements: readonly Statement[];
  readonly broken: ReadonlySet<string>;
}

/** Reads the statements of a text. What cannot be read is reported; each wrong statement once. */
export function parseRules(text: string, diagnostics: Diagnostics): ParsedRules {
  const scanned = scan(text, diagnostics);
  const statements: Statement[] = [];
  const broken = new Set<string>();
  if (scanned === undefined) return { statements, broken };
  for (const span of scanned.statements) {
    try {
      statements.push(parseStatement(text.slice(span.from, span.to), { base: span.from }));
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      report(error, span, scanned, text, diagnostics);
      const first = scanned.tokens.findIndex((token) => token.from === span.from);
      const [word, name] = scanned.tokens.slice(first, first + 2);
      if (name !== undefined && word.text === "let") broken.add(name.text);
      if (name !== undefined && word.text === "param") broken.add(`$${name.text}`);
    }
  }
  return { statements, broken };
}

type Expectation = GrammarError["expected"][number];

function report(error: GrammarError, statement: Span, scanned: Scan, text: string, diagnostics: Diagnostics): void {
  const offset = statement.from + error.location.start.offset;
  const tokens = scanned.tokens.filter(({ from }) => from >= statement.from && from < statement.to);
  const stop = tokens.findIndex((token) => token.to > offset);
  const at = stop < 0 ? tokens.length : stop;
  const token = tokens[at];
  const named = new Set(error.expected.flatMap((entry) => (entry.type === "other" ? [entry.description] : [])));
  const wants = {
    value: named.has("a number") && named.has("a name"),
    end: error.expected.some((entry) => entry.type === "end"),
    side: named.has("long or short") || error.expected.some((entry) => literalOf(entry)[0] === "at"),
  };
  const slip = slipAt({ text, tokens, at, wants });
  if (slip !== undefined) {
    diagnostics.error(slip.span, slip.message, slip.suggestion);
    return;
  }
  const { from, to } = token ?? tokens[at - 1] ?? { from: offset, to: offset };
  const found = token === undefined ? "the end of the statement" : quote(token.text);
  const words = [...error.expected.flatMap(literalOf), ...(named.has("long or short") ? ["long", "short"] : [])];
  const near = token === undefined ? only(words) : (nearestName(token.text, words) ?? only(words));
  diagnostics.error({ from, to }, `expected ${choice(plainWords(error.expected))}, was ${found}`, near);
}

const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "+", "-", "*", "/"]);

/** The expectations in a reader's words: the many ways to begin a value, or to go on after one, become one each. */
function plainWords(expected: readonly Expectation[]): string[] {
  const named = new Set(expected.flatMap((entry) => (entry.type === "other" ? [entry.description] : [])));
  const literals = new Set(expected.flatMap(literalOf));
  const words: string[] = [];
  const value = named.has("a number") && named.has("a name");
  const operator = named.has("a comparison") || (literals.has("*") && literals.has("+")) || literals.has("and");
  if (value) words.push("a value");
  else
    for (const word of ["a number", "a name", "a text in quotes", "long or short"])
      if (named.has(word)) words.push(word);
  if (operator) words.push("an operator");
  for (const literal of literals) {
    const covered = (operator && OPERATORS.has(literal)) || (value && ["(", "-", "not", '"'].includes(literal));
    const afterName = operator && ["(", "."].includes(literal);
    if (!covered && !afterName) words.push(quote(literal));
  }
  if (expected.some((entry) => entry.type === "end")) words.push("the end of the statement");
  return words.length === 0 ? ["something else"] : words;
}

function literalOf(entry: Expectation): string[] {
  return entry.type === "literal" ? [entry.text] : [];
}

function only(words: readonly string[]): string | undefined {
  const distinct = new Set(words);
  return distinct.size === 1 ? words[0] : undefined;
}

function quote(word: string): string {
  return word.startsWith('"') ? `the text ${word}` : `"${word.length > 40 ? `${word.slice(0, 40)}…` : word}"`;
}

function choice(words: readonly string[]): string {
  return words.length <= 1 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
