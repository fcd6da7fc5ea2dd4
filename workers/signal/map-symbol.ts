import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { Instrument } from "../core/candle/instrument.ts";

type Known = Pick<Instrument, "id" | "symbol" | "base" | "quote">;

export type MappedSymbol = { readonly instrument: string } | { readonly issue: ProblemIssue };

/**
 * Which of a bot's instruments a sender means: by a name that the bot's owner gave, else by what is left of the symbol
 * without exchange, separators and the mark of a perpetual. Never by guess: a name that fits none, or two, is refused, and
 * the refusal says what was understood.
 */
export function mapSymbol(
  symbol: string | undefined,
  { instruments, names }: { readonly instruments: readonly Known[]; readonly names: Readonly<Record<string, string>> },
): MappedSymbol {
  const ids = instruments.map(({ id }) => id);
  const only = ids.length === 1 ? ids[0] : undefined;
  if (symbol === undefined) {
    if (only !== undefined) return { instrument: only };
    return { issue: { field: "symbol", rule: `is required where a bot has several instruments: ${ids.join(", ")}` } };
  }
  const understood = coreOf(symbol);
  const named = Object.entries(names).filter(([name]) => name === symbol || coreOf(name) === understood);
  const exact = named.find(([name]) => name === symbol) ?? named[0];
  if (exact !== undefined && ids.includes(exact[1])) return { instrument: exact[1] };
  const fitting = instruments.filter(
    (one) => one.id === symbol || coreOf(one.symbol) === understood || coreOf(`${one.base}${one.quote}`) === understood,
  );
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return { instrument: found.id };
  const rule = `must be one of the bot's instruments, ${ids.join(", ")}, or a name given to one; it was understood as ${understood}`;
  return { issue: { field: "symbol", rule, value: symbol } };
}

/** `BINANCE:BTCUSDT.P` as `BTCUSDT`, `BTC-USD` and `BTC/USD` as `BTCUSD`. */
function coreOf(symbol: string): string {
  const upper = symbol.toUpperCase();
  return upper
    .slice(upper.lastIndexOf(":") + 1)
    .replace(/\.P$|[.-]PERP$/, "")
    .replace(/[-_/.]/g, "");
}
