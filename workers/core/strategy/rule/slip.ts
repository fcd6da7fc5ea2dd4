import { nearestName } from "./nearest-name.ts";
import { STATEMENT_WORDS, type Token } from "./scanner.ts";
import type { Span } from "./syntax.ts";

/** A wrong place that is recognised for what its writer had in mind. */
export interface Slip {
  readonly span: Span;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** Where the grammar could not go on. */
export interface Stop {
  readonly text: string;
  /** Tokens of the statement, the end of the text not among them. */
  readonly tokens: readonly Token[];
  /** Index of the token that does not fit; the number of tokens at the end of the statement. */
  readonly at: number;
  readonly wants: { readonly value: boolean; readonly end: boolean; readonly side: boolean };
}

/** What other languages and plain English call the beginnings of statements. */
const STATEMENT_SYNONYMS: Readonly<Record<string, string>> = {
  ...{ buy: "enter long", long: "enter long", open: "enter long", go: "enter", sell: "exit long", close: "exit long" },
  ...{ short: "enter short", cover: "exit short", input: "param", parameter: "param", var: "let", const: "let" },
  ...{ def: "let", set: "let", stoploss: "stop", stop_loss: "stop", sl: "stop", takeprofit: "target" },
  ...{ take_profit: "target", tp: "target", trailing: "trail", if: "enter long when", when: "enter long when" },
};
/** Synonyms of two words. */
const STATEMENT_PAIRS: Readonly<Record<string, string>> = {
  ...{ "take profit": "target", "profit target": "target", "stop loss": "stop", "trailing stop": "trail" },
  ...{ "go long": "enter long", "go short": "enter short", "sell short": "enter short", "buy long": "enter long" },
  ...{ "open long": "enter long", "open short": "enter short", "close long": "exit long", "close short": "exit short" },
  ...{ "short sell": "enter short", "buy short": "enter short", "sell long": "exit long" },
};

/** What is written where a side belongs; `when` forgets it. */
const SIDE_SYNONYMS: Readonly<Record<string, string>> = { when: "long when", buy: "long", sell: "short" };

const CONDITION_WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "when"]);
const NUMBER_SIGNS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", "at", "by"]);
const SIGNS_ELSEWHERE: Readonly<Record<string, string>> = { "&": "and", "|": "or", "!": "not" };

/** The slip behind a stop, or undefined where there is nothing better to say than what the grammar expected. */
export function slipAt(stop: Stop): Slip | undefined {
  return bracketSlip(stop) ?? statementSlip(stop) ?? danglingSlip(stop) ?? signSlip(stop) ?? sideSlip(stop);
}

/** `close[1]`, which other languages write for the candle before, and `close[-1]`, which would be the one after. */
function bracketSlip({ text, tokens, at }: Stop): Slip | undefined {
  if (tokens[at]?.text !== "[") return undefined;
  const close = tokens.findIndex((token, index) => index > at && token.text === "]");
  const first = subjectStart(tokens, at);
  if (close < 0 || first === at) return { span: tokens[at], message: EARLIER };
  const span = { from: tokens[first].from, to: tokens[close].to };
  const subject = text.slice(span.from, tokens[at - 1].to);
  const index = text.slice(tokens[at].to, tokens[close].from).replaceAll(/\s/g, "");
  const back = /^-?(\d{1,9}|\$\w+)$/.exec(index)?.[1];
  if (back === undefined) return { span, message: EARLIER };
  if (Number(back) === 0)
    return { span, message: `this candle's own value is written ${shorten(subject)}`, suggestion: subject };
  const before = `prev(${subject}, ${back})`;
  const value = back === "1" ? "the value of the candle before" : `the value ${back} candles before`;
  const written = `${shorten(subject)}[${index}]`;
  const message = index.startsWith("-")
    ? `${written} looks into the future, which no rule can know: ${value} is ${shorten(before)}`
    : `${value} is written ${shorten(before)}, was ${written}`;
  return { span, message, suggestion: before };
}

const EARLIER = "an earlier value is written prev(x, n) with a constant n, as in prev(close, 1)";

/** Index of the token with which the value in front of a bracket begins: `close`, `sma(close, 20)`, `macd().line`. */
function subjectStart(tokens: readonly Token[], bracket: number): number {
  let at = bracket - 1;
  if (at >= 2 && tokens[at - 1].text === "." && isWord(tokens[at].text)) at -= 2;
  if (tokens[at]?.text === ")") {
    let depth = 0;
    while (at >= 0) {
      if (tokens[at].text === ")") depth++;
      if (tokens[at].text === "(" && --depth === 0) break;
      at--;
    }
    if (at < 0) return bracket;
    const called = tokens[at - 1];
    return called !== undefined && isWord(called.text) && !CONDITION_WORDS.has(called.text) ? at - 1 : at;
  }
  const { text = "" } = tokens[at] ?? {};
  return isWord(text) && !CONDITION_WORDS.has(text) ? at : bracket;
}

