import type { Broker, SendOutcome, VenueTold } from "../brokers/broker.ts";
import { applyOrderEvent } from "../core/order/apply-order-event.ts";
import { newDeskOrder, type OrderIntent } from "../core/order/desk-order.ts";
import { NOT_SENT, type OrderEvent } from "../core/order/order-event.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { Closing } from "../core/risk/verdict.ts";
import { DeskBooks, type DeskBooksParts } from "./desk-books.ts";
import type { DeskIntent } from "./desk-calls.ts";
import { certain, DeskCancels } from "./desk-cancels.ts";
import { dueFlattening } from "./desk-flatten.ts";
import { DeskGate } from "./desk-gate.ts";
import { intendedOrders, orderToPlace } from "./desk-intent.ts";
import type { StoredOrder } from "./desk-store.ts";
import { DeskSwitches } from "./desk-switches.ts";
import { hearVenue } from "./hear-venue.ts";
import { NOT_RECONCILED } from "./not-reconciled.ts";
import { type Swept, sweep } from "./sweep.ts";

/** How often the venue is asked for everything, and how often while an order is in doubt. */
export const SWEEP_EVERY_MS = 30_000;
const SWEEP_IN_DOUBT_MS = 5_000;
/** How often, and for how long, an order at the market is asked for whose trade is not told: it is a matter of seconds. */
const SWEEP_AWAITED_MS = 2_000;
const AWAITED_MS_MAX = 60_000;
/** How long an order waits for the venue to be asked before it is denied: a bot's next candle must not find it waiting. */
export const READY_WAIT_MS = 10_000;
/** Times that a venue is asked before an order is denied because it does not answer: one lost reply must cost no entry. */
const READY_TRIES_MAX = 3;
/** Pages of trades that are asked for at once before others get their turn. */
const SWEEP_PAGES_MAX = 10;
/** After a refusal of the venue to answer, how long until it is asked again. */
const RETRY_MS = 2_000;

export interface DeskParts extends DeskBooksParts {
  readonly broker: Broker;
  /** Told once when the venue stops answering, with what it failed with. */
  readonly onSilence?: (error: unknown) => void;
}

/** What became of an intent. */
export interface Submitted {
  readonly order: StoredOrder;
  readonly legs: readonly StoredOrder[];
}

/**
 * The order desk of one account: the only way an order gets to a venue. An intent is written down with its verdict before
 * it is sent; what was sent without a certain answer is asked for and never sent again; start, crash and reconnect are
 * one path. Whatever is in fields can be lost between any two awaits.
 */
export class Desk {
  readonly books: DeskBooks;
  readonly gate: DeskGate;
  readonly switches: DeskSwitches;
  readonly broker: Broker;
  readonly now: () => number;
  /** The books were held against the venue's since this process began. */
  private ready = false;
  private sweeping: Promise<boolean> | undefined;
  /** When the venue was asked last, and whether it told everything; undefined where it is to be asked at once. */
  private swept: { readonly at: number; readonly whole: boolean } | undefined;
  readonly cancels: DeskCancels;
  private readonly onSilence: (error: unknown) => void;
  /** Since when the venue does not answer, UTC ms; undefined while it does. */
  silentSince: number | undefined;

  constructor({ store, broker, account, now, meter, onSilence = () => undefined }: DeskParts) {
    this.books = new DeskBooks({ store, account, now, meter });
    this.broker = broker;
    this.now = now;
    this.gate = new DeskGate(this.books, broker.capabilities);
    this.switches = new DeskSwitches(this.books);
    this.onSilence = onSilence;
    // A cancel that is refused says that the order ended, and not how.
    const onRefused = () => {
      this.swept = undefined;
    };
    const killed = () => this.switches.toCancelAgain();
    this.cancels = new DeskCancels({ books: this.books, gate: this.gate, broker, killed, now, onRefused });
    this.recover();
  }

  /** What was being sent when the process ended is in doubt. */
  private recover(): void {
    const sending = this.books.openOrders().filter(({ order }) => order.state === "SUBMITTING");
    if (sending.length === 0) return;
    this.books.write(() => {
      for (const { order } of sending) this.books.hear(order.id, { type: "outcome-unknown" });
    });
  }

