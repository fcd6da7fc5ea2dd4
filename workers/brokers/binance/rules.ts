import { z } from "zod";
import { ALWAYS_OPEN } from "../../core/candle/trading-calendar.ts";
import type { Decimal } from "../../core/ledger/decimal.ts";
import { parseDecimal } from "../../core/ledger/decimal-text.ts";
import type { DeskOrderKind } from "../../core/order/desk-order.ts";
import { reliably } from "../request/read-reply.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { instrumentOf, SymbolName, Text, VENUE } from "./parse.ts";

/** Rules are asked for again after this long: grids and statuses change while markets trade. */
export const RULES_KEPT_MS = 3_600_000;
/** Bytes of the rules of all symbols: of thousands, some hundred kilobytes each hundred. */
export const RULES_BYTES_MAX = 24 * 1024 * 1024;

const Filter = z.object({
  filterType: Text,
  tickSize: Text.optional(),
  stepSize: Text.optional(),
  minQty: Text.optional(),
  maxQty: Text.optional(),
  minNotional: Text.optional(),
  minTrailingBelowDelta: Text.optional(),
  maxTrailingBelowDelta: Text.optional(),
});

const SymbolRules = z.object({
  symbol: SymbolName,
  status: Text,
  baseAsset: Text,
  quoteAsset: Text,
  orderTypes: z.array(Text).max(50),
  ocoAllowed: z.boolean().optional(),
  otoAllowed: z.boolean().optional(),
  opoAllowed: z.boolean().optional(),
  allowTrailingStop: z.boolean().optional(),
  cancelReplaceAllowed: z.boolean().optional(),
  filters: z.array(Filter).max(50),
});

/** Forms of a limit that are not known are read without their parts, and passed over. */
const RateLimit = z.object({
  rateLimitType: Text.default(""),
  interval: Text.default(""),
  intervalNum: Text.default(""),
  limit: Text.default(""),
});

export const ExchangeInfo = z.object({
  serverTime: Text,
  rateLimits: z.array(RateLimit).max(50),
  symbols: z.array(SymbolRules).max(20_000),
});
export type ExchangeInfo = z.infer<typeof ExchangeInfo>;

/** A symbol with the rules that orders on it have to keep. */
export interface BinanceSymbol {
  readonly symbol: string;
  readonly instrument: VenueInstrument;
  readonly base: string;
  readonly quote: string;
  readonly tick: Decimal;
  readonly lot: Decimal;
  readonly orderTypes: ReadonlySet<string>;
  /** Orders that wake others, and those whose legs sell what was bought, whatever the fee left of it. */
  readonly otoAllowed: boolean;
  readonly opoAllowed: boolean;
  readonly cancelReplaceAllowed: boolean;
  /** Bounds of a trailing stop, in hundredths of a percent; undefined where there is none. */
  readonly trailing: { readonly min: bigint; readonly max: bigint } | undefined;
}

/** Bounds of a trailing stop where a symbol names none. */
const TRAILING = { min: 10n, max: 2_000n };

/** What the venue says of its symbols. Throws VenueSilence for values that are none. */
export function symbolsOf({ symbols }: ExchangeInfo): BinanceSymbol[] {
  return symbols.map((rules) => reliably(() => symbolOfRules(rules)));
}

function symbolOfRules(rules: z.infer<typeof SymbolRules>): BinanceSymbol {
  const { symbol, baseAsset: base, quoteAsset: quote, filters } = rules;
  const filter = (...types: string[]) => filters.find(({ filterType }) => types.includes(filterType)) ?? {};
  const { tickSize = "0" } = filter("PRICE_FILTER") as { tickSize?: string };
  const lot = filter("LOT_SIZE") as { stepSize?: string; minQty?: string; maxQty?: string };
  const { minNotional = "0" } = filter("NOTIONAL", "MIN_NOTIONAL") as { minNotional?: string };
  const number = (text: string, field: string) => Number(parseDecimal(text, field) === 0n ? "0" : text);
  const instrument: VenueInstrument = {
    ...{ id: instrumentOf(symbol), venue: VENUE, symbol, kind: "crypto", base, quote, daysPerYear: 365 },
    tick: number(tickSize, "tickSize"),
    lot: number(lot.stepSize ?? "0", "stepSize"),
    quantityMin: number(lot.minQty ?? "0", "minQty"),
    notionalMin: number(minNotional, "minNotional"),
    nativeId: symbol,
    quantityMax: lot.maxQty === undefined ? undefined : number(lot.maxQty, "maxQty"),
    kinds: kindsOf(rules),
    calendar: ALWAYS_OPEN,
    status: rules.status === "TRADING" ? "trading" : "halted",
  };
  return {
    ...{ symbol, instrument, base, quote, tick: parseDecimal(tickSize, "tickSize") },
    lot: parseDecimal(lot.stepSize ?? "0", "stepSize"),
    orderTypes: new Set(rules.orderTypes),
    otoAllowed: rules.otoAllowed ?? false,
    opoAllowed: rules.opoAllowed ?? false,
    cancelReplaceAllowed: rules.cancelReplaceAllowed ?? true,
    trailing: rules.allowTrailingStop === true ? trailingOf(filters) : undefined,
  };
}

function trailingOf(filters: readonly z.infer<typeof Filter>[]): { min: bigint; max: bigint } {
  const found = filters.find(({ filterType }) => filterType === "TRAILING_DELTA");
  const { minTrailingBelowDelta: min, maxTrailingBelowDelta: max } = found ?? {};
  if (min === undefined || max === undefined) return TRAILING;
  return { min: BigInt(min), max: BigInt(max) };
}

function kindsOf({ orderTypes, allowTrailingStop }: z.infer<typeof SymbolRules>): DeskOrderKind[] {
  const has = (type: string) => orderTypes.includes(type);
  return [
    ...(has("MARKET") ? (["market"] as const) : []),
    ...(has("LIMIT") ? (["limit"] as const) : []),
    ...(has("STOP_LOSS") ? (["stop"] as const) : []),
    ...(has("STOP_LOSS_LIMIT") ? (["stop-limit"] as const) : []),
    ...(has("STOP_LOSS") && allowTrailingStop === true ? (["trailing-stop"] as const) : []),
  ];
}
