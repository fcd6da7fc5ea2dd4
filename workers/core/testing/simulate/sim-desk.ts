import { add, NO_MONEY, subtract } from "../../ledger/decimal.ts";
import { bookEvent, emptyLedger, type Ledger, standingOf } from "../../ledger/ledger.ts";
import { ledgerEventText } from "../../ledger/ledger-event-text.ts";
import { quantityOf } from "../../ledger/position.ts";
import { type Correction, reconcile } from "../../ledger/reconcile.ts";
import { fillBooked, fillId, type VenueFill, type VenueReport } from "../../ledger/venue-report.ts";
import { applyOrderEvent } from "../../order/apply-order-event.ts";
import { type DeskOrder, isCancelDue, isReserved, newDeskOrder, type OrderIntent } from "../../order/desk-order.ts";
import type { OrderEvent, Replacement } from "../../order/order-event.ts";
import { asClientOrderId, botPrefix, type ClientOrderId } from "../../order/order-id.ts";
import { isOpenState } from "../../order/order-table.ts";
import type { Limits } from "../../risk/cap.ts";
import { startTrack } from "../../risk/equity-track.ts";
import { countMessage } from "../../risk/rate-checks.ts";
import type { PassedIntent, RiskBook, ScopeBook } from "../../risk/risk-book.ts";
import { decide, type Verdict } from "../../risk/verdict.ts";
import { money, price, quantity as quantityOfText } from "../orders.ts";
import { BTC, bookOf, limitsOf, referenceOf } from "../risk-books.ts";
import { type Delivery, LATE_ACCEPT_MS, type MockBroker } from "./mock-broker.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** What is written down, and survives whatever happens to the process. Replaced as a whole: one write, all or nothing. */
export interface DeskState {
  readonly orders: ReadonlyMap<string, DeskOrder>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly ledger: Ledger;
  readonly booked: ReadonlySet<string>;
  /** Everything that the ledger was made of, as text. */
  readonly events: readonly string[];
  readonly recent: readonly PassedIntent[];
  readonly buckets: RiskBook["buckets"];
  readonly differences: ReadonlyMap<string, string>;
  readonly cursor: number;
  readonly killed: boolean;
  readonly halts: readonly string[];
}

export function newDeskState(): DeskState {
  return {
    orders: new Map(),
    verdicts: new Map(),
    ledger: emptyLedger("fifo"),
    booked: new Set(),
    events: [],
    recent: [],
    buckets: PLAIN_BOOK.buckets,
    differences: new Map(),
    cursor: 0,
    killed: false,
    halts: [],
  };
}

/** Storage: one value, replaced in one step. */
export interface DeskStore {
  state: DeskState;
}

export const POSITION_MAX = 10;
export const OPEN_ORDERS_MAX = 8;
const LIMITS: Limits = limitsOf({
  account: { positionQuantity: String(POSITION_MAX), openOrders: String(OPEN_ORDERS_MAX) },
});
/** What does not change from verdict to verdict. */
const PLAIN_BOOK = bookOf();
const PRICE = price("100");
const REFERENCE = referenceOf();
const UNIT = quantityOfText("1");
const CAPITAL = money("100000");
const REPORT_EVERY_MS = 30_000;
const REPORT_IN_DOUBT_MS = 5_000;
const CANCEL_AGAIN_MS = 5_000;
export const BOTS = ["bot-1", "bot-2", "bot-3"] as const;
const PREFIXES = new Set(BOTS.map((bot) => botPrefix({ account: "account-1", bot })));

/** What a desk needs of the world. `mayCrash` throws when the process is to end here. */
export interface DeskWorld {
  readonly broker: MockBroker;
  readonly store: DeskStore;
  readonly deliver: (deliveries: readonly Delivery[]) => void;
  readonly mayCrash: () => void;
  readonly bug: PlantedBug | undefined;
}

/**
 * The protocol of an order desk around the modules of core: write first, act second; unknown is not failed; one way to
 * recover. Everything in a field of this class is lost when the process ends.
 */
export class SimDesk {
  private readonly world: DeskWorld;
  private readonly bug: PlantedBug | undefined;
  private ready = false;
  private reportSince: number | undefined;
  private nextReportAt = 0;
  private readonly touched = new Set<ClientOrderId>();
  private readonly cancelSentAt = new Map<string, number>();
  private killedInMemory = false;
  private attempts = 0;

  constructor(world: DeskWorld) {
    this.world = world;
    this.bug = world.bug;
    this.ready = world.bug === "trade-before-reconcile";
  }

  private get state(): DeskState {
    return this.world.store.state;
  }

