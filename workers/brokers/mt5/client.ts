import { z } from "zod";
import { ALWAYS_OPEN, FX_WEEK } from "../../core/candle/trading-calendar.ts";
import { type Decimal, multiply, type Quantity } from "../../core/ledger/decimal.ts";
import { formatDecimal, parsePrice } from "../../core/ledger/decimal-text.ts";
import { NOT_SENT } from "../../core/order/order-event.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { OrderToPlace, ReplaceTerms, VenueMark } from "../broker.ts";
import { VenueRefusal, VenueSilence } from "../request/venue-reply.ts";
import type { ClientOutcome, PlacedOrder, VenueCapabilities, VenueClient, VenueInstrument } from "../venue-client.ts";
import type { VenueNews } from "../venue-news.ts";
import { MT5_CAPABILITIES } from "./capabilities.ts";
import { definiteCode, TAKEN_RETCODES } from "./errors.ts";
import { BRIDGE_DEALS_MAX, BRIDGE_REPLY_MS_MAX, BRIDGE_SYMBOL_PAGES_MAX, BRIDGE_SYMBOLS_MAX } from "./limits.ts";
import {
  BridgeDeal,
  BridgeOrder,
  balanceOf,
  dealNews,
  holdingsOf,
  lotsOf,
  MT5_PREFIX,
  orderOf,
  priceOf,
  readAnswer,
} from "./parse.ts";
import { MT5_TICK_MS } from "./stream.ts";

/** The way to a terminal: the account's line to its sidecar. Throws `VenueSilence` and `VenueRefusal`. */
export interface BridgeLine {
  ask(method: string, params: Readonly<Record<string, unknown>>, leftMs: number): Promise<unknown>;
}

const Retcode = z.string().regex(/^\d{1,6}$/, "must be a return code");
const Placed = z.object({
  retcode: Retcode,
  order: z.string().min(1).max(64),
  legs: z.array(z.object({ cid: z.string(), order: z.string().min(1).max(64) })).max(10),
});
const Changed = z.object({ retcode: Retcode, order: z.string().min(1).max(64) });
const Found = z.object({ order: BridgeOrder.nullable() });
const Orders = z.object({ orders: z.array(BridgeOrder).max(5_000) });
const Deals = z.object({ deals: z.array(BridgeDeal).max(BRIDGE_DEALS_MAX), more: z.boolean() });
const Prices = z.object({
  prices: z.array(z.object({ symbol: z.string(), bid: z.string(), at: z.string().regex(/^\d{1,15}$/) })).max(1_000),
});
const Account = z.object({
  login: z.string(),
  server: z.string(),
  currency: z.string().min(1).max(16),
  mode: z.enum(["demo", "contest", "real"]),
  hedging: z.boolean(),
  trade_allowed: z.boolean(),
  ea_allowed: z.boolean(),
});
const DecimalText = z.string().regex(/^\d{1,18}(\.\d{1,18})?$/, "must be a decimal");
const Symbols = z.object({
  more: z.boolean(),
  symbols: z
    .array(
      z.object({
        symbol: z.string().min(1).max(64),
        base: z.string().max(16),
        quote: z.string().min(1).max(16),
        kind: z.enum(["fx", "crypto", "stock", "future"]),
        tick: DecimalText,
        contract: DecimalText,
        volume_min: DecimalText,
        volume_max: DecimalText,
        volume_step: DecimalText,
        trade_mode: z.enum(["full", "long", "short", "close", "disabled"]),
      }),
    )
    .max(BRIDGE_SYMBOLS_MAX),
});
type BridgeSymbol = z.infer<typeof Symbols>["symbols"][number];

export interface Mt5ClientParts {
  readonly line: BridgeLine;
  /** UTC ms. */
  readonly now: () => number;
  /** How late the broker's server may take an order, ms; as all of them may where it is left out. */
  readonly lateAcceptMs?: number;
}

/** A MetaTrader 5 terminal with our Expert Advisor, asked over MTB/1: docs/venues/mt5-bridge.md. */
export class Mt5Client implements VenueClient {
  readonly venue = "MT5";
  readonly capabilities: VenueCapabilities;
  private readonly parts: Mt5ClientParts;
  /** Contract sizes, which orders are counted in; read again with each list of instruments. */
  private readonly contracts = new Map<string, Decimal>();

  constructor(parts: Mt5ClientParts) {
    this.parts = parts;
    const { lateAcceptMs = MT5_CAPABILITIES.lateAcceptMs } = parts;
    this.capabilities = { ...MT5_CAPABILITIES, lateAcceptMs };
  }

