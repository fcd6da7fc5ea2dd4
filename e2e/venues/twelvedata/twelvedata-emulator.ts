import type { Timeframe } from "../../../workers/core/candle/timeframe.ts";
import { candleOpen, timeframeMs } from "../../../workers/core/candle/timeframe.ts";
import {
  ALWAYS_OPEN,
  FX_WEEK,
  isOpen,
  type TradingCalendar,
  US_STOCK,
} from "../../../workers/core/candle/trading-calendar.ts";
import { candleRow } from "../binance/emulated-candles.ts";
import { EmulatedBook } from "../emulated-book.ts";
import type { EmulatorParts } from "../emulator-parts.ts";
import { FaultSwitches } from "../fault-switches.ts";
import type {
  EmulatedReply,
  EmulatedRequest,
  EmulatedSocket,
  SocketHandler,
  VenueEmulator,
} from "../venue-emulator.ts";

export const TWELVEDATA_KEY = "emulatedTwelveDataKey";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const INTERVALS: Readonly<Record<string, Timeframe>> = {
  ...{ "1min": "1m", "5min": "5m", "15min": "15m", "30min": "30m", "1h": "1h", "1day": "1d" },
};
const CALENDARS: Readonly<Record<string, TradingCalendar>> = {
  ...{ "BTC/USD": ALWAYS_OPEN, "ETH/BTC": ALWAYS_OPEN, "EUR/USD": FX_WEEK, "USD/JPY": FX_WEEK },
  ...{ AAPL: US_STOCK, MSFT: US_STOCK },
};
const CURRENCIES = { currency_base: "One", currency_quote: "Other" };
const STOCK = {
  ...{ name: "A company", currency: "USD", exchange: "NASDAQ", mic_code: "XNGS", country: "United States" },
  ...{ type: "Common Stock", cfi_code: "ESXXXX", figi_code: "", isin: "", cusip: "" },
};
const NO_DATA = "No data is available on the specified dates. Try setting different start/end dates.";

/** Twelve Data as a venue of our own: prices as functions of time, and credits that are counted as it does. */
export class TwelveDataEmulator implements VenueEmulator {
  readonly name = "twelvedata";
  readonly book: EmulatedBook;
  readonly faults: FaultSwitches;
  readonly keys = { "API key": TWELVEDATA_KEY };
  creditsAMinute = 8;
  creditsADay = 800;
  /** Requests that it refused for their credits. */
  refusals = 0;
  /** Times of candles that the venue lacks, and the first that it has. */
  isGap: (time: number) => boolean = () => false;
  listedAt = Date.UTC(2020, 0, 1);
  private readonly parts: EmulatorParts;
  private readonly used = { minute: 0, inMinute: 0, day: 0, inDay: 0 };
  private readonly sockets = new Map<EmulatedSocket, Set<string>>();

  constructor(parts: EmulatorParts) {
    this.parts = parts;
    this.faults = new FaultSwitches(parts);
    this.book = new EmulatedBook({ instruments: [], funds: {}, holds: "assets", now: () => this.now() });
  }

  now(): number {
    return this.parts.now() + this.faults.clockSkewMs;
  }

  handle({ method, path, rawQuery, headers }: EmulatedRequest): EmulatedReply {
    const query = new URLSearchParams(rawQuery);
    if (method !== "GET") return failed(404, "The requested endpoint does not exist.");
    if (headers.authorization !== `apikey ${TWELVEDATA_KEY}` && query.get("apikey") !== TWELVEDATA_KEY) {
      return failed(401, "**apikey** parameter is incorrect or not specified.");
    }
    const credits = path === "/price" ? (query.get("symbol") ?? "").split(",").length : 1;
    const refusal = this.refusal(credits);
    return refusal ?? { ...this.answer(path, query), headers: this.creditHeaders() };
  }

  private refusal(credits: number): EmulatedReply | undefined {
    const { used } = this;
    const [minute, day] = [Math.floor(this.now() / MINUTE_MS), Math.floor(this.now() / DAY_MS)];
    if (used.minute !== minute) Object.assign(used, { minute, inMinute: 0 });
    if (used.day !== day) Object.assign(used, { day, inDay: 0 });
    const span =
      used.inDay + credits > this.creditsADay ? "day" : used.inMinute + credits > this.creditsAMinute ? "minute" : "";
    if (span === "") {
      used.inMinute += credits;
      used.inDay += credits;
      return undefined;
    }
    this.refusals++;
    const words = span === "day" ? "for the day" : "for the current minute";
    return { ...failed(429, `You have run out of API credits ${words}.`), headers: this.creditHeaders() };
  }

  private creditHeaders(): Record<string, string> {
    const { inMinute } = this.used;
    return { "api-credits-used": String(inMinute), "api-credits-left": String(this.creditsAMinute - inMinute) };
  }

  private answer(path: string, query: URLSearchParams): EmulatedReply {
    const symbol = query.get("symbol") ?? "";
    switch (path) {
      case "/time_series":
        return this.series(symbol, query);
      case "/earliest_timestamp":
        if (CALENDARS[symbol] === undefined)
          return failed(404, "**symbol** or **figi** parameter is missing or invalid.");
        return ok({ datetime: textOf(this.listedAt, false), unix_time: this.listedAt / 1_000 });
      case "/price":
        return this.prices(symbol.split(","));
      case "/api_usage":
        return ok({
          ...{
            timestamp: textOf(this.now(), false),
            current_usage: this.used.inMinute,
            plan_limit: this.creditsAMinute,
          },
          ...{ daily_usage: this.used.inDay, plan_daily_limit: this.creditsADay, plan_category: "basic" },
        });
      case "/forex_pairs":
        return listed(FX_WEEK, (name) => ({ symbol: name, currency_group: "Major", ...CURRENCIES }));
      case "/cryptocurrencies":
        return listed(ALWAYS_OPEN, (name) => ({ symbol: name, available_exchanges: ["Binance"], ...CURRENCIES }));
      case "/stocks":
        return listed(US_STOCK, (name) => ({ symbol: name, ...STOCK }));
      default:
        return failed(404, "The requested endpoint does not exist.");
    }
  }

