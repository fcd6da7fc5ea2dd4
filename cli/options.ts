import { parseArgs } from "node:util";
import { isTimeframe, TIMEFRAMES, type Timeframe } from "../workers/core/candle/timeframe.ts";
import type { Sizing } from "../workers/core/strategy/sizing.ts";
import { CommandError } from "./command-error.ts";

/** Values of the options of one command, as text. */
export type RawOptions = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

type OptionTable = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean }>>;

/** Reads options; throws CommandError for an unknown one, one without its value, or too many or few files. */
export function readOptions(
  argv: readonly string[],
  options: OptionTable,
  files: { readonly count: number; readonly usage: string },
): { values: RawOptions; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    if (positionals.length !== files.count) throw new CommandError(`usage: ${files.usage}`);
    return { values, positionals };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${error instanceof Error ? error.message : String(error)} See apextrade --help`);
  }
}

/** A number from `min` to `max`; `fallback` where the option is absent. */
export function numberOption(
  values: RawOptions,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = values[name];
  if (text === undefined) return range.fallback;
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value >= range.min && value <= range.max) return value;
  throw new CommandError(`--${name} must be a number from ${range.min} to ${range.max}, was ${String(text)}`);
}

/** One of `choices`; the first where the option is absent. */
export function choiceOption<T extends string>(values: RawOptions, name: string, choices: readonly T[]): T {
  const text = values[name];
  if (text === undefined) return choices[0];
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new CommandError(`--${name} must be one of ${choices.join(", ")}, was ${String(text)}`);
}

export function timeframeOption(values: RawOptions): Timeframe | undefined {
  const text = values.timeframe;
  if (text === undefined) return undefined;
  if (typeof text === "string" && isTimeframe(text)) return text;
  throw new CommandError(`--timeframe must be one of ${TIMEFRAMES.join(", ")}, was ${String(text)}`);
}

/** A date, or a date and a time. Anything else is read by JavaScript as it likes: "5" as a day in 2001. */
const TIME_FORM = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** An instant as UTC milliseconds; a time without a zone is UTC. */
export function timeOption(values: RawOptions, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (typeof text === "string" && !TIME_FORM.test(text)) throw timeError(name, text);
  const zoned = typeof text === "string" && text.includes("T") && /(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  const time = typeof text === "string" ? Date.parse(zoned || !text.includes("T") ? text : `${text}Z`) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw timeError(name, text);
}

function timeError(name: string, text: unknown): CommandError {
  return new CommandError(`--${name} must be a time such as 2024-01-31 or 2024-01-31T09:30Z, was ${String(text)}`);
}

/** The first and the last instant of a period, as `from` and `to`; throws CommandError where they are not in order. */
export function periodOption(values: RawOptions): { readonly from?: number; readonly to?: number } {
  const from = timeOption(values, "from");
  const to = timeOption(values, "to");
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CommandError(`--from must be before --to, was ${isoTime(from)} with --to ${isoTime(to)}`);
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** UTC milliseconds as people write them. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** `all`, `50%`, `1000`, `2u`, `risk:1%` or `vol:20%`. */
export function sizeOption(values: RawOptions): Sizing {
  const text = String(values.size ?? "all");
  if (text === "all") return { kind: "all" };
  const match = /^(risk:|vol:)?(\d+(?:\.\d+)?)(%|u)?$/.exec(text);
  const number = match === null ? 0 : Number(match[2]);
  if (match !== null && number > 0) {
    const [, prefix, , unit] = match;
    if (prefix === "risk:" && unit === "%" && number <= 100) return { kind: "risk", percent: number };
    if (prefix === "vol:" && unit === "%") return { kind: "volatility", percent: number, period: 100 };
    if (prefix === undefined && unit === "%") return { kind: "percent", percent: number };
    if (prefix === undefined && unit === "u") return { kind: "quantity", quantity: number };
    if (prefix === undefined && unit === undefined) return { kind: "quote", amount: number };
  }
  throw new CommandError(`--size must be all, 50%, 1000, 2u, risk:1% or vol:20%, was ${text}`);
}

/** `fast=20,slow=50` as values by name. */
export function parameterOption(values: RawOptions): Record<string, number> {
  const texts = values.set === undefined ? [] : [values.set].flat();
  const pairs = texts.flatMap((text) => String(text).split(",")).filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const match = /^\s*([A-Za-z_]\w*)\s*=\s*(-?\d+(?:\.\d+)?)\s*$/.exec(pair);
      if (match === null) throw new CommandError(`--set must be name=number, such as fast=20, was ${pair}`);
      return [match[1], Number(match[2])];
    }),
  );
}
