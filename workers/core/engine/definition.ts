import { divides } from "../candle/timeframe.ts";
import type { Protection } from "../risk/protection.ts";
import type { Sizing } from "../strategy/sizing.ts";
import type { ParameterSpec, ParameterValues } from "../strategy/strategy.ts";
import type { RunDefinition } from "./settings.ts";

/** Highest fee that is taken for meant, as a share of the amount: 10 % a side. */
export const FEE_RATE_MAX = 0.1;

/** Throws RangeError where a definition breaks a rule: the message names field, rule and value. */
export function checkDefinition(definition: RunDefinition): void {
  const { settings, instruments, timeframe } = definition;
  ensure(instruments.length > 0, "instruments must be at least one, were 0");
  const symbols = instruments.map((entry) => entry.instrument.symbol);
  const sorted = symbols.every((symbol, index) => index === 0 || symbols[index - 1] < symbol);
  ensure(sorted, `instruments must be distinct and in the order of their symbols, were ${symbols.join(", ")}`);
  for (const { instrument, timeframe: base } of instruments) {
    const fits = divides(base, timeframe);
    ensure(fits, `timeframe must be a multiple of the candles of ${instrument.symbol} (${base}), was ${timeframe}`);
  }
  const [{ instrument: first }] = instruments;
  for (const { instrument } of instruments) {
    const rule = `quote of ${instrument.symbol} must be that of ${first.symbol} (${first.quote})`;
    ensure(instrument.quote === first.quote, `${rule}, was ${instrument.quote}`);
  }
  ensure(settings.cash > 0 && Number.isFinite(settings.cash), `cash must be greater than 0, was ${settings.cash}`);
  for (const side of ["maker", "taker"] as const) {
    const rate = settings.fees[side];
    ensure(rate > -FEE_RATE_MAX && rate <= FEE_RATE_MAX, `fees.${side} must be at most ${FEE_RATE_MAX}, was ${rate}`);
  }
  ensure(settings.leverage >= 1, `leverage must be at least 1, was ${settings.leverage}`);
  const { leverage, maintenance } = settings;
  ensure(maintenance >= 0, `maintenance must be at least 0, was ${maintenance}`);
  // A position opened with all the leverage has a margin of 1 / leverage: it would be liquidated at once.
  ensure(
    maintenance < 1 / leverage,
    `maintenance must be less than 1 / leverage (${1 / leverage}), was ${maintenance}`,
  );
  // Nothing that is sent at a close can still meet it.
  const meets = settings.sizeAt !== "decision" || settings.fill === "open";
  ensure(meets, `fill must be open where sizeAt is decision, was ${settings.fill}`);
  checkSizing(settings.sizing);
  for (const protection of settings.protections ?? []) checkProtection(protection);
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = definition;
  ensure(from < to, `from must be before to, was ${from} with to ${to}`);
  checkParameters(definition.strategy.parameters, definition.parameters);
}

function checkSizing(sizing: Sizing): void {
  if (sizing.kind === "all") return;
  const field = sizing.kind === "quantity" ? "quantity" : sizing.kind === "quote" ? "amount" : "percent";
  const size = sizing.kind === "quantity" ? sizing.quantity : sizing.kind === "quote" ? sizing.amount : sizing.percent;
  ensure(size > 0 && Number.isFinite(size), `sizing.${field} must be greater than 0, was ${size}`);
}

function checkProtection(protection: Protection): void {
  for (const [field, value] of Object.entries(protection)) {
    if (typeof value !== "number") continue;
    const name = `${protection.kind}.${field}`;
    const free = field === "profitShareMin";
    ensure(
      Number.isFinite(value) && (free || value > 0),
      `${name} must be ${free ? "finite" : "above 0"}, was ${value}`,
    );
  }
}

/** Throws RangeError where a value is missing, unknown, out of its range or not whole where it must be. */
export function checkParameters(specs: readonly ParameterSpec[], values: ParameterValues): void {
  for (const name of Object.keys(values)) {
    const known = specs.some((spec) => spec.name === name);
    const names = specs.map((spec) => spec.name).join(", ") || "none";
    ensure(known, `parameter ${name} is not known: the strategy has ${names}`);
  }
  for (const spec of specs) {
    const value = values[spec.name];
    ensure(Number.isFinite(value), `parameter ${spec.name} must be a number, was ${value}`);
    const inside = value >= spec.min && value <= spec.max;
    ensure(inside, `parameter ${spec.name} must be from ${spec.min} to ${spec.max}, was ${value}`);
    const whole = spec.kind !== "integer" || Number.isInteger(value);
    ensure(whole, `parameter ${spec.name} must be a whole number, was ${value}`);
  }
}

/** The values given, with defaults for those left out. Throws as `checkParameters` does. */
export function completeParameters(specs: readonly ParameterSpec[], values: ParameterValues): ParameterValues {
  const complete = { ...Object.fromEntries(specs.map((spec) => [spec.name, spec.default])), ...values };
  checkParameters(specs, complete);
  return complete;
}

function ensure(condition: boolean, message: string): void {
  if (!condition) throw new RangeError(message);
}