  isReady(): boolean {
    return this.ready;
  }

  /**
   * Does what an intent asks, once: the same intent again answers what became of it. Throws DecimalError for numbers that
   * are none. A denial is an answer, not an error.
   */
  async submit(bot: string, intent: DeskIntent): Promise<Submitted> {
    const { main, legs } = intendedOrders(intent, { account: this.books.account.id, bot });
    const known = this.books.order(main.id);
    if (known !== undefined) return this.submitted(known, legs);
    await this.becomeReady();
    // Whoever asked at the same time may have been first while we waited.
    const meanwhile = this.books.order(main.id);
    if (meanwhile !== undefined) return this.submitted(meanwhile, legs);
    const passed = this.writeIntent(main, legs);
    if (passed) await this.send(main, legs);
    return this.submitted(this.stored(main.id), legs);
  }

  private async becomeReady(): Promise<void> {
    const until = this.now() + READY_WAIT_MS;
    for (let tries = 0; !this.ready && tries < READY_TRIES_MAX && this.now() < until; tries++) await this.sweepNow();
  }

  private submitted(order: StoredOrder, legs: readonly OrderIntent[]): Submitted {
    return { order, legs: legs.flatMap((leg) => this.books.order(leg.id) ?? []) };
  }

  private stored(id: ClientOrderId): StoredOrder {
    const stored = this.books.order(id);
    if (stored === undefined) throw new Error(`order ${id} must be stored, was not`);
    return stored;
  }

  /** Writes intent, verdict and reservation in one piece. True where the order is to be sent. */
  writeIntent(main: OrderIntent, legs: readonly OrderIntent[], closes?: Closing): boolean {
    return this.books.write(() => {
      const verdict = this.ready ? this.gate.judge(main, legs, { closes }) : NOT_RECONCILED;
      const at = this.now();
      const event: OrderEvent =
        verdict.verdict === "pass" ? { type: "submit" } : { type: "deny", code: verdict.code ?? "DENIED" };
      for (const intent of verdict.verdict === "pass" ? [main, ...legs] : [main]) {
        const order = applyOrderEvent(newDeskOrder(intent), event);
        this.books.putOrder({ order, verdict, createdAt: at, updatedAt: at }, [event]);
        this.books.touched.add(order.id);
      }
      if (verdict.verdict === "pass") this.gate.count(main, "order");
      return verdict.verdict === "pass";
    });
  }

  /** Sends what was written. Nothing comes between the last look at the switches and the call. */
  async send(main: OrderIntent, legs: readonly OrderIntent[], { closes = false } = {}): Promise<void> {
    const all = [main, ...legs];
    await this.books.sync();
    const { order } = this.stored(main.id);
    if (order.state !== "SUBMITTING") return;
    if (!closes && this.switches.isStopped(main.bot, main.instrument)) {
      // It never left, so its end is certain.
      this.books.write(() => this.hearAll(all, () => ({ type: "rejected", code: NOT_SENT })));
      return;
    }
    const maySend = () => closes || !this.switches.isStopped(main.bot, main.instrument);
    const outcome = await certain(this.broker.place(orderToPlace(main, legs), maySend));
    for (const { id } of all) this.books.touched.add(id);
    this.books.write(() => this.hearAll(all, ({ id }) => outcomeEvent(outcome, id)));
    await this.cancels.drain();
  }

  private hearAll(orders: readonly OrderIntent[], eventOf: (order: OrderIntent) => OrderEvent): void {
    for (const order of orders) this.books.hear(order.id, eventOf(order));
    this.switches.watchThrottles(orders.map((order) => order.bot));
  }

  /** Takes in what the venue says unasked. Where something in between is missing, it is asked for first. */
  async hear(told: VenueTold): Promise<void> {
    if (!hearVenue(this.books, told)) await this.askAgain();
    this.switches.watch();
    await this.cancels.drain();
    await this.drainFlatten();
  }

  /** Fills a gap in what the venue told. Where it does not answer, the next report brings what is missing. */
  private async askAgain(): Promise<void> {
    try {
      hearVenue(this.books, await this.broker.events(this.books.record.venueSequence));
    } catch {
      this.swept = undefined;
    }
  }

