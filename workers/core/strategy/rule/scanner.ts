import type { Diagnostics } from "./diagnostic.ts";
import type { Span } from "./syntax.ts";

/** Longest rule text in characters: ten times the longest strategy of the library. */
export const TEXT_LENGTH_MAX = 20_000;
/** Most words, numbers and signs of a text: what fits when it is written with spaces. */
export const TOKENS_MAX = 6_000;
/** Deepest nesting of parentheses and prefixes: nobody reads deeper, and the parser's stack stays small. */
export const NESTING_MAX = 64;

/** Words that begin a statement when they stand first on a line. */
export const STATEMENT_WORDS = [
  "param",
  "let",
  "enter",
  "exit",
  "stop",
  "target",
  "trail",
  "limit",
  "entry",
  "size",
] as const;

export interface Token extends Span {
  readonly text: string;
}

export interface Scan {
  readonly tokens: readonly Token[];
  /** Spans of the statements: each begins with a statement word that is first on its line, or with the text. */
  readonly statements: readonly Span[];
}

const TOKEN =
  /[ \t\r]+|(\n)|#[^\n]*|"[^"\n]*"?|[A-Za-z_][A-Za-z0-9_]*|\$[A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?%?|<=|>=|==|!=|\.\.|./gs;
const STARTERS: ReadonlySet<string> = new Set(STATEMENT_WORDS);

/**
 * Cuts a text into tokens and statements and checks its size and nesting, in one pass without recursion. Returns
 * undefined, with the error reported, where a bound is broken: such a text must not reach the parser.
 */
export function scan(text: string, diagnostics: Diagnostics): Scan | undefined {
  if (text.length > TEXT_LENGTH_MAX) {
    const span = { from: TEXT_LENGTH_MAX, to: text.length };
    diagnostics.error(span, `the text must be at most ${TEXT_LENGTH_MAX} characters long, was ${text.length}`);
    return undefined;
  }
  const tokens: Token[] = [];
  const starts: number[] = [];
  const nesting = new Nesting();
  let freshLine = true;
  for (const match of text.matchAll(TOKEN)) {
    const [word, newline] = match;
    if (newline !== undefined) freshLine = true;
    if (/^[\s#]/.test(word)) continue;
    const token = { text: word, from: match.index, to: match.index + word.length };
    if (freshLine && STARTERS.has(word)) {
      starts.push(token.from);
      nesting.reset();
    } else if (tokens.length === 0) {
      starts.push(token.from);
    }
    freshLine = false;
    tokens.push(token);
    if (tokens.length > TOKENS_MAX) {
      diagnostics.error(token, `the text must have at most ${TOKENS_MAX} words and signs`);
      return undefined;
    }
    if (nesting.take(word) > NESTING_MAX) {
      diagnostics.error(token, `parentheses and prefixes must be nested at most ${NESTING_MAX} deep`);
      return undefined;
    }
  }
  const statements = starts.map((from, index) => ({ from, to: starts[index + 1] ?? text.length }));
  return { tokens, statements };
}

/** Depth of parentheses, and of prefixes in a row (`not not x`, `- - x`), that the parser would recurse into. */
class Nesting {
  private open: number[] = [];
  private prefixes = 0;
  private operand = false;

  reset(): void {
    this.open = [];
    this.prefixes = 0;
    this.operand = false;
  }

  take(word: string): number {
    if (word === "(") {
      this.open.push(this.prefixes);
      this.operand = false;
    } else if (word === ")") {
      this.prefixes = this.open.pop() ?? 0;
      this.operand = true;
    } else if (word === "not" || (word === "-" && !this.operand)) {
      this.prefixes++;
      this.operand = false;
    } else {
      this.operand = /^[\w$"]/.test(word) && word !== "and" && word !== "or";
      this.prefixes = this.open.at(-1) ?? 0;
    }
    return this.open.length + this.prefixes;
  }
}
