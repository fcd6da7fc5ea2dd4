import { Protection } from "../../schema/wire/backtest.ts";
import { formatNumber, formatPercent } from "../format/format.ts";
import { issueWords } from "../format/issue-words.ts";
import { formatDuration } from "../format/time.ts";

/** A pause after losses as it is typed: lengths in hours, shares in percent. Which fields count follows from the kind. */
export interface ProtectionRow {
  readonly kind: Protection["kind"];
  readonly after: "trade" | "loss";
  readonly scope: "instrument" | "all";
  readonly trades: string;
  /** Least profit of those trades. */
  readonly profit: string;
  /** Fall from the highest equity. */
  readonly drawdown: string;
  /** Time that is looked back over. */
  readonly lookback: string;
  readonly pause: string;
}

export type ProtectionText = "trades" | "profit" | "drawdown" | "lookback" | "pause";

const HOUR_MS = 3_600_000;
/** The longest that the API takes, a leap year. */
const HOURS_MAX = 366 * 24;

const FIRST: Omit<ProtectionRow, "kind"> = {
  ...{ after: "loss", scope: "all", trades: "4", profit: "0", drawdown: "10", lookback: "24", pause: "12" },
};

/** Each kind as it is begun with: strict enough to be felt in a bad week, and no more. */
export const FIRST_PROTECTIONS: Readonly<Record<Protection["kind"], ProtectionRow>> = {
  cooldown: { ...FIRST, kind: "cooldown", pause: "4" },
  "stop-loss-guard": { ...FIRST, kind: "stop-loss-guard" },
  "low-profit": { ...FIRST, kind: "low-profit", lookback: "168", pause: "48" },
  "drawdown-guard": { ...FIRST, kind: "drawdown-guard", lookback: "168", pause: "48" },
};

/** The kinds by name, in the order that they are offered. */
export const PROTECTION_NAMES: Readonly<Record<Protection["kind"], string>> = {
  cooldown: "Cooldown",
  "stop-loss-guard": "Stop-loss guard",
  "low-profit": "Low-profit market",
  "drawdown-guard": "Drawdown guard",
};

/** The texts that count for a kind. */
export const PROTECTION_TEXTS: Readonly<Record<Protection["kind"], readonly ProtectionText[]>> = {
  cooldown: ["pause"],
  "stop-loss-guard": ["trades", "lookback", "pause"],
  "low-profit": ["trades", "profit", "lookback", "pause"],
  "drawdown-guard": ["drawdown", "lookback", "pause"],
};

/** Where the schema's fields stand in the form. */
const FIELDS: Readonly<Record<string, ProtectionText>> = {
  trades: "trades",
  profitShareMin: "profit",
  drawdown: "drawdown",
  lookbackMs: "lookback",
  pauseMs: "pause",
};

/** The form filled with protections. */
export function rowOfProtection(protection: Protection): ProtectionRow {
  const row = { ...FIRST_PROTECTIONS[protection.kind], pause: hoursText(protection.pauseMs) };
  switch (protection.kind) {
    case "cooldown":
      return { ...row, after: protection.after };
    case "stop-loss-guard":
      return {
        ...row,
        ...{ scope: protection.scope, trades: String(protection.trades), lookback: hoursText(protection.lookbackMs) },
      };
    case "low-profit":
      return {
        ...{ ...row, trades: String(protection.trades), lookback: hoursText(protection.lookbackMs) },
        profit: percentText(protection.profitShareMin),
      };
    case "drawdown-guard":
      return { ...row, drawdown: percentText(protection.drawdown), lookback: hoursText(protection.lookbackMs) };
  }
}

/** What a row asks for. Texts that are no numbers become NaN, which the schema refuses. */
export function protectionOfRow(row: ProtectionRow): Protection {
  const pauseMs = spanOf(row.pause);
  const lookbackMs = spanOf(row.lookback);
  const trades = numberOf(row.trades);
  switch (row.kind) {
    case "cooldown":
      return { kind: row.kind, after: row.after, pauseMs };
    case "stop-loss-guard":
      return { kind: row.kind, scope: row.scope, trades, lookbackMs, pauseMs };
    case "low-profit":
      return { kind: row.kind, trades, profitShareMin: shareOf(row.profit), lookbackMs, pauseMs };
    case "drawdown-guard":
      return { kind: row.kind, drawdown: shareOf(row.drawdown), lookbackMs, pauseMs };
  }
}

/** What a form sends: nothing where there is no protection. */
export function protectionsOfRows(rows: readonly ProtectionRow[]): { protections?: Protection[] } {
  return rows.length === 0 ? {} : { protections: rows.map(protectionOfRow) };
}

/** Name of a field of a row among those of its form, such as `protections.0.pause`. */
export function protectionField(place: number, text: ProtectionText): string {
  return `protections.${place}.${text}`;
}

/** What is wrong with the rows, by the names of their fields. */
export function protectionProblems(rows: readonly ProtectionRow[]): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  rows.forEach((row, place) => {
    for (const issue of Protection.safeParse(protectionOfRow(row)).error?.issues ?? []) {
      const text = FIELDS[String(issue.path[0])];
      if (text === undefined) continue;
      const typed = row[text];
      const isSpan = text === "lookback" || text === "pause";
      const words = isSpan
        ? `must be more than 0 and at most ${formatNumber(HOURS_MAX, { digits: 0 })} hours, was ${typed.trim() || "empty"}`
        : issueWords(issue, { typed, scale: text === "trades" ? 1 : 100 });
      problems.set(protectionField(place, text), words);
    }
  });
  return problems;
}

/** A protection in a sentence without its end. */
export function protectionWords(protection: Protection): string {
  const pause = `no entries for ${formatDuration(protection.pauseMs)}`;
  switch (protection.kind) {
    case "cooldown":
      return `${pause} in a market after ${protection.after === "loss" ? "a trade in it that lost" : "any trade in it"}`;
    case "stop-loss-guard":
      return `${pause} ${protection.scope === "all" ? "anywhere" : "in a market"} after ${protection.trades} trades lost by stops within ${formatDuration(protection.lookbackMs)}`;
    case "low-profit":
      return `${pause} in a market whose ${protection.trades} trades or more within ${formatDuration(protection.lookbackMs)} made less than ${formatPercent(protection.profitShareMin)}`;
    case "drawdown-guard":
      return `${pause} anywhere after equity fell ${formatPercent(protection.drawdown)} within ${formatDuration(protection.lookbackMs)}`;
  }
}

function spanOf(text: string): number {
  return Math.round(numberOf(text) * HOUR_MS);
}

function hoursText(lengthMs: number): string {
  return String(Number((lengthMs / HOUR_MS).toPrecision(12)));
}

function numberOf(text: string): number {
  const plain = text.trim();
  return plain === "" ? Number.NaN : Number(plain);
}

/** Percent as typed to a share; the rounding keeps 0.1 % at 0.001 and not a digit beside it. */
function shareOf(text: string): number {
  return Number((numberOf(text) / 100).toPrecision(12));
}

function percentText(value: number): string {
  return String(Number((value * 100).toPrecision(12)));
}
