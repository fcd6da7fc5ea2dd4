import type { MarketState } from "../../../schema/wire/live.ts";
import type { ReplayState } from "../../../schema/wire/market.ts";
import { logEvent } from "../../platform/log-event.ts";
import type { MarketCall, MarketListener, MarketMinutes, MarketSlice, MarketSubscriber } from "./market-port.ts";
import { nextClose, type ReplaySeries } from "./replay-series.ts";
import { MINUTES_ASKED_MAX, priceText } from "./sim-market.ts";
import type { SubscriberBook, Subscription } from "./subscriber-book.ts";
import { tellListener } from "./tell-listener.ts";

/** How long a replay waits for one listener before it asks again: a bot may have to read its history first. */
const LISTENER_MS_MAX = 30_000;
/** Pause before a call that somebody did not take is sent again; doubles up to the next. */
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

/** A call that is on its way: `spanMs` of the market's time are told, which take `intervalMs`. */
export interface PendingCall {
  readonly marketAt: number;
  readonly spanMs: number;
  readonly intervalMs: number;
}

/** A replay as it is stored. Nothing else decides what comes next. */
export interface StoredReplay {
  readonly ownerId: string;
  readonly accountId: string;
  readonly datasetIds: readonly string[];
  readonly instruments: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly status: "paused" | "playing" | "ended";
  /** Every candle that closed by then has been taken in by all. */
  readonly marketAt: number;
  /** Number of the last call that all have taken. */
  readonly sequence: number;
  /** The call that is on its way: the same again after a restart. */
  readonly pending: PendingCall | null;
  /** Real time at which the next call is due, and at which the last one was taken. */
  readonly dueAt: number;
  readonly heardAt: number;
  readonly failures: number;
  readonly waitingFor: number;
}

export interface ReplayMarketDeps {
  readonly read: () => StoredReplay | undefined;
  readonly write: (replay: StoredReplay) => void;
  readonly book: SubscriberBook;
  readonly now: () => number;
  readonly listen: (subscriber: MarketSubscriber) => MarketListener;
  readonly open: (replay: StoredReplay) => Promise<readonly ReplaySeries[]>;
}

/**
 * Datasets played again as if live. A step is the next moment at which a candle of any of them closes: all candles that
 * close then are told in one call, and the market goes on only when every listener has taken it. The call on its way is
 * stored before it is sent, so that a crash repeats it and skips none.
 */
export class ReplayMarket {
  private readonly deps: ReplayMarketDeps;
  private opened: Promise<readonly ReplaySeries[]> | undefined;

  constructor(deps: ReplayMarketDeps) {
    this.deps = deps;
  }

  /** A new listener is told what comes after the market's moment. */
  subscribe(call: { ownerId: string; subscriber: MarketSubscriber }): void {
    const { marketAt, sequence } = this.owned(call.ownerId);
    this.deps.book.add({ ...call, told: marketAt, sequence });
  }

  unsubscribe(call: { ownerId: string; name: string }): void {
    this.owned(call.ownerId);
    this.deps.book.remove(call);
  }

