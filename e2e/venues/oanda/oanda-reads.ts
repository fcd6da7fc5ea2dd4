import { ZERO } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { EmulatedOrder } from "../emulated-order.ts";
import type { EmulatedReply } from "../venue-emulator.ts";
import type { OandaLedger } from "./oanda-ledger.ts";
import { type OandaViews, timeOf } from "./oanda-views.ts";

/** A candle as it is kept here. Prices as the venue writes them. */
export interface EmulatedCandle {
  readonly time: number;
  readonly mid: Readonly<Record<"o" | "h" | "l" | "c", string>>;
  readonly volume: number;
}

/** Transactions that one reply brings at most. */
const PAGE_MAX = 1_000;
const CANDLES_MAX = 5_000;
/** Lengths of candles by the venue's names for them, ms. */
const LENGTHS_MS: Readonly<Record<string, number>> = {
  ...{ M1: 60_000, M5: 300_000, M15: 900_000, M30: 1_800_000, H1: 3_600_000, H2: 7_200_000, H4: 14_400_000 },
  ...{ H6: 21_600_000, H8: 28_800_000, H12: 43_200_000, D: 86_400_000, W: 604_800_000 },
};

interface ReadParts {
  readonly book: EmulatedBook;
  readonly ledger: OandaLedger;
  readonly views: OandaViews;
  readonly accountId: string;
  readonly currency: string;
}

type Query = URLSearchParams;
type Find = (specifier: string) => EmulatedOrder | undefined;

/** Everything that the venue answers to questions. */
export class OandaReads {
  /** Candles of a minute by instrument, in order, in place of those of the book's own tape. */
  readonly candles = new Map<string, readonly EmulatedCandle[]>();
  /** Transactions that one reply brings. */
  pageSize = PAGE_MAX;
  private readonly parts: ReadParts;

  constructor(parts: ReadParts) {
    this.parts = parts;
  }

  answer(path: string, query: Query, find: Find): EmulatedReply {
    const { accountId, views, ledger, currency, book } = this.parts;
    if (path === "/v3/accounts") return ok({ accounts: [{ id: accountId, tags: [] }] });
    const [, instrument] = /^\/v3\/instruments\/([^/]+)\/candles$/.exec(path) ?? [];
    if (instrument !== undefined) return this.candlesOf(instrument, query);
    const root = `/v3/accounts/${accountId}`;
    if (!path.startsWith(root)) return missing("Invalid value specified for 'accountID'");
    const rest = path.slice(root.length);
    const tail = { lastTransactionID: ledger.lastId };
    const live = book.liveOrders().map((order) => views.order(order));
    switch (rest) {
      case "":
        return ok({
          account: {
            ...views.summary(accountId, currency),
            orders: live,
            trades: ledger.openTrades().map((trade) => views.trade(trade)),
            positions: views.positions(),
          },
          ...tail,
        });
      case "/summary":
        return ok({ account: views.summary(accountId, currency), ...tail });
      case "/instruments":
        return ok({ instruments: [...book.instruments.values()].map((one) => views.instrument(one)), ...tail });
      case "/pendingOrders":
        return ok({ orders: live, ...tail });
      case "/openPositions":
      case "/positions":
        return ok({ positions: views.positions(), ...tail });
      case "/pricing":
        return ok({
          prices: (query.get("instruments") ?? "")
            .split(",")
            .filter((name) => book.prices.has(name))
            .map((name) => views.price(name)),
        });
      case "/openTrades":
        return ok({ trades: ledger.openTrades().map((trade) => views.trade(trade)), ...tail });
      case "/trades":
        return ok({ trades: this.tradesOf(query), ...tail });
      case "/transactions":
        return this.pages(query, root);
      case "/transactions/sinceid":
        return this.since(BigInt(query.get("id") ?? "0"));
      default:
        return this.one(rest, find);
    }
  }