  async facts() {
    const account = readAnswer(Account, await this.ask("account.get"));
    const canTrade = account.trade_allowed && account.ea_allowed;
    const warnings: string[] = [];
    if (!account.trade_allowed) warnings.push("Trading is off for this account at its broker.");
    if (!account.ea_allowed) warnings.push("Algo trading is off in the terminal: press its button in the toolbar.");
    if (account.hedging) {
      warnings.push("This account keeps opposite positions apart: the Expert Advisor closes them against one another.");
    }
    return {
      accountNumber: `${account.login} at ${account.server}`,
      currency: account.currency,
      balance: balanceOf(await this.ask("holdings.get")),
      canTrade,
      // A terminal has no call that moves money.
      canWithdraw: false,
      // It is the terminal that dials; where from is its owner's.
      addressBound: undefined,
      permissions: [account.mode, ...(canTrade ? ["trade"] : [])],
      warnings,
    };
  }

  async instruments(): Promise<readonly VenueInstrument[]> {
    const all: BridgeSymbol[] = [];
    for (let page = 0; page < BRIDGE_SYMBOL_PAGES_MAX; page++) {
      const asked = { offset: all.length, limit: BRIDGE_SYMBOLS_MAX };
      const { symbols, more } = readAnswer(Symbols, await this.ask("symbols.list", asked));
      all.push(...symbols);
      if (!more || symbols.length === 0) break;
    }
    for (const { symbol, contract } of all) this.contracts.set(symbol, parsePrice(contract, "contract"));
    return all.map(instrumentOf);
  }

  async place(order: OrderToPlace): Promise<ClientOutcome> {
    return outcomeOf(async () => {
      const params = await this.orderParams(order);
      const legs = await Promise.all(order.legs.map((leg) => this.orderParams({ ...leg, legs: [] })));
      const reply = readAnswer(Placed, await this.ask("order.place", { ...params, legs }));
      if (!TAKEN_RETCODES.has(reply.retcode)) return notTaken(reply.retcode);
      const named: [ClientOrderId, string][] = [[order.id, reply.order]];
      for (const leg of order.legs) {
        const told = reply.legs.find(({ cid }) => cid === leg.id);
        if (told !== undefined) named.push([leg.id, told.order]);
      }
      return { outcome: "ack", venueOrderIds: new Map(named), news: [] };
    });
  }

  async cancel(placed: PlacedOrder): Promise<ClientOutcome> {
    return this.change("order.cancel", placed, {});
  }

  async replace(placed: PlacedOrder, _revision: number, terms: ReplaceTerms): Promise<ClientOutcome> {
    return outcomeOf(async () => {
      const contract = await this.contractOf(symbolOf(placed.order.instrument));
      const { quantity, limit, stop } = terms;
      const prices = { price: limit && formatDecimal(limit), stop: stop && formatDecimal(stop) };
      return this.changeOnce("order.modify", placed, { volume: lotsOf(quantity, contract), ...prices });
    });
  }

  private change(method: string, placed: PlacedOrder, terms: Record<string, unknown>): Promise<ClientOutcome> {
    return outcomeOf(() => this.changeOnce(method, placed, terms));
  }

  private async changeOnce(
    method: string,
    placed: PlacedOrder,
    terms: Record<string, unknown>,
  ): Promise<ClientOutcome> {
    const reply = readAnswer(Changed, await this.ask(method, { cid: placed.sentAs, ...terms }));
    if (!TAKEN_RETCODES.has(reply.retcode)) return notTaken(reply.retcode);
    // How it stands now belongs to the answer, so that an end is known before the call returns.
    const shown = await this.order(placed).catch(() => undefined);
    const news: VenueNews[] = shown === undefined ? [] : [{ type: "order", order: shown, reason: "" }];
    return { outcome: "ack", venueOrderIds: new Map([[placed.order.id, reply.order]]), news };
  }

  async order(placed: PlacedOrder) {
    const { order } = readAnswer(Found, await this.ask("order.find", { cid: placed.sentAs }));
    return order === null ? undefined : orderOf(order);
  }

  async openOrders() {
    return readAnswer(Orders, await this.ask("orders.get")).orders.map(orderOf);
  }

  async holdings() {
    return holdingsOf(await this.ask("holdings.get"));
  }

