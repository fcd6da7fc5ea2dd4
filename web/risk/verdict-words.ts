import { wordsOfCode } from "../../schema/wire/code-words.ts";
import type { CapName, CapUse } from "../../schema/wire/risk.ts";
import type { OrderVerdict } from "../../schema/wire/trading.ts";
import { formatNumber } from "../format/format.ts";
import { CAP_WORDS, formatCap } from "./cap-words.ts";

type Judged = Pick<OrderVerdict, "verdict" | "code" | "cap" | "value" | "limit" | "level">;

/** Whose trading a state holds for. */
const STATE_SCOPES: Readonly<Record<string, string>> = {
  platform: "of the whole platform",
  user: "of all your accounts",
  account: "of this account",
  instrument: "of this market",
  bot: "of this bot",
};

/** Why an order was denied or rejected, where there is room for a few words: a cap is called as forms call it. */
export function reasonWords(code: string): string {
  const cap = code.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return cap in CAP_WORDS ? CAP_WORDS[cap as CapName].label : wordsOfCode(code);
}

/** A verdict in a sentence: the rule, what was measured, what is allowed and who set that. */
export function verdictWords({ verdict, code, cap, value, limit, level }: Judged): string {
  if (verdict === "pass") return "Let through.";
  const whose = STATE_SCOPES[value ?? ""];
  if (code === "HALTED" && whose !== undefined) return `Trading ${whose} is stopped until it is armed again.`;
  if (code === "REDUCING" && whose !== undefined)
    return `Trading ${whose} is limited to orders that reduce a position.`;
  const known = cap !== null && cap in CAP_WORDS ? CAP_WORDS[cap as CapName] : undefined;
  const rule = known?.label ?? wordsOfCode(code ?? "DENIED");
  const short = (text: string) => (known === undefined ? readable(text) : inUnit(text, known.unit));
  // Rounded, a value may look like the limit that it is just above: then both are told in full.
  const write = value !== null && limit !== null && short(value) === short(limit) ? readable : short;
  const measured = value === null ? "" : `: ${write(value)}`;
  const allowed = limit === null ? "" : `, allowed ${write(limit)}`;
  return `${rule}${measured}${allowed}${level === null ? "" : ` by the ${level}`}.`;
}

/** A value of a cap as people read its unit, money without its currency; words as they are. */
function inUnit(text: string, unit: CapUse["unit"]): string {
  return text === "" || Number.isNaN(Number(text)) ? text : formatCap(text, unit, "").trim();
}

/** Numbers with their thousands apart; words as they are. */
function readable(text: string): string {
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) return text;
  const digits = (value.toFixed(8).split(".")[1] ?? "").split("").findLastIndex((digit) => digit !== "0") + 1;
  return formatNumber(value, { digits });
}
