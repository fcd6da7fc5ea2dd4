import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { SignalTerms, SignalWish } from "../../schema/wire/signal.ts";
import { brokenValue, fieldsOf, type MessageFields, shown, termsOf } from "./message-fields.ts";

/** What a message says. Times are UTC ms. */
export interface SignalMessage {
  /** `heartbeat`: the sender is alive and wants nothing. */
  readonly wish: SignalWish | "heartbeat";
  /** As the sender calls it. */
  readonly symbol: string | undefined;
  readonly terms: SignalTerms;
  readonly sentAt: number | undefined;
  readonly barAt: number | undefined;
  /** The sender's own count. */
  readonly sequence: number | undefined;
  /** The sender's own id. */
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

export type ParsedMessage =
  | { readonly ok: true; readonly message: SignalMessage }
  | { readonly ok: false; readonly issues: readonly ProblemIssue[]; readonly secret: string | undefined };

/** Words for what to do, in lower case with single spaces. */
const WORDS: Readonly<Record<string, SignalWish | "heartbeat">> = {
  ...{ buy: "long", long: "long", "enter long": "long", "go long": "long", "open long": "long", "buy long": "long" },
  ...{ sell: "short", short: "short", "enter short": "short", "go short": "short", "open short": "short" },
  ...{ "sell short": "short", close: "flat", flat: "flat", exit: "flat", "close all": "flat", "exit all": "flat" },
  ...{ "close position": "flat", "exit long": "exit-long", "close long": "exit-long", "sell long": "exit-long" },
  ...{ "exit short": "exit-short", "close short": "exit-short", "cover short": "exit-short", cover: "exit-short" },
  ...{ heartbeat: "heartbeat", ping: "heartbeat", alive: "heartbeat" },
};
const WORDS_RULE = "must be buy, sell, close, long, short, flat, exit long, exit short or heartbeat";

const POSITIONS = { long: "long", short: "short", flat: "flat" } as const;

/** What TradingView says of a strategy's order where nobody wrote an alert's text. */
const DEFAULT_TEXT = /order (buy|sell) @ \S{1,40} filled on (\S{1,60})\. New strategy position is (-?[\d.,]{1,40})\.?$/;
const SYMBOL = /^[\w.:!/-]{1,60}$/;
const TEXT_CHARACTERS_MAX = 300;
const ID = /^[\w.:/-]{1,100}$/;

/** Reads a message: JSON by the template, TradingView's own words, or a plain word. Never throws. */
export function parseMessage(text: string): ParsedMessage {
  const plain = text.trim();
  if (plain.startsWith("{") || plain.startsWith("[") || plain.startsWith('"')) return parseJson(plain);
  const fields = plainFields(plain);
  return "issue" in fields ? { ok: false, issues: [fields.issue], secret: undefined } : messageOf(fields.fields, []);
}

function parseJson(text: string): ParsedMessage {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const rule = "must be JSON: check that every text stands in quotes and no comma follows the last field";
    return { ok: false, issues: [{ field: "", rule }], secret: undefined };
  }
  if (typeof body === "string") return parseMessage(body.startsWith('"') ? "" : body);
  const { fields, issues } = fieldsOf(body);
  return messageOf(fields, issues);
}

function plainFields(text: string): { fields: MessageFields } | { issue: ProblemIssue } {
  if (text === "") return { issue: { field: "", rule: "must not be empty" } };
  if (text.length > TEXT_CHARACTERS_MAX) {
    return { issue: { field: "", rule: `must be JSON where it has more than ${TEXT_CHARACTERS_MAX} characters` } };
  }
  const told = DEFAULT_TEXT.exec(text);
  if (told !== null) {
    const [, action, symbol, size = ""] = told;
    const held = Number(size.replaceAll(",", ""));
    const position = held > 0 ? "long" : held < 0 ? "short" : held === 0 ? "flat" : "";
    return { fields: { action, symbol, ...(position === "" ? {} : { position }) } };
  }
  const parts = text.split(/\s+/);
  for (const [action, symbol] of [
    [parts, []],
    [parts.slice(0, -1), parts.slice(-1)],
    [parts.slice(1), parts.slice(0, 1)],
  ] as const) {
    const words = action.join(" ").toLowerCase().replaceAll("_", " ");
    if (!Object.hasOwn(WORDS, words)) continue;
    return { fields: { action: words, ...(symbol.length === 0 ? {} : { symbol: symbol[0] }) } };
  }
  return { issue: brokenValue("", WORDS_RULE, text) };
}

