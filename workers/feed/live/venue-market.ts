import type { MarketState } from "../../../schema/wire/live.ts";
import type { VenueMark } from "../../brokers/broker.ts";
import type { MarketData } from "../../brokers/market-data.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { candleOpen, MINUTE_MS } from "../../core/candle/timeframe.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import { readCandles } from "../venue-source.ts";
import type { MarketMinutes } from "./market-port.ts";
import { MINUTES_ASKED_MAX } from "./sim-market.ts";
import type { MinuteRow, MinuteStore } from "./venue-minutes.ts";

/** How often a venue is asked for a price while somebody listens: a share of every venue's rate that nobody feels. */
export const PRICE_EVERY_MS = 5_000;
/**
 * How long after its close a minute without a candle is waited for before it counts as one in which nothing was traded:
 * venues show the last one up to seconds late.
 */
const EMPTY_AFTER_MS = 15_000;
/** Without a price for so long, a market is shown as stale. */
const STALE_MS = 3 * PRICE_EVERY_MS;

export interface VenueMarketParts {
  readonly data: () => Promise<MarketData>;
  readonly instrument: VenueInstrument;
  readonly store: MinuteStore;
  /** UTC ms. */
  readonly now: () => number;
}

/**
 * The market of one instrument at a venue: its last price and its closed minutes, asked for when they are needed and kept
 * for those who come next.
 */
export class VenueMarket {
  private readonly parts: VenueMarketParts;
  private mark: VenueMark | undefined;
  private running: MinuteRow | undefined;
  private catchingUp: Promise<void> | undefined;

  constructor(parts: VenueMarketParts) {
    this.parts = parts;
  }

  /** Asks for the price. Undefined where the venue has none. Throws where it does not answer. */
  async price(): Promise<VenueMark | undefined> {
    const { data, instrument } = this.parts;
    const [mark] = await (await data()).prices([instrument]);
    if (mark === undefined) return undefined;
    this.mark = mark;
    this.watchRunning(mark);
    return mark;
  }

  /** The last price, asked for where the known one is older than one would be. */
  async last(): Promise<{ price: number; at: number; heardAt: number; intervalMs: number } | undefined> {
    const known = this.mark;
    const isFresh = known !== undefined && this.parts.now() - known.heardAt < PRICE_EVERY_MS;
    const mark = isFresh ? known : await this.price();
    if (mark === undefined) return undefined;
    return { price: toDouble(mark.price), at: mark.at, heardAt: mark.heardAt, intervalMs: PRICE_EVERY_MS };
  }

  /** The candle that runs, as far as its prices were heard. */
  private watchRunning({ price: exact, at }: VenueMark): void {
    const price = toDouble(exact);
    const time = candleOpen(at, "1m");
    const known = this.running?.[0] === time ? this.running : undefined;
    const [, open, high, low] = known ?? [time, price, price, price];
    this.running = [time, open, Math.max(high, price), Math.min(low, price), price, 0];
  }

  /**
   * Closed minutes from `from` on, at most `limit`. `marketAt` is the instant up to which the venue has told everything.
   * Throws where it does not answer.
   */
  async minutes({ from, limit }: { readonly from: number; readonly limit: number }): Promise<MarketMinutes> {
    const { store, instrument } = this.parts;
    const most = Math.min(limit, MINUTES_ASKED_MAX);
    const begin = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
    await this.catchUp(begin, most);
    const { coverage } = store;
    if (coverage === undefined) throw new Error("the minutes of the market are not known");
    return { instrument: instrument.id, rows: store.rows(begin, most), marketAt: coverage.to };
  }

  /** Reads what is missing before and after the minutes that are kept, one reading at a time. */
  private async catchUp(from: number, limit: number): Promise<void> {
    while (this.catchingUp !== undefined) await this.catchingUp.catch(() => undefined);
    this.catchingUp = this.readMissing(from, limit).finally(() => {
      this.catchingUp = undefined;
    });
    await this.catchingUp;
  }

  private async readMissing(from: number, limit: number): Promise<void> {
    const { store, now } = this.parts;
    const closed = candleOpen(now(), "1m");
    const { coverage } = store;
    // Where a stretch far from the kept one is asked for, it takes its place: kept minutes have no holes.
    const isBefore = coverage !== undefined && from + limit * MINUTE_MS < coverage.from;
    const isBehind = coverage !== undefined && Math.min(from, closed) > coverage.to + MINUTES_ASKED_MAX * MINUTE_MS;
    if (coverage === undefined || isBefore || isBehind) {
      const begin = Math.min(from, closed);
      store.restart(begin);
      await this.readOn(begin, Math.min(closed, begin + limit * MINUTE_MS));
      return;
    }
    if (from < coverage.from) {
      const rows = rowsOf(await this.read(from, coverage.from));
      store.putBefore(rows, from);
    }
    await this.readOn(coverage.to, Math.min(closed, Math.max(from, coverage.to) + limit * MINUTE_MS));
  }

  private async readOn(from: number, to: number): Promise<void> {
    if (to <= from) return;
    const rows = rowsOf(await this.read(from, to));
    const last = rows.at(-1);
    const told = last === undefined ? from : last[0] + MINUTE_MS;
    // The minute that has just closed may come later; one that closed a while ago had no trade.
    const quiet = Math.min(to, candleOpen(this.parts.now() - EMPTY_AFTER_MS, "1m"));
    this.parts.store.putAfter(rows, Math.max(from, told, quiet));
  }

  private async read(from: number, to: number): Promise<CandleColumns> {
    const { data, instrument } = this.parts;
    return readCandles({ data: await data(), instrument, timeframe: "1m" }, { from, to });
  }

  /** What watchers see now. */
  state(): MarketState {
    const { instrument, store, now } = this.parts;
    const closed = store.last();
    const price = this.mark === undefined ? null : formatDecimal(this.mark.price);
    const stale = this.mark === undefined || now() - this.mark.heardAt > STALE_MS;
    return {
      instrument: instrument.id,
      at: this.mark?.at ?? null,
      price,
      stale,
      running: this.running === undefined ? null : candleOfRow(this.running),
      closed: closed === undefined ? null : candleOfRow(closed),
    };
  }
}

function rowsOf(candles: CandleColumns): MinuteRow[] {
  return Array.from({ length: candles.length }, (_, at) => [
    candles.time[at],
    candles.open[at],
    candles.high[at],
    candles.low[at],
    candles.close[at],
    candles.volume[at],
  ]);
}

function candleOfRow([time, open, high, low, close, volume]: MinuteRow) {
  return { time, open, high, low, close, volume };
}