  async minutes(call: { ownerId: string; instrument: string; from: number; limit: number }): Promise<MarketMinutes> {
    const replay = this.owned(call.ownerId);
    // Whoever is being told of a step asks for its candles before the market has gone on.
    const marketAt = replay.pending?.marketAt ?? replay.marketAt;
    const { instrument, from } = call;
    const series = await this.seriesOf(instrument);
    const candles = await series.closed({ from, atMs: marketAt, limit: Math.min(call.limit, MINUTES_ASKED_MAX) });
    const rows = candles.map(
      ({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume] as const,
    );
    return { instrument, rows, marketAt };
  }

  async last(call: { ownerId: string; instrument: string }) {
    const replay = this.owned(call.ownerId);
    const series = await this.seriesOf(call.instrument);
    const candle = await series.before(replay.pending?.marketAt ?? replay.marketAt);
    if (candle === undefined) return undefined;
    // Time stands still while a replay is paused: its price is as fresh as it was.
    const heardAt = replay.status === "paused" ? this.deps.now() : replay.heardAt;
    return { price: candle.close, at: candle.closedAt, heardAt, intervalMs: series.spanMs / replay.speed };
  }

  state(ownerId: string): ReplayState {
    const { status, marketAt, from, to, speed, waitingFor } = this.owned(ownerId);
    return { status, marketAt, from, to, speed, waitingFor };
  }

  /** A replay that has ended stays where it is. */
  setPlaying(ownerId: string, playing: boolean): void {
    const replay = this.owned(ownerId);
    if (replay.status === "ended") return;
    const nowMs = this.deps.now();
    this.deps.write({ ...replay, status: playing ? "playing" : "paused", dueAt: nowMs, heardAt: nowMs });
  }

  setSpeed(ownerId: string, speed: number): void {
    this.deps.write({ ...this.owned(ownerId), speed, dueAt: this.deps.now() });
  }

  /** What watchers of an instrument see now. */
  async marketState(instrument: string): Promise<MarketState> {
    const replay = this.deps.read();
    const candle = replay === undefined ? undefined : await (await this.seriesOf(instrument)).before(replay.marketAt);
    const { closedAt: _closedAt, ...closed } = candle ?? { closedAt: 0 };
    return {
      instrument,
      at: replay?.marketAt ?? null,
      price: candle === undefined ? null : priceText(candle.close),
      stale: (replay?.waitingFor ?? 0) > 0,
      running: null,
      closed: "time" in closed ? closed : null,
    };
  }

  /** Does what is due and returns when the next is, real time; undefined while nothing plays. */
  async step(): Promise<number | undefined> {
    const replay = this.deps.read();
    if (replay?.status !== "playing") return undefined;
    if (this.deps.now() < replay.dueAt) return replay.dueAt;
    const series = await this.series(replay);
    const marketAt = replay.pending?.marketAt ?? (await nextClose(series, replay.marketAt));
    if (marketAt === undefined) {
      this.change({ status: "ended" });
      return undefined;
    }
    const slices = await slicesAt(series, marketAt);
    const spanMs = Math.min(...slices.map((slice) => slice.spanMs));
    const pending = replay.pending ?? { marketAt, spanMs, intervalMs: spanMs / replay.speed };
    this.change({ pending });
    const { intervalMs } = pending;
    const waitingFor = await this.tellAll({ sequence: replay.sequence + 1, slices, marketAt, intervalMs });
    return waitingFor === 0 ? this.goOn(replay, pending) : this.wait(waitingFor);
  }

  private goOn(replay: StoredReplay, { marketAt, spanMs }: PendingCall): number | undefined {
    const nowMs = this.deps.now();
    const speed = this.deps.read()?.speed ?? replay.speed;
    // Time that was lost is not made up for: a replay that ran ahead to catch up would play faster than asked.
    const dueAt = Math.max(nowMs, replay.dueAt + spanMs / speed);
    const done = { marketAt, sequence: replay.sequence + 1, pending: null, heardAt: nowMs };
    const changed = this.change({ ...done, dueAt, failures: 0, waitingFor: 0 });
    return changed?.status === "playing" ? dueAt : undefined;
  }

  private wait(waitingFor: number): number | undefined {
    const failures = this.deps.read()?.failures ?? 0;
    const dueAt = this.deps.now() + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10));
    const changed = this.change({ waitingFor, dueAt, failures: failures + 1 });
    return changed?.status === "playing" ? dueAt : undefined;
  }

  /** Tells whoever has not taken the call yet, venues before bots, and returns how many still have not. */
  private async tellAll(call: MarketCall): Promise<number> {
    for (const binding of ["PAPER", "BOT"] as const) {
      const open = this.deps.book.list().filter((entry) => entry.binding === binding && entry.sequence < call.sequence);
      const told = await Promise.all(open.map((entry) => this.tell(entry, call)));
      const missing = told.filter((taken) => !taken).length;
      if (missing > 0) return missing;
    }
    return 0;
  }

  private async tell(subscription: Subscription, call: MarketCall): Promise<boolean> {
    const { book, listen } = this.deps;
    const slices = call.slices.filter(({ instrument }) => subscription.instruments.includes(instrument));
    const told = await tellListener(() => listen(subscription), { ...call, slices }, LISTENER_MS_MAX);
    if (told === "failed") return false;
    if (told === "told") book.markTold(subscription.name, { to: call.marketAt, sequence: call.sequence });
    else {
      book.remove(subscription);
      logEvent("market_listener_dropped", { reason: told });
    }
    return true;
  }

  /** Changes the replay as it is now: it may have been paused or deleted while something was waited for. */
  private change(fields: Partial<StoredReplay>): StoredReplay | undefined {
    const replay = this.deps.read();
    if (replay === undefined) return undefined;
    const next = { ...replay, ...fields };
    this.deps.write(next);
    return next;
  }

  private async seriesOf(instrument: string): Promise<ReplaySeries> {
    const replay = this.deps.read();
    const series = replay === undefined ? [] : await this.series(replay);
    const found = series.find((one) => one.instrument === instrument);
    if (found === undefined) throw new Error(`the replay plays no ${instrument}`);
    return found;
  }

  private series(replay: StoredReplay): Promise<readonly ReplaySeries[]> {
    this.opened ??= this.deps.open(replay).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private owned(ownerId: string): StoredReplay {
    const replay = this.deps.read();
    if (replay === undefined) throw new Error("there is no such replay");
    if (replay.ownerId !== ownerId) throw new Error("the replay belongs to another owner");
    return replay;
  }
}

/** The candles that close at the moment, in the order of their instruments' names. */
async function slicesAt(series: readonly ReplaySeries[], marketAt: number): Promise<MarketSlice[]> {
  const slices: MarketSlice[] = [];
  for (const one of [...series].sort((a, b) => (a.instrument < b.instrument ? -1 : 1))) {
    const candle = await one.before(marketAt);
    if (candle?.closedAt !== marketAt) continue;
    const { closedAt: _closedAt, ...prices } = candle;
    slices.push({ instrument: one.instrument, spanMs: one.spanMs, ...prices });
  }
  return slices;
}