  async history({ cursor, since }: { cursor: string; since: number }) {
    const [from, after] = cursor === "" ? [String(since), "0"] : cursor.split(":");
    const asked = { from_ms: from, after_deal: after, limit: BRIDGE_DEALS_MAX };
    const { deals, more } = readAnswer(Deals, await this.ask("history.get", asked));
    const told = deals.map(dealNews);
    const last = deals.at(-1);
    return {
      fills: told.flatMap(({ fill }) => fill ?? []),
      movements: told.flatMap(({ movements }) => movements),
      cursor: last === undefined ? cursor : `${last.at}:${last.deal}`,
      complete: !more,
    };
  }

  async prices(instruments: readonly string[]): Promise<readonly VenueMark[]> {
    const symbols = instruments.map(symbolOf);
    const { prices } = readAnswer(Prices, await this.ask("prices.get", { symbols }));
    const heardAt = this.parts.now();
    return prices.flatMap(({ symbol, bid, at }) => {
      const price = priceOf(bid);
      const instrument = `${MT5_PREFIX}${symbol}`;
      return price === undefined ? [] : [{ instrument, price, at: Number(at), heardAt, intervalMs: MT5_TICK_MS }];
    });
  }

  private async orderParams(order: OrderToPlace): Promise<Record<string, unknown>> {
    const symbol = symbolOf(order.instrument);
    const { id: cid, side, kind, limit, stop, trail, reduceOnly: reduce } = order;
    return {
      ...{ cid, symbol, side, type: kind, reduce, tif: "gtc" },
      volume: lotsOf(order.quantity, await this.contractOf(symbol)),
      ...(limit === undefined ? {} : { price: formatDecimal(limit) }),
      ...(stop === undefined ? {} : { stop: formatDecimal(stop) }),
      ...(trail === undefined ? {} : { trail: formatDecimal(trail) }),
    };
  }

  private async contractOf(symbol: string): Promise<Decimal> {
    if (!this.contracts.has(symbol)) await this.instruments();
    const contract = this.contracts.get(symbol);
    if (contract === undefined) throw new VenueRefusal("UNKNOWN_SYMBOL", `symbol must be the broker's, was ${symbol}`);
    return contract;
  }

  private ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    return this.parts.line.ask(method, params, BRIDGE_REPLY_MS_MAX);
  }
}

/** The symbol of an instrument's id. Throws VenueRefusal for one of another venue. */
function symbolOf(instrument: string): string {
  if (instrument.startsWith(MT5_PREFIX)) return instrument.slice(MT5_PREFIX.length);
  throw new VenueRefusal("UNKNOWN_SYMBOL", `instrument must be one of MT5, was ${instrument}`);
}

function notTaken(retcode: string): ClientOutcome {
  const code = definiteCode({ code: "", retcode });
  const message = `the trade server answered ${retcode}`;
  return code === undefined
    ? { outcome: "unknown", message, news: [] }
    : { outcome: "rejected", code, message, news: [] };
}

/** Every end of a call that changes something is an outcome. What certainly never left was certainly not taken. */
async function outcomeOf(call: () => Promise<ClientOutcome>): Promise<ClientOutcome> {
  try {
    return await call();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof VenueRefusal) return { outcome: "rejected", code: error.code, message, news: [] };
    if (error instanceof RangeError) return { outcome: "rejected", code: "BAD_QUANTITY", message, news: [] };
    if (error instanceof VenueSilence && !error.isSent)
      return { outcome: "rejected", code: NOT_SENT, message, news: [] };
    return { outcome: "unknown", message, news: [] };
  }
}

function instrumentOf(symbol: BridgeSymbol): VenueInstrument {
  const contract = parsePrice(symbol.contract, "contract");
  const units = (lots: string) =>
    multiply(parsePrice(lots, "volume"), contract, { decimals: 18, rounding: "half-even" }) as Quantity;
  return {
    ...{ id: `${MT5_PREFIX}${symbol.symbol}`, venue: "MT5", symbol: symbol.symbol, nativeId: symbol.symbol },
    ...{ kind: symbol.kind, base: symbol.base === "" ? symbol.symbol : symbol.base, quote: symbol.quote },
    tick: Number(symbol.tick),
    lot: Number(formatDecimal(units(symbol.volume_step))),
    quantityMin: Number(formatDecimal(units(symbol.volume_min))),
    quantityMax: Number(formatDecimal(units(symbol.volume_max))),
    notionalMin: 0,
    daysPerYear: symbol.kind === "crypto" ? 365 : 252,
    kinds: MT5_CAPABILITIES.kinds,
    calendar: symbol.kind === "crypto" ? ALWAYS_OPEN : FX_WEEK,
    status: symbol.trade_mode === "full" ? "trading" : "halted",
  };
}
