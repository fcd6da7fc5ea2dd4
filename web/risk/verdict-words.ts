import type { CapName } from "../../schema/wire/risk.ts";
import type { OrderVerdict } from "../../schema/wire/trading.ts";
import { formatNumber } from "../format/format.ts";
import { CAP_WORDS } from "./cap-words.ts";

type Judged = Pick<OrderVerdict, "verdict" | "code" | "cap" | "value" | "limit" | "level">;

/** A verdict in a sentence: the rule, what was measured, what is allowed and who set that. */
export function verdictWords({ verdict, code, cap, value, limit, level }: Judged): string {
  if (verdict === "pass") return "Let through.";
  const rule = cap !== null && cap in CAP_WORDS ? CAP_WORDS[cap as CapName].label : wordsOfCode(code ?? "DENIED");
  const measured = value === null ? "" : `: ${readable(value)}`;
  const allowed = limit === null ? "" : `, allowed ${readable(limit)}`;
  return `${rule}${measured}${allowed}${level === null ? "" : ` by the ${level}`}.`;
}

/** "POSITION_NOTIONAL" as "Position notional"; a sentence that somebody wrote stays as it is. */
export function wordsOfCode(code: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Numbers with their thousands apart; words as they are. */
function readable(text: string): string {
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) return text;
  const digits = (value.toFixed(8).split(".")[1] ?? "").split("").findLastIndex((digit) => digit !== "0") + 1;
  return formatNumber(value, { digits });
}
