import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { SignalTerms } from "../../schema/wire/signal.ts";

/** A message's fields under our names, each as text. */
export type MessageFields = Readonly<Partial<Record<FieldName, string>>>;

/** What senders call the fields that decide something. The first name of each is ours. */
const NAMES = {
  action: ["action", "side", "order_action"],
  position: ["position", "market_position", "marketposition"],
  symbol: ["symbol", "ticker", "pair", "instrument"],
  time: ["time", "timenow", "timestamp", "sent_at"],
  bar: ["bar", "bar_time", "bartime"],
  sequence: ["sequence", "seq"],
  id: ["id", "signal_id"],
  secret: ["secret", "passphrase", "password"],
  limit: ["limit", "limit_price"],
  entryStop: ["entry_stop", "entrystop", "trigger"],
  stop: ["stop", "stop_loss", "stoploss", "sl"],
  target: ["target", "take_profit", "takeprofit", "tp"],
  trail: ["trail", "trailing_stop", "trailing", "trail_distance"],
  scale: ["scale"],
} as const;
export type FieldName = keyof typeof NAMES;

const OURS = new Map<string, FieldName>(
  Object.entries(NAMES).flatMap(([ours, theirs]) => theirs.map((name) => [name, ours as FieldName] as const)),
);

/** What alerts often say besides: read by people, and by nobody here. */
const INFORMATION = new Set([
  ...[
    "exchange",
    "interval",
    "timeframe",
    "price",
    "close",
    "open",
    "high",
    "low",
    "volume",
    "currency",
    "base_currency",
  ],
  ...["contracts", "order_contracts", "order_price", "order_id", "position_size", "market_position_size"],
  ...["prev_market_position", "prev_market_position_size", "comment", "alert_message", "message", "note", "strategy"],
  ...["strategy_name", "alert_name", "indicator", "source", "version"],
]);
/** What says how much: the size is the bot's. */
const SIZES = new Set(["quantity", "qty", "amount", "size", "volume_usd", "percent", "leverage", "contracts_percent"]);

const FIELDS_MAX = 50;
const VALUE_CHARACTERS_MAX = 200;

/**
 * The fields of a JSON message. A name that is not known is refused: a stop that is misspelt must not be a position without
 * one.
 */
export function fieldsOf(body: unknown): { fields: MessageFields; issues: ProblemIssue[] } {
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    return { fields: {}, issues: [{ field: "", rule: "must be a JSON object or a word such as buy" }] };
  }
  const entries = Object.entries(body);
  const issues: ProblemIssue[] = [];
  const fields: Partial<Record<FieldName, string>> = {};
  if (entries.length > FIELDS_MAX) {
    return { fields, issues: [{ field: "", rule: `must have at most ${FIELDS_MAX} fields`, value: entries.length }] };
  }
  for (const [given, value] of entries) {
    const name = given.trim().toLowerCase();
    const known = OURS.get(name);
    if (known === undefined) {
      if (!INFORMATION.has(name)) issues.push({ field: shown(given), rule: unknownRule(name) });
      continue;
    }
    const text = plainValue(value);
    if (text === undefined) issues.push({ field: given, rule: "must be a text or a number" });
    else if (fields[known] !== undefined) issues.push({ field: given, rule: `must be given once, was also ${known}` });
    else if (text !== "") fields[known] = text;
  }
  return { fields, issues };
}

function unknownRule(name: string): string {
  return SIZES.has(name)
    ? "must be left out: sizes are the bot's own; scale (0 to 1) makes one smaller"
    : "is not a known field";
}

function plainValue(value: unknown): string | undefined {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== "string" || value.length > VALUE_CHARACTERS_MAX) return undefined;
  return value.trim();
}

const PRICE = /^\d{1,12}(\.\d{1,12})?$/;
const PRICE_FIELDS = ["limit", "entryStop", "stop", "target", "trail"] as const;

/** Prices of an entry, as the texts that they came in. */
export function termsOf(fields: MessageFields): { terms: SignalTerms; issues: ProblemIssue[] } {
  const issues: ProblemIssue[] = [];
  const terms: { -readonly [Name in keyof SignalTerms]: SignalTerms[Name] } = {};
  for (const name of PRICE_FIELDS) {
    const text = fields[name];
    if (text === undefined || isNothing(text)) continue;
    if (PRICE.test(text) && Number(text) > 0) terms[name] = text;
    else issues.push(brokenValue(NAMES[name][0], "must be a price greater than 0 such as 61250.5", text));
  }
  const { scale } = fields;
  if (scale !== undefined) {
    const share = PRICE.test(scale) ? Number(scale) : Number.NaN;
    if (share > 0 && share <= 1) terms.scale = share;
    else issues.push(brokenValue("scale", "must be more than 0 and at most 1", scale));
  }
  return { terms, issues };
}

/** What Pine writes where a value is not there. */
function isNothing(text: string): boolean {
  return ["na", "nan", "null", "none"].includes(text.toLowerCase());
}

/** A broken rule with its value. A placeholder that nothing filled says why. */
export function brokenValue(field: string, rule: string, value: string): ProblemIssue {
  const unfilled = /\{\{\s*strategy\./.test(value)
    ? "; TradingView fills it in alerts of strategies only"
    : value.includes("{{")
      ? "; nothing filled the placeholder"
      : "";
  return { field, rule: `${rule}${unfilled}`, value: shown(value) };
}

export function shown(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