  /** Holds the books against the venue's, once at a time. False where it did not answer, or not with everything. */
  sweepNow(): Promise<boolean> {
    this.sweeping ??= this.sweepOnce().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  private async sweepOnce(): Promise<boolean> {
    const until = this.now() + READY_WAIT_MS;
    let told = await this.askForAll();
    const isMore = () => told === "part" || told === "again";
    for (let page = 1; isMore() && page < SWEEP_PAGES_MAX && this.now() < until; page++) told = await this.askForAll();
    const whole = told === "whole" || told === "again";
    this.swept = { at: this.now(), whole: told === "whole" };
    if (whole) this.ready = true;
    this.switches.watch();
    return whole;
  }

  private async askForAll(): Promise<Swept> {
    const told = await sweep(this.books, this.broker, (error) => {
      if (this.silentSince === undefined) this.onSilence(error);
    });
    this.silentSince = told === "silent" ? (this.silentSince ?? this.now()) : undefined;
    return told;
  }

  private nextSweepAt(): number {
    const { swept } = this;
    const now = this.now();
    // A time in the future is of a clock that was set back since.
    if (swept === undefined || swept.at > now) return now;
    if (!swept.whole) return swept.at + RETRY_MS;
    if (this.isAwaited(now)) return swept.at + SWEEP_AWAITED_MS;
    return swept.at + (this.inDoubt() ? SWEEP_IN_DOUBT_MS : SWEEP_EVERY_MS);
  }

  private isAwaited(now: number): boolean {
    return this.books.openOrders().some(({ order, createdAt }) => {
      return order.kind === "market" && order.state === "ACCEPTED" && now - createdAt < AWAITED_MS_MAX;
    });
  }

  private inDoubt(): boolean {
    return this.books.openOrders().some(({ order }) => order.state === "UNKNOWN" || order.state === "SUBMITTING");
  }

  /** What is due by now: the venue is asked, cancels are sent again, what shall be closed is. */
  async tick(): Promise<void> {
    this.switches.turnBack();
    if (this.now() >= this.nextSweepAt()) await this.sweepNow();
    await this.followKill();
  }

  /** When `tick` has something to do, UTC ms; undefined where nothing is open and nothing is held. */
  nextTickAt(): number | undefined {
    const { flatten } = this.books.record;
    const open = this.books.openOrders();
    const sweepAt = this.nextSweepAt();
    if (!this.ready) return sweepAt;
    const holds = this.books.scopeNames().some((name) => this.books.scope(name).ledger.positions.size > 0);
    const flattening = flatten.length > 0 && (holds || open.some(({ order }) => order.state !== "LOST"));
    const cancelling = open.some(({ order }) => order.cancelRequested && order.state !== "LOST");
    if (flattening || cancelling || this.switches.toCancelAgain().length > 0)
      return Math.min(sweepAt, this.now() + 1_000);
    if (this.inDoubt()) return sweepAt;
    return open.length > 0 || holds || this.broker.capabilities.tradedElsewhere ? sweepAt : undefined;
  }

  /** What a kill switch asked for: cancels, then what closes positions. Nothing of it is lost where this is cut off. */
  async followKill(): Promise<void> {
    await this.cancels.drain();
    await this.drainFlatten();
  }

  /** Closes what a kill switch shall close, once nothing else of it can trade any more. */
  async drainFlatten(): Promise<void> {
    // Before the venue has told what is held, every attempt would be denied.
    if (!this.ready) return;
    for (const { bot, order, closes } of dueFlattening(this.books)) {
      const { main } = intendedOrders(order, { account: this.books.account.id, bot });
      if (this.books.order(main.id) !== undefined) continue;
      if (this.writeIntent(main, [], closes)) await this.send(main, [], { closes: true });
    }
  }
}

function outcomeEvent(outcome: SendOutcome, id: ClientOrderId): OrderEvent {
  switch (outcome.outcome) {
    case "ack": {
      const venueOrderId = outcome.venueOrderIds.get(id);
      // An answer that does not name the order says nothing of it that is certain.
      return venueOrderId === undefined ? { type: "outcome-unknown" } : { type: "accepted", venueOrderId };
    }
    case "rejected":
      return { type: "rejected", code: outcome.code };
    case "unknown":
      return { type: "outcome-unknown" };
  }
}