function messageOf(fields: MessageFields, before: readonly ProblemIssue[]): ParsedMessage {
  const { terms, issues } = termsOf(fields);
  const found: ProblemIssue[] = [...before, ...issues];
  const wish = wishOf(fields, found);
  const time = (name: "time" | "bar") => timeOf(fields[name], name, found);
  const message = {
    ...{ terms, sentAt: time("time"), barAt: time("bar"), sequence: sequenceOf(fields.sequence, found) },
    ...{ symbol: fields.symbol, id: fields.id, secret: fields.secret },
  };
  if (message.symbol !== undefined && !SYMBOL.test(message.symbol)) {
    found.push(brokenValue("symbol", "must be a symbol such as BINANCE:BTCUSDT", message.symbol));
  }
  if (message.id !== undefined && !ID.test(message.id)) {
    found.push(brokenValue("id", "must be at most 100 letters, digits or . _ : / -", message.id));
  }
  if (wish !== undefined && wish !== "heartbeat") found.push(...misplacedTerms(wish, terms));
  if (found.length > 0 || wish === undefined) return { ok: false, issues: found, secret: fields.secret };
  return { ok: true, message: { wish, ...message } };
}

/**
 * What an order and the position after it want together. Where both are told the position decides, since that is what the
 * sender holds then; an order that only makes it smaller is refused, never taken for its opposite.
 */
function wishOf(fields: MessageFields, issues: ProblemIssue[]): SignalWish | "heartbeat" | undefined {
  const { action, position } = fields;
  const word = action?.toLowerCase().replace(/[\s_-]+/g, " ");
  const wanted = word === undefined || !Object.hasOwn(WORDS, word) ? undefined : WORDS[word];
  if (action !== undefined && wanted === undefined) issues.push(brokenValue("action", WORDS_RULE, action));
  if (position === undefined) {
    if (action === undefined) issues.push({ field: "action", rule: "is required, or position" });
    return wanted;
  }
  const target = Object.hasOwn(POSITIONS, position.toLowerCase())
    ? POSITIONS[position.toLowerCase() as keyof typeof POSITIONS]
    : undefined;
  if (target === undefined) {
    issues.push(brokenValue("position", "must be long, short or flat", position));
    return undefined;
  }
  const rule = wanted === undefined ? undefined : contradiction(wanted, word === "buy" || word === "sell", target);
  if (rule !== undefined) issues.push({ field: "position", rule, value: shown(`${action} and ${position}`) });
  return wanted === "heartbeat" ? wanted : target;
}

/** The rule that an order and the position after it break, if they do. */
function contradiction(
  wanted: SignalWish | "heartbeat",
  isOrder: boolean,
  target: "long" | "short" | "flat",
): string | undefined {
  if (wanted === "heartbeat" || target === wanted) return undefined;
  if (target === "flat") return isOrder || wanted.startsWith("exit") ? undefined : "must be what action asks for";
  if (isOrder) {
    return `must be flat or ${wanted} after this order: only whole positions are closed, never a part of one`;
  }
  return "must be what action asks for";
}

/** Prices belong to entries, and on the right side of one another. */
function misplacedTerms(wish: SignalWish, terms: SignalTerms): ProblemIssue[] {
  const given = Object.keys(terms);
  if (wish !== "long" && wish !== "short") {
    const rule = "must be left out where a position is only closed";
    return given.map((name) => ({ field: name === "entryStop" ? "entry_stop" : name, rule }));
  }
  const sign = wish === "long" ? 1 : -1;
  const { stop, target, limit, entryStop } = terms;
  const entry = limit ?? entryStop;
  const issues: ProblemIssue[] = [];
  const order = (field: string, price: string | undefined, other: string | undefined, rule: string, side: number) => {
    if (price === undefined || other === undefined || (Number(price) - Number(other)) * side > 0) return;
    issues.push({
      field,
      rule: `must be ${side > 0 ? "above" : "below"} ${rule} ${other} for a ${wish}`,
      value: price,
    });
  };
  order("stop", stop, target, "the target", -sign);
  order("stop", stop, entry, "the entry", -sign);
  order("target", target, entry, "the entry", sign);
  return issues;
}

/** Times before this are counts of seconds, later ones of milliseconds: both in the years 2001 to 2286. */
const SECONDS_END = 1e10;
const MS_START = 1e12;
const MS_END = 1e13;
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

function timeOf(text: string | undefined, field: string, issues: ProblemIssue[]): number | undefined {
  if (text === undefined) return undefined;
  const rule = "must be a time such as 2026-05-04T09:30:00Z, or seconds or milliseconds since 1970";
  if (/^\d{9,13}(\.\d{1,6})?$/.test(text)) {
    const value = Number(text);
    if (value >= 1e9 && value < SECONDS_END) return Math.trunc(value * 1_000);
    if (value >= MS_START && value < MS_END) return Math.trunc(value);
  } else if (ISO.test(text)) {
    // Without an offset it is UTC, as TradingView's are.
    const whole = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
    const value = Date.parse(whole.replace(" ", "T"));
    if (!Number.isNaN(value) && value > 0) return value;
  }
  issues.push(brokenValue(field, rule, text));
  return undefined;
}

function sequenceOf(text: string | undefined, issues: ProblemIssue[]): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  issues.push(brokenValue("sequence", "must be a whole number from 0 on", text));
  return undefined;
}