  private commit(parts: Partial<DeskState>): void {
    this.world.store.state = { ...this.state, ...parts };
    this.world.mayCrash();
  }

  /** Start and recovery are one: what was being sent is in doubt, and nothing is sent before the venue was asked. */
  start(now: number): void {
    for (const order of this.state.orders.values()) {
      if (order.state !== "SUBMITTING") continue;
      if (this.bug === "resend-on-recovery") this.send(order, now);
      else this.hear(order.id, { type: "outcome-unknown" });
    }
  }

  submit(intent: OrderIntent, now: number): void {
    const again = this.state.orders.has(intent.id);
    if (again && this.bug !== "redelivery-is-new") return;
    const fresh = again
      ? { ...intent, id: nextId(intent.id, ++this.attempts), signal: `again ${this.attempts}` }
      : intent;
    const order = newDeskOrder(fresh);
    const verdict = this.verdictOn(fresh, now);
    const verdicts = new Map(this.state.verdicts);
    if (this.bug !== "verdict-not-stored") verdicts.set(order.id, verdict);
    if (verdict.verdict === "denied" && this.bug !== "no-verdict") {
      const denied = applyOrderEvent(order, { type: "deny", code: verdict.code });
      this.commit({ orders: this.withOrder(denied), verdicts });
      return;
    }
    const submitted = applyOrderEvent(order, { type: "submit" });
    if (this.bug === "send-before-write") this.send(submitted, now);
    this.world.mayCrash();
    this.commit({
      orders: this.withOrder(submitted),
      verdicts,
      recent: [...this.state.recent.slice(-20), { intent: fresh, at: now }],
      buckets: countMessage({ ...PLAIN_BOOK, buckets: this.state.buckets }, { kind: "order", limits: LIMITS, now }),
    });
    if (this.bug !== "send-before-write") this.send(submitted, now);
  }

  private send(order: DeskOrder, now: number): void {
    this.touched.add(order.id);
    this.world.deliver(this.world.broker.place(order, now));
    this.world.mayCrash();
  }

  private verdictOn(intent: OrderIntent, now: number): Verdict {
    return decide(intent, this.riskBook(intent, now), LIMITS, now);
  }

  private riskBook(intent: OrderIntent, now: number): RiskBook {
    const { ledger, buckets, recent } = this.state;
    const { equity } = standingOf(ledger, "USD", new Map([[BTC, PRICE]]));
    const track = startTrack({ equity: add(CAPITAL, equity), netDeposits: CAPITAL, at: now });
    const held = ledger.positions.get(BTC);
    const account: ScopeBook = {
      positions: new Map(held === undefined ? [] : [[BTC, quantityOf(held)]]),
      equity: track,
      executions: [],
      rejectsInARow: 0,
    };
    const orders = [...this.state.orders.values()].filter((order) => this.counts(order, intent));
    const killed =
      this.bug === "kill-in-memory" ? this.killedInMemory : this.state.killed && this.bug !== "kill-not-asked";
    const halted = killed || !this.ready || this.state.halts.length > 0;
    const states = { ...PLAIN_BOOK.states, account: halted ? "HALTED" : "ACTIVE" } as const;
    const references = new Map([[BTC, { ...REFERENCE, at: now }]]);
    return {
      ...PLAIN_BOOK,
      account,
      bot: { ...account, positions: new Map() },
      orders,
      references,
      recent,
      buckets,
      states,
    };
  }

  private counts(order: DeskOrder, intent: OrderIntent): boolean {
    if (this.bug === "in-flight-not-counted" && order.state === "SUBMITTING") return false;
    if (this.bug === "unknown-not-counted" && order.state === "UNKNOWN") return false;
    if (this.bug === "lost-is-gone" && order.state === "LOST") return false;
    if (this.bug === "own-share-only" && order.bot !== intent.bot) return false;
    return isReserved(order);
  }

  /** Asks for one unit more or less. What it grows by needs a verdict of its own. */
  replace(id: string, by: "more" | "less", now: number): void {
    const order = this.state.orders.get(id);
    if (order === undefined || order.state !== "ACCEPTED" || order.replacement !== undefined) return;
    if (this.state.killed || !this.ready || this.state.halts.length > 0) return;
    const revision = order.revisionAsked + 1;
    const change = { ...order, quantity: UNIT, signal: `${order.signal} ${revision}` };
    const grows = by === "more";
    if (grows && this.bug !== "growth-not-asked" && this.verdictOn(change, now).verdict === "denied") return;
    const quantity = grows ? add(order.quantity, UNIT) : subtract(order.quantity, UNIT);
    if (quantity <= order.filled) return;
    const replacement: Replacement = { revision, quantity, limit: order.limit, stop: order.stop };
    const asked = applyOrderEvent(order, { type: "replace-requested", replacement });
    // Believed at once, a smaller order frees what the venue may still trade of the larger one.
    const believed = this.bug === "replacement-believed" ? { ...asked, quantity } : asked;
    this.commit({ orders: this.withOrder(believed) });
    this.touched.add(order.id);
    this.world.deliver(this.world.broker.replace(order.id, replacement, now));
    this.world.mayCrash();
  }

