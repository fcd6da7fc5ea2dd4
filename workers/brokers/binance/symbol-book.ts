import { readReply } from "../request/read-reply.ts";
import { VenueRefusal } from "../request/venue-reply.ts";
import type { BinanceConnection } from "./connection.ts";
import { SymbolName, symbolOf } from "./parse.ts";
import { type BinanceSymbol, ExchangeInfo, RULES_BYTES_MAX, RULES_KEPT_MS, symbolsOf } from "./rules.ts";
import type { Params } from "./sign.ts";

/** Rules that were asked for less than this ago are not what an order was refused for. */
const DOUBTED_MS_MIN = 60_000;

/** The rules of symbols, as they were asked for last. They are a cache: whoever has none asks. */
export class SymbolBook {
  private readonly known = new Map<string, { readonly rules: BinanceSymbol; readonly at: number }>();
  private readonly parts: {
    readonly connection: BinanceConnection;
    readonly now: () => number;
    /** Told the venue's own rate limits. */
    readonly onLimits: (limits: ExchangeInfo["rateLimits"]) => void;
  };

  constructor(parts: SymbolBook["parts"]) {
    this.parts = parts;
  }

  /** The symbol of an instrument, undefined where the venue has none. Throws VenueSilence. */
  async of(instrument: string): Promise<BinanceSymbol | undefined> {
    const symbol = symbolOf(instrument);
    if (symbol === undefined || !SymbolName.safeParse(symbol).success) return undefined;
    const kept = this.known.get(symbol);
    const age = kept === undefined ? RULES_KEPT_MS : this.parts.now() - kept.at;
    if (kept !== undefined && age >= 0 && age < RULES_KEPT_MS) return kept.rules;
    try {
      await this.load([["symbol", symbol]]);
    } catch (error) {
      if (error instanceof VenueRefusal) return undefined;
      throw error;
    }
    return this.known.get(symbol)?.rules;
  }

  /** What is known without asking. */
  quoteOf(symbol: string): string | undefined {
    return this.known.get(symbol)?.rules.quote;
  }

  /** An order was refused by a rule: the rules that we know may be old. Those that are not are not asked for again. */
  doubt(symbol: string): void {
    const kept = this.known.get(symbol);
    if (kept !== undefined && this.parts.now() - kept.at >= DOUBTED_MS_MIN) this.known.delete(symbol);
  }

  async all(): Promise<BinanceSymbol[]> {
    return this.load([["showPermissionSets", "false"]]);
  }

  private async load(params: Params): Promise<BinanceSymbol[]> {
    const { connection, now, onLimits } = this.parts;
    const call = { method: "GET", path: "/api/v3/exchangeInfo", params, kind: "query", weight: 20 } as const;
    const { reply } = await connection.open({ ...call, bytesMax: RULES_BYTES_MAX });
    const info = readReply(reply.body, ExchangeInfo);
    const symbols = symbolsOf(info);
    onLimits(info.rateLimits);
    for (const rules of symbols) this.known.set(rules.symbol, { rules, at: now() });
    return symbols;
  }
}
