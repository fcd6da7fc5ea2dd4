import type { Broker, OrderToPlace, SendOutcome, VenueEvent, VenueTold } from "../../brokers/broker.ts";
import { ALWAYS_OPEN } from "../../core/candle/trading-calendar.ts";
import type { Decimal } from "../../core/ledger/decimal.ts";
import { parseDecimal } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueReport } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import { fillOf, money, price } from "../../core/testing/orders.ts";
import { BTC, rulesOf } from "../../core/testing/risk-books.ts";
import { Desk } from "../desk.ts";
import type { DeskAccount } from "../desk-account.ts";
import type { DeskIntent } from "../desk-calls.ts";
import type { DeskMeter } from "../desk-meter.ts";
import { DeskDisk } from "./desk-disk.ts";
import { MemoryDeskStore } from "./memory-desk-store.ts";

export const NOW = 1_700_000_000_000;
export const ACCOUNT: DeskAccount = {
  id: "acc_1",
  currency: "USD",
  method: "fifo",
  instruments: new Map([[BTC, { ...rulesOf(), calendar: ALWAYS_OPEN, quote: "USD" }]]),
  marketTime: false,
  balanceTolerance: "0",
};

/** A venue that does what a test tells it, with a report that holds its own orders and trades. */
export class ScriptedBroker implements Broker {
  readonly capabilities = {
    kinds: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
    legs: true,
    replace: true,
    lateAcceptMs: 30_000,
    messagesPerSecond: 100,
    messagesPerMinute: 1_000,
  } as const;
  readonly placed: OrderToPlace[] = [];
  readonly canceled: string[] = [];
  readonly replaced: string[] = [];
  /** Times that it was asked for a report. */
  asked = 0;
  fillsComplete = true;
  onCancel: () => void | Promise<void> = () => undefined;
  outcome: (order: OrderToPlace) => SendOutcome | Promise<SendOutcome> = ackOf;
  fills: VenueFill[] = [];
  orders: VenueReport["orders"] = [];
  deposits: VenueReport["movements"] = [
    { type: "deposit", id: "deposit:1", at: NOW, currency: "USD", amount: money("100000") },
  ];
  answers = true;
  positions: VenueReport["positions"];

  async place(order: OrderToPlace): Promise<SendOutcome> {
    this.placed.push(order);
    return this.outcome(order);
  }
  async cancel(id: ClientOrderId): Promise<SendOutcome> {
    this.canceled.push(id);
    await this.onCancel();
    return { outcome: "ack", venueOrderIds: new Map() };
  }
  async replace(id: ClientOrderId): Promise<SendOutcome> {
    this.replaced.push(id);
    return { outcome: "ack", venueOrderIds: new Map() };
  }
  async order() {
    return undefined;
  }
  async report() {
    this.asked++;
    if (!this.answers) throw new Error("no answer");
    const report: VenueReport = {
      askedAt: NOW,
      orders: this.orders,
      ordersComplete: true,
      fills: this.fills,
      fillsComplete: this.fillsComplete,
      movements: this.deposits,
      positions: this.positions,
      balances: undefined,
    };
    return { report, cursor: String(this.fills.length) };
  }
  mark() {
    return { instrument: BTC, price: price("100"), at: NOW, heardAt: NOW, intervalMs: 1_000 };
  }
  async events(): Promise<VenueTold> {
    return { events: [], marks: [], marketAt: NOW };
  }
}

export function ackOf(order: OrderToPlace): SendOutcome {
  return { outcome: "ack", venueOrderIds: new Map([order, ...order.legs].map(({ id }) => [id, `v-${id}`])) };
}

const decimal = (text: string): Decimal => parseDecimal(text, "cap");

interface DeskParts {
  readonly disk?: DeskDisk;
  readonly broker?: ScriptedBroker;
  readonly meter?: DeskMeter;
  readonly account?: DeskAccount;
  /** The market's time of the first price, UTC ms. */
  readonly marketAt?: number;
}

export async function newDesk(parts: DeskParts = {}) {
  const { disk = new DeskDisk(), broker = new ScriptedBroker(), account = ACCOUNT, marketAt = NOW } = parts;
  const store = new MemoryDeskStore(disk);
  const clock = { now: NOW };
  const desk = new Desk({ store, broker, account, now: () => clock.now, meter: parts.meter });
  if (disk.orders.size === 0) {
    const caps = { orderNotional: decimal("10000"), positionNotional: decimal("20000"), openOrders: decimal("10") };
    desk.books.write(() => {
      desk.switches.setLimits("bot_1", { caps: { ...caps, dailyLoss: decimal("1000") }, instruments: [BTC] });
      desk.switches.allot("bot_1", { capital: money("20000"), id: "capital:1", at: NOW });
    });
  }
  await desk.hear({
    events: [],
    marks: [{ ...broker.mark(), at: marketAt }],
    marketAt,
  });
  return { desk, broker, store, disk, clock };
}

export function intent(parts: Partial<DeskIntent> = {}): DeskIntent {
  return {
    candleTime: NOW,
    leg: "entry",
    ordinal: 0,
    instrument: BTC,
    side: "buy",
    kind: "market",
    role: "entry",
    quantity: "10",
    reduceOnly: false,
    signal: "cross",
    ...parts,
  };
}

export function fillEvent(sequence: number, id: ClientOrderId, size = "10"): VenueEvent {
  const fill: VenueFill = {
    ...fillOf(`t${sequence}`, size),
    clientOrderId: id,
    venueOrderId: `v-${id}`,
    instrument: BTC,
    quote: "USD",
    side: "buy",
  };
  return { sequence, type: "fill", fill };
}

export const told = (events: readonly VenueEvent[]): VenueTold => ({ events, marks: [], marketAt: NOW });

/** A desk with an order that rests at the venue. */
export async function withResting(broker = new ScriptedBroker()) {
  const parts = await newDesk({ broker });
  const { order } = await parts.desk.submit("bot_1", intent({ kind: "limit", limit: "99" }));
  return { ...parts, id: order.order.id };
}

/** Lets what is under way go on until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !holds(); turn++) await Promise.resolve();
}