  cancel(id: string): void {
    const order = this.state.orders.get(id);
    if (order === undefined || !isReserved(order)) return;
    this.hear(order.id, { type: "cancel-requested" });
    if (this.bug === "cancel-is-canceled") this.hear(order.id, { type: "canceled", filled: order.filled });
  }

  /** Once this returns, nothing new is sent, ever again. */
  kill(): void {
    this.killedInMemory = true;
    if (this.bug !== "kill-in-memory") this.commit({ killed: true });
    for (const order of this.state.orders.values()) this.cancel(order.id);
  }

  tick(now: number): void {
    this.sendCancels(now);
    const doubt = [...this.state.orders.values()].some((order) => order.state === "UNKNOWN") || !this.ready;
    const due = now >= this.nextReportAt || (doubt && now >= this.nextReportAt - REPORT_EVERY_MS + REPORT_IN_DOUBT_MS);
    if (this.reportSince !== undefined || !due) return;
    this.reportSince = now;
    this.nextReportAt = now + REPORT_EVERY_MS;
    this.touched.clear();
    const delivery = this.world.broker.report(this.state.cursor, now);
    if (this.bug === "cursor-first" && delivery.type === "report") this.commit({ cursor: delivery.cursor });
    this.world.deliver([delivery]);
  }

  private sendCancels(now: number): void {
    for (const order of this.state.orders.values()) {
      const open = order.state === "PENDING_CANCEL" || isCancelDue(order);
      const sent = this.cancelSentAt.get(order.id) ?? Number.NEGATIVE_INFINITY;
      if (!open || now - sent < CANCEL_AGAIN_MS) continue;
      this.hear(order.id, { type: "cancel-requested" });
      this.cancelSentAt.set(order.id, now);
      this.world.deliver(this.world.broker.cancel(order.id, now));
      this.world.mayCrash();
    }
  }

  receive(delivery: Delivery, now: number): void {
    switch (delivery.type) {
      case "reply":
        this.replied(delivery, now);
        break;
      case "replace-reply":
        if (delivery.outcome === "refused") {
          this.hear(delivery.id, { type: "replace-rejected", revision: delivery.revision });
        }
        break;
      case "cancel-reply":
        if (delivery.outcome === "refused") this.hear(delivery.id, { type: "cancel-rejected" });
        break;
      case "stream":
        this.hear(delivery.id, delivery.event);
        break;
      case "stream-fill":
        this.filled(delivery.fill);
        break;
      case "report":
        this.reported(delivery.report, delivery.cursor);
        break;
      case "report-failed":
        this.reportSince = undefined;
    }
  }

  private replied({ id, outcome, venueOrderId }: Delivery & { type: "reply" }, now: number): void {
    if (outcome === "ack") this.hear(id, { type: "accepted", venueOrderId });
    else if (outcome === "reject") this.hear(id, { type: "rejected", code: "VENUE" });
    else this.timedOut(id, now);
  }

  private timedOut(id: string, now: number): void {
    const order = this.state.orders.get(id);
    const wrong = order?.state === "SUBMITTING" ? this.bug : undefined;
    if (order !== undefined && wrong === "retry-under-new-id") this.retry(order, now);
    else if (wrong === "timeout-is-rejection") this.hear(id, { type: "rejected", code: "TIMEOUT" });
    else this.hear(id, { type: "outcome-unknown" });
  }

  private retry(order: DeskOrder, now: number): void {
    this.hear(order.id, { type: "rejected", code: "TIMEOUT" });
    const again = newDeskOrder({ ...order, id: nextId(order.id, ++this.attempts) });
    const submitted = applyOrderEvent(again, { type: "submit" });
    const verdicts = new Map(this.state.verdicts).set(again.id, this.state.verdicts.get(order.id) as Verdict);
    this.commit({ orders: this.withOrder(submitted), verdicts });
    this.send(submitted, now);
  }