  private one(rest: string, find: Find): EmulatedReply {
    const { views, ledger } = this.parts;
    const [, kind, id = ""] = /^\/(orders|transactions)\/([^/]+)$/.exec(rest) ?? [];
    if (kind === "orders") {
      const order = find(id);
      if (order === undefined) return missing("The order ID specified does not exist", "NO_SUCH_ORDER");
      return ok({ order: views.order(order), lastTransactionID: ledger.lastId });
    }
    const transaction = ledger.transactions.find((one) => kind === "transactions" && one.id === id);
    if (transaction === undefined) return missing("There is no such thing", "NO_SUCH_THING");
    return ok({ transaction, lastTransactionID: ledger.lastId });
  }

  private tradesOf(query: Query): unknown[] {
    const ids = (query.get("ids") ?? "").split(",");
    const all = [...this.parts.ledger.trades.values()].filter(({ id }) => ids.includes(String(id)));
    return all.map((trade) => this.parts.views.trade(trade));
  }

  private since(id: bigint): EmulatedReply {
    const { transactions, lastId } = this.parts.ledger;
    const after = transactions.filter((one) => BigInt(one.id) > id).slice(0, this.pageSize);
    return ok({ transactions: after, lastTransactionID: lastId });
  }

  private pages(query: Query, root: string): EmulatedReply {
    const { transactions, lastId } = this.parts.ledger;
    const from = Date.parse(query.get("from") ?? "1970-01-01T00:00:00Z");
    const size = Number(query.get("pageSize") ?? "100");
    const found = transactions.filter(({ time }) => Date.parse(String(time)) >= from).map(({ id }) => id);
    const pages: string[] = [];
    for (let index = 0; index < found.length; index += size) {
      const last = found[Math.min(index + size, found.length) - 1];
      pages.push(`https://api-fxpractice.oanda.com${root}/transactions/idrange?from=${found[index]}&to=${last}`);
    }
    return ok({ from: timeOf(from), pageSize: size, count: found.length, pages, lastTransactionID: lastId });
  }

  private candlesOf(instrument: string, query: Query): EmulatedReply {
    const lengthMs = LENGTHS_MS[query.get("granularity") ?? ""];
    if (!this.parts.book.instruments.has(instrument) || lengthMs === undefined) {
      return missing("Invalid value specified for 'instrument'");
    }
    const from = Date.parse(query.get("from") ?? "");
    const count = Math.min(Number(query.get("count") ?? "500"), CANDLES_MAX);
    const now = this.parts.book.now();
    if (from > now)
      return { status: 400, body: '{"errorMessage":"Invalid value specified for \'from\'. Time is in the future"}' };
    const kept = this.candles.get(instrument);
    const found =
      kept?.filter(({ time }) => time >= from && time <= now) ?? this.taped(instrument, from, lengthMs, count);
    const candles = found.slice(0, count).map(({ time, mid, volume }) => ({
      ...{ time: timeOf(time), mid, volume, complete: time + lengthMs <= now },
    }));
    return ok({ instrument, granularity: query.get("granularity"), candles });
  }

  private taped(instrument: string, from: number, lengthMs: number, count: number): EmulatedCandle[] {
    const { book } = this.parts;
    const tick = formatDecimal(book.instruments.get(instrument)?.tick ?? ZERO);
    const [now, candles]: [number, EmulatedCandle[]] = [book.now(), []];
    for (let time = Math.ceil(from / lengthMs) * lengthMs; time <= now && candles.length < count; time += lengthMs) {
      const {
        open: o,
        high: h,
        low: l,
        close: c,
        volume,
      } = book.tape.candle({ symbol: instrument, tick }, { time, lengthMs, now });
      candles.push({ time, mid: { o, h, l, c }, volume: Math.round(volume) });
    }
    return candles;
  }
}

function ok(body: unknown): EmulatedReply {
  return { status: 200, body: JSON.stringify(body) };
}

function missing(errorMessage: string, errorCode?: string): EmulatedReply {
  return { status: 404, body: JSON.stringify({ errorMessage, ...(errorCode === undefined ? {} : { errorCode }) }) };
}