/** A line that begins with a word which begins no statement. */
function statementSlip({ text, tokens, at, wants }: Stop): Slip | undefined {
  const token = tokens[at];
  if (token === undefined || !(at === 0 || (wants.end && isWord(token.text) && startsLine(text, token))))
    return undefined;
  const word = token.text.toLowerCase();
  if ((STATEMENT_WORDS as readonly string[]).includes(token.text) || (at > 0 && CONDITION_WORDS.has(word)))
    return undefined;
  const next = tokens[at + 1];
  const pair = next === undefined ? undefined : STATEMENT_PAIRS[`${word} ${next.text.toLowerCase()}`];
  const written = isWord(token.text) ? next?.text : undefined;
  const assigned = written === "=" ? `let ${token.text}` : undefined;
  const compared = /^[<>=!]=?$/.test(written ?? "") ? `enter long when ${token.text}` : undefined;
  const span = pair === undefined || next === undefined ? token : { from: token.from, to: next.to };
  const begins = STATEMENT_WORDS.map((name) => `"${name}"`);
  return {
    span: { from: span.from, to: span.to },
    message: `a line must begin with ${begins.slice(0, -1).join(", ")} or ${begins.at(-1)}, was ${quoted(token.text)}`,
    suggestion: pair ?? assigned ?? compared ?? STATEMENT_SYNONYMS[word] ?? nearestName(token.text, STATEMENT_WORDS),
  };
}

/** A word or sign with nothing behind it that it could apply to. */
function danglingSlip({ tokens, at, wants }: Stop): Slip | undefined {
  const before = tokens[at - 1];
  const token = tokens[at];
  if (!wants.value || before === undefined) return undefined;
  const needed = CONDITION_WORDS.has(before.text) ? "condition" : NUMBER_SIGNS.has(before.text) ? "number" : undefined;
  if (needed === undefined) return undefined;
  const must = `"${before.text}" must be followed by a ${needed}`;
  const removable = before.text === "and" || before.text === "or";
  if (token === undefined) {
    const advice = removable ? `: add one, or take "${before.text}" away` : "";
    return { span: before, message: `${must}, was the end of the statement${advice}` };
  }
  // Two in a row: the first one is as good a guess as any.
  const twice = token.text === "and" || token.text === "or";
  const closed = token.text === ")" || token.text === ",";
  const span = { from: twice || closed ? before.from : token.from, to: closed ? before.to : token.to };
  return { span, message: `${must}, was ${quoted(token.text)}`, suggestion: twice ? before.text : undefined };
}

/** `&&`, `||`, `!` and a single `=`. */
function signSlip({ tokens, at }: Stop): Slip | undefined {
  const token = tokens[at];
  if (token === undefined) return undefined;
  const double = tokens[at + 1]?.text === token.text && tokens[at + 1]?.from === token.to;
  const span = { from: token.from, to: double ? tokens[at + 1].to : token.to };
  if (token.text === "=" && at > 0) return { span, message: 'equality is written "==", was "="', suggestion: "==" };
  const word = SIGNS_ELSEWHERE[token.text];
  if (word === undefined) return undefined;
  return {
    span,
    message: `"${word}" is written as a word, was "${double ? token.text.repeat(2) : token.text}"`,
    suggestion: word,
  };
}

/** `exit when`, and other words where a side belongs. */
function sideSlip({ tokens, at, wants }: Stop): Slip | undefined {
  const token = tokens[at];
  if (!wants.side || token === undefined || tokens[at - 1] === undefined) return undefined;
  const pair = STATEMENT_PAIRS[`${tokens[at - 1].text} ${token.text.toLowerCase()}`];
  if (pair !== undefined) {
    const span = { from: tokens[at - 1].from, to: token.to };
    return { span, message: `"${pair}" is written without "${token.text}"`, suggestion: pair };
  }
  const suggestion = SIDE_SYNONYMS[token.text.toLowerCase()];
  if (suggestion === undefined) return undefined;
  return { span: token, message: `expected long or short, was "${token.text}"`, suggestion };
}

function startsLine(text: string, token: Token): boolean {
  return text.slice(text.lastIndexOf("\n", token.from) + 1, token.from).trim() === "";
}

function isWord(text: string): boolean {
  return /^[A-Za-z_$]/.test(text);
}

/** Values of a message stay short enough to be read. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

function quoted(text: string): string {
  return text.startsWith('"') ? `the text ${shorten(text)}` : `"${shorten(text)}"`;
}