  private filled(fill: VenueFill): void {
    const id = asClientOrderId(fill.clientOrderId ?? "");
    const order = id === undefined ? undefined : this.state.orders.get(id);
    if (id === undefined || order === undefined) return;
    const known = this.state.booked.has(fillId(fill.tradeId));
    if (known && this.bug !== "fill-booked-twice") return;
    this.touched.add(id);
    const booking = fillBooked(fill, id);
    const booked = new Set(this.state.booked).add(booking.id);
    if (this.bug === "late-fill-dropped" && !isOpenState(order.state)) {
      this.commit({ booked });
      return;
    }
    const entry = this.bug === "fee-not-booked" ? { ...booking, fee: NO_MONEY } : booking;
    const { ledger } = bookEvent(this.state.ledger, entry);
    const orders = this.withOrder(applyOrderEvent(order, { type: "fill", fill }));
    const events = [...this.state.events, ledgerEventText(entry)];
    if (this.bug === "fill-in-two-writes") {
      this.commit({ orders, booked });
      this.commit({ ledger, events });
    } else this.commit({ orders, booked, ledger, events });
  }

  private reported(told: VenueReport, cursor: number): void {
    const report =
      this.bug === "no-trade-sweep" ? { ...told, fills: [], positions: undefined, balances: undefined } : told;
    const { orders, ledger, booked, differences } = this.state;
    const believed = this.believed(report);
    const result = reconcile(
      {
        orders: [...orders.values()].filter((order) => order.state !== "DENIED"),
        ledger,
        booked,
        botPrefixes: PREFIXES,
        touched: this.bug === "old-news-believed" ? new Set() : this.touched,
        lateAcceptMs: LATE_ACCEPT_MS,
        balanceTolerance: NO_MONEY,
        differences,
      },
      believed,
    );
    const after = this.corrected(result.corrections);
    const halts = result.halts.map((halt) => `${halt.code} ours ${halt.ours} theirs ${halt.theirs}`);
    this.reportSince = undefined;
    this.commit({ ...after, differences: result.differences, cursor, halts: [...this.state.halts, ...halts] });
    if (report.fillsComplete) this.ready = true;
  }

  private believed(report: VenueReport): VenueReport {
    if (this.bug === "end-before-fills") return { ...report, orders: withoutFilled(report, this.state.orders) };
    return this.bug === "page-is-all" ? { ...report, fillsComplete: true } : report;
  }

  private corrected(corrections: readonly Correction[]): Pick<DeskState, "orders" | "ledger" | "booked" | "events"> {
    const orders = new Map(this.state.orders);
    const booked = new Set(this.state.booked);
    const events = [...this.state.events];
    let { ledger } = this.state;
    for (const correction of corrections) {
      if (correction.type === "external-fill" && this.bug === "external-dropped") continue;
      if (correction.type === "order-event") {
        const order = orders.get(correction.order) as DeskOrder;
        orders.set(order.id, applyOrderEvent(order, this.asHeard(correction.event, order)));
      }
      if (correction.type === "adopt-order" || correction.booking === undefined) continue;
      booked.add(correction.booking.id);
      events.push(ledgerEventText(correction.booking));
      ledger = bookEvent(ledger, correction.booking).ledger;
    }
    return { orders, ledger, booked, events };
  }

  private asHeard(event: OrderEvent, order: DeskOrder): OrderEvent {
    const wrong = event.type === "missing" && order.state === "UNKNOWN";
    if (wrong && this.bug === "not-found-is-rejection") return { type: "rejected", code: "NOT_FOUND" };
    return event;
  }

  /** An event of one order, written down at once. Of an order that is not ours nothing is believed. */
  private hear(id: string, event: OrderEvent): void {
    const order = this.state.orders.get(id);
    if (order === undefined) return;
    this.touched.add(order.id);
    const next = applyOrderEvent(order, event);
    if (next !== order) this.commit({ orders: this.withOrder(next) });
  }

  private withOrder(order: DeskOrder): ReadonlyMap<string, DeskOrder> {
    return new Map(this.state.orders).set(order.id, order);
  }
}

function nextId(id: ClientOrderId, attempt: number): ClientOrderId {
  return `${id.slice(0, 14)}${String(attempt).padStart(6, "0")}` as ClientOrderId;
}

/** The venue's list with its own counts replaced by ours, as if an end could be believed before its fills are known. */
function withoutFilled(report: VenueReport, orders: ReadonlyMap<string, DeskOrder>): VenueReport["orders"] {
  return report.orders.map((shown) => ({
    ...shown,
    filled: orders.get(shown.clientOrderId ?? "")?.filled ?? shown.filled,
  }));
}
