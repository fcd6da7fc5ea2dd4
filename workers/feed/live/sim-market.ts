import type { MarketState } from "../../../schema/wire/live.ts";
import { DAY_MS, HOUR_MS } from "../../core/candle/timeframe.ts";
import { gridStep } from "../../core/ledger/decimal-double.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import { TICK_MS } from "../../core/sim/sim-ticks.ts";
import { logEvent } from "../../platform/log-event.ts";
import { within } from "../../platform/within.ts";
import type { MarketListener, MarketMinutes, MarketSlice, MarketSubscriber } from "./market-port.ts";
import type { SimTape } from "./sim-tape.ts";
import type { SubscriberBook, Subscription } from "./subscriber-book.ts";
import { type Told, tellListener } from "./tell-listener.ts";

/** Most minutes that one question returns: three and a half days, half a megabyte. */
export const MINUTES_ASKED_MAX = 5_000;
/** Slices of one call: what a listener that slept is told at once. */
const SLICES_A_CALL_MAX = 500;
/** Calls to one listener within one second's work, so that one with much to catch up holds nobody up for long. */
const CALLS_A_TICK_MAX = 5;
/** What a listener is told after a sleep at most; the market before that is as if it had not listened. */
const CATCH_UP_MS_MAX = 7 * DAY_MS;
/** How long a second's work waits for slow listeners before it goes on without them: they must not hold up the others. */
const TICK_WAIT_MS = 400;
/** Silence that a listener's place may lie behind: a market that is closed writes nothing for it each second. */
const SILENCE_MS_MAX = HOUR_MS;
/** A listener that fails for so long is forgotten; it subscribes again when it wakes. */
const FAILING_MS_MAX = DAY_MS;

export interface SimMarketDeps {
  readonly tape: SimTape;
  readonly book: SubscriberBook;
  readonly now: () => number;
  readonly listen: (subscriber: MarketSubscriber) => MarketListener;
}

/**
 * The simulated market of one instrument as it runs. Each second it tells its listeners what was traded since they were
 * told last, each on its own: venues first, so that orders meet a price before anybody decides on it. What a listener
 * missed, because it or this object slept or failed, it is told when it is back, in the same order and nothing twice
 * but the call that was on its way.
 */
export class SimMarket {
  private readonly deps: SimMarketDeps;
  /** Listeners that are being told, so that none is told two things at once. */
  private readonly busy = new Set<string>();

  constructor(deps: SimMarketDeps) {
    this.deps = deps;
  }

  /** A new listener is told the next second first. */
  subscribe(call: { ownerId: string; subscriber: MarketSubscriber }): void {
    this.deps.book.add({ ...call, told: this.second() + TICK_MS });
  }

  minutes({ instrument, from, limit }: { instrument: string; from: number; limit: number }): MarketMinutes {
    const marketAt = this.second();
    const { tape } = this.deps;
    const candles = tape.closed({ from, atMs: marketAt, limit: Math.min(limit, MINUTES_ASKED_MAX) });
    const rows = candles.map(
      ({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume] as const,
    );
    return { instrument, rows, marketAt };
  }

  last(): { price: number; at: number; heardAt: number; intervalMs: number } | undefined {
    const tick = this.deps.tape.last(this.second());
    if (tick === undefined) return undefined;
    // The simulated market is heard when it trades; between sessions its last price grows old.
    return { price: tick.price, at: tick.time, heardAt: tick.time, intervalMs: TICK_MS };
  }

  /** What watchers see now. A market that is closed is not stale: it has nothing to say. */
  state(): MarketState {
    const { tape } = this.deps;
    const at = this.second();
    const price = tape.last(at)?.price;
    return {
      instrument: tape.profile.instrument.id,
      at,
      price: price === undefined ? null : priceText(price),
      stale: false,
      running: tape.runningCandle(at) ?? null,
      closed: tape.lastClosed(at) ?? null,
    };
  }

  /** Tells everybody what there is to tell. Never throws for a listener's sake, and waits for a slow one a moment only. */
  async tick(): Promise<void> {
    const idle = this.deps.book.list().filter(({ name }) => !this.busy.has(name));
    for (const binding of ["PAPER", "BOT"] as const) {
      const listeners = idle.filter((entry) => entry.binding === binding);
      await within(Promise.all(listeners.map((entry) => this.alone(entry))), TICK_WAIT_MS);
    }
  }

  private async alone(subscription: Subscription): Promise<void> {
    this.busy.add(subscription.name);
    try {
      await this.catchUp(subscription);
    } catch (error) {
      logEvent("market_listener_not_served", { error });
    } finally {
      this.busy.delete(subscription.name);
    }
  }

  private async catchUp(subscription: Subscription): Promise<void> {
    const { book, now, tape } = this.deps;
    if (subscription.retryAt > now()) return;
    const end = this.second() + TICK_MS;
    const { name } = subscription;
    let { sequence, told, telling } = subscription;
    told = Math.max(told, end - CATCH_UP_MS_MAX);
    for (let calls = 0; told < end && calls < CALLS_A_TICK_MAX; calls++) {
      const upTo = telling !== null && telling > told ? telling : end;
      const { slices, to } = tape.stretch({ from: told, to: upTo, limit: SLICES_A_CALL_MAX });
      if (slices.length > 0) {
        book.markTelling(name, to);
        const answer = await this.call(subscription, { sequence: sequence + 1, slices, to });
        if (answer !== "told") {
          this.giveUp(subscription, answer);
          return;
        }
        sequence++;
      }
      telling = null;
      told = to;
      if (slices.length > 0 || told - subscription.told >= SILENCE_MS_MAX) book.markTold(name, { to: told, sequence });
    }
  }

  private call(
    subscription: Subscription,
    { sequence, slices, to }: { sequence: number; slices: readonly MarketSlice[]; to: number },
  ): Promise<Told> {
    // The tick of a second is known from its begin on.
    const call = { sequence, slices, marketAt: to - TICK_MS, intervalMs: TICK_MS };
    return tellListener(() => this.deps.listen(subscription), call);
  }

  private giveUp(subscription: Subscription, answer: Exclude<Told, "told">): void {
    const { book, now } = this.deps;
    const { failingSince } = subscription;
    const isDead = answer === "gone" || (failingSince !== null && now() - failingSince >= FAILING_MS_MAX);
    if (isDead) {
      book.remove(subscription);
      logEvent("market_listener_dropped", { reason: answer });
    } else book.markFailed(subscription, now());
  }

  private second(): number {
    return Math.floor(this.deps.now() / TICK_MS) * TICK_MS;
  }
}

/** The shortest decimal that reads as the price. */
export function priceText(price: number): string {
  return formatDecimal(gridStep(price, "price"));
}