  private series(symbol: string, query: URLSearchParams): EmulatedReply {
    const calendar = CALENDARS[symbol];
    const timeframe = INTERVALS[query.get("interval") ?? ""];
    if (calendar === undefined) return failed(404, "**symbol** or **figi** parameter is missing or invalid.");
    if (timeframe === undefined) return failed(400, "Invalid **interval** provided.");
    if (query.get("timezone") !== "UTC" || query.get("order") !== "asc")
      return failed(400, "The emulator knows UTC alone.");
    const [from, to] = ["start_date", "end_date"].map((name) => Date.parse(`${query.get(name)}Z`));
    const size = Number(query.get("outputsize") ?? 30);
    if (from === undefined || to === undefined || !(size >= 1 && size <= 5_000)) return failed(400, "Invalid dates.");
    const values = this.candles(symbol, timeframe, from, Math.min(to, this.now()));
    if (values.length === 0) return failed(400, NO_DATA);
    // Of more than it sends it keeps the newest.
    const meta = { symbol, interval: query.get("interval"), exchange_timezone: "UTC", type: "Digital Currency" };
    return ok({ meta, values: values.slice(-size), status: "ok" });
  }

  /** Candles that open in `[from, to]`, as the venue writes them. */
  candles(symbol: string, timeframe: Timeframe, from: number, to: number): Record<string, string>[] {
    const [length, calendar] = [timeframeMs(timeframe), CALENDARS[symbol]];
    const values: Record<string, string>[] = [];
    const first = Math.max(from, this.listedAt);
    for (let time = Math.ceil(first / length) * length; time <= to; time += length) {
      const isTraded = timeframe === "1d" || (calendar !== undefined && isOpen(calendar, time));
      if (!isTraded || this.isGap(time)) continue;
      const [, open = "", high = "", low = "", close = "", volume = ""] = candleRow(symbol, time, length).map(String);
      const datetime = textOf(time, timeframe === "1d");
      values.push({ datetime, open, high, low, close, ...(calendar === FX_WEEK ? {} : { volume }) });
    }
    return values;
  }

  private priceOf(symbol: string): string {
    return String(candleRow(symbol, candleOpen(this.now(), "1m"), MINUTE_MS)[1]);
  }

  private prices(symbols: readonly string[]): EmulatedReply {
    const one = (symbol: string) =>
      CALENDARS[symbol] === undefined
        ? { code: 404, message: "**symbol** or **figi** parameter is missing or invalid.", status: "error" }
        : { price: this.priceOf(symbol) };
    const [first = ""] = symbols;
    return ok(symbols.length === 1 ? one(first) : Object.fromEntries(symbols.map((symbol) => [symbol, one(symbol)])));
  }

  connect(path: string, rawQuery: string, socket: EmulatedSocket): SocketHandler | undefined {
    if (path !== "/v1/quotes/price" || new URLSearchParams(rawQuery).get("apikey") !== TWELVEDATA_KEY) return undefined;
    const told = new Set<string>();
    this.sockets.set(socket, told);
    return {
      take: (text) => {
        const { action, params } = JSON.parse(text) as { action: string; params?: { symbols: string } };
        if (action === "heartbeat") socket.send(JSON.stringify({ event: "heartbeat", status: "ok" }));
        if (action !== "subscribe") return;
        const asked = (params?.symbols ?? "").split(",");
        const success = asked.filter((symbol) => CALENDARS[symbol] !== undefined);
        const fails = asked.filter((symbol) => CALENDARS[symbol] === undefined);
        for (const symbol of success) told.add(symbol);
        const rows = (symbols: readonly string[]) => symbols.map((symbol) => ({ symbol }));
        const status = success.length === 0 ? "error" : "ok";
        socket.send(JSON.stringify({ event: "subscribe-status", status, success: rows(success), fails: rows(fails) }));
        this.tick();
      },
      closed: () => void this.sockets.delete(socket),
    };
  }

  tick(): void {
    const timestamp = Math.floor(this.now() / 1_000);
    for (const [socket, symbols] of this.sockets) {
      for (const symbol of symbols) {
        const price = Number(this.priceOf(symbol));
        socket.send(JSON.stringify({ event: "price", symbol, currency: "USD", timestamp, price, day_volume: 1 }));
      }
    }
  }
}

function ok(value: unknown): EmulatedReply {
  return { status: 200, body: JSON.stringify(value) };
}

function failed(code: number, message: string): EmulatedReply {
  return { status: code, body: JSON.stringify({ code, message, status: "error" }) };
}

function listed(calendar: TradingCalendar, row: (symbol: string) => unknown): EmulatedReply {
  const data = Object.keys(CALENDARS)
    .filter((symbol) => CALENDARS[symbol] === calendar)
    .map(row);
  return ok({ data, count: data.length, status: "ok" });
}

function textOf(time: number, isDay: boolean): string {
  const text = new Date(time).toISOString();
  return isDay ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}
