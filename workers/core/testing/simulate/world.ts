import type { Decimal } from "../../ledger/decimal.ts";
import { formatDecimal } from "../../ledger/decimal-text.ts";
import { type Ledger, ledgerFaults, rebuildLedger, standingOf } from "../../ledger/ledger.ts";
import { parseLedgerEvent } from "../../ledger/ledger-event-text.ts";
import { ledgerText } from "../../ledger/ledger-text.ts";
import { quantityOf } from "../../ledger/position.ts";
import { isReserved, type OrderIntent, overfill, reservedQuantity } from "../../order/desk-order.ts";
import { clientOrderId } from "../../order/order-id.ts";
import { orderText, parseOrder } from "../../order/order-text.ts";
import { intentOf, price } from "../orders.ts";
import { BTC } from "../risk-books.ts";
import { Chance, drawFaults, type FaultRates, NO_FAULTS } from "./chance.ts";
import { type Delivery, MockBroker } from "./mock-broker.ts";
import type { PlantedBug } from "./planted-bug.ts";
import {
  BOTS,
  type DeskState,
  type DeskStore,
  newDeskState,
  OPEN_ORDERS_MAX,
  POSITION_MAX,
  SimDesk,
} from "./sim-desk.ts";

export const STEP_MS = 500;
/** Two minutes of trouble, */
const TROUBLED_STEPS = 240;
/** and two and a half in which nothing is asked and nothing fails: long enough to count an order as lost. */
const QUIET_STEPS = 300;
const START = 1_700_000_000_000;
const ONE = 10n ** 18n;
const MARKS = new Map([[BTC, price("100")]]);

export interface SimulationResult {
  readonly seed: number;
  /** Invariants that did not hold, the first of each; empty for a sound run. */
  readonly violations: readonly string[];
  readonly brokerOrders: number;
  readonly fills: number;
  readonly crashes: number;
  readonly denied: number;
}

/** Runs one world. The same seed and bug give the same result. */
export function simulate(seed: number, bug?: PlantedBug): SimulationResult {
  return new World(seed, bug).run();
}

class Crash extends Error {}

class World {
  private readonly seed: number;
  private readonly bug: PlantedBug | undefined;
  private readonly chance: Chance;
  private readonly broker: MockBroker;
  private readonly store: DeskStore = { state: newDeskState() };
  private readonly violations = new Set<string>();
  private faults: FaultRates;
  private desk: SimDesk;
  private deliveries: Delivery[] = [];
  private readonly intents: OrderIntent[] = [];
  private readonly intended = new Set<string>();
  private now = START;
  private downUntil = 0;
  private crashes = 0;
  private receiptsChecked = 0;
  private killedAt: number | undefined;
  /** What was checked last: while neither side changes, what held holds. */
  private checked: { readonly state: DeskState | undefined; readonly changes: number } = {
    state: undefined,
    changes: 0,
  };
  private checkedLedger: Ledger | undefined;
  /** The desk has heard the venue's books since it started. */
  private reportedSinceStart = false;

  constructor(seed: number, bug: PlantedBug | undefined) {
    this.seed = seed;
    this.bug = bug;
    this.chance = new Chance(seed);
    this.faults = drawFaults(this.chance);
    this.broker = new MockBroker(this.chance, this.faults);
    this.desk = this.startDesk();
  }

  run(): SimulationResult {
    const killStep = this.chance.happens(0.3) ? this.chance.whole(60, TROUBLED_STEPS) : -1;
    for (let step = 0; step < TROUBLED_STEPS; step++) this.step(step === killStep);
    this.faults = NO_FAULTS;
    this.broker.faults = NO_FAULTS;
    this.attempt(() => {
      for (const order of this.store.state.orders.values()) this.desk.cancel(order.id);
    });
    for (let step = 0; step < QUIET_STEPS; step++) this.step(false);
    this.checkQuiet();
    const denied = [...this.store.state.orders.values()].filter((order) => order.state === "DENIED").length;
    const { orders, fills } = this.broker;
    const counts = { brokerOrders: orders.length, fills: fills.length, crashes: this.crashes, denied };
    return { seed: this.seed, violations: [...this.violations], ...counts };
  }

  private step(killing: boolean): void {
    this.now += STEP_MS;
    this.deliveries.push(...this.broker.step(this.now));
    if (this.downUntil > 0 && this.now >= this.downUntil) {
      this.downUntil = 0;
      this.desk = this.startDesk();
      this.attempt(() => this.desk.start(this.now));
    }
    this.handOut();
    if (this.downUntil === 0) this.attempt(() => this.act(killing));
    if (this.downUntil === 0 && this.chance.happens(this.faults.crash)) this.crash();
    this.checkAlways();
  }

  /** What is due comes to the desk, in no order; to a process that is down it is lost. */
  private handOut(): void {
    const due = this.deliveries.filter((delivery) => delivery.at <= this.now);
    this.deliveries = this.deliveries.filter((delivery) => delivery.at > this.now);
    for (const delivery of due.sort(() => (this.chance.happens(0.5) ? 1 : -1))) {
      if (this.downUntil > 0) return;
      this.attempt(() => {
        this.desk.receive(delivery, this.now);
        if (delivery.type === "report" && delivery.report.fillsComplete) this.reportedSinceStart = true;
      });
    }
  }

  private act(killing: boolean): void {
    const trouble = this.faults !== NO_FAULTS;
    if (killing) {
      this.desk.kill();
      this.killedAt = this.now;
    }
    if (trouble && this.chance.happens(0.25)) this.desk.submit(this.newIntent(), this.now);
    if (trouble && this.intents.length > 0 && this.chance.happens(0.05)) {
      this.desk.submit(this.chance.pick(this.intents), this.now);
    }
    const open = [...this.store.state.orders.values()].filter(isReserved);
    if (trouble && open.length > 0 && this.chance.happens(0.05)) this.desk.cancel(this.chance.pick(open).id);
    if (trouble && open.length > 0 && this.chance.happens(0.08)) {
      this.desk.replace(this.chance.pick(open).id, this.chance.pick(["more", "less"] as const), this.now);
    }
    this.desk.tick(this.now);
  }

  private newIntent(): OrderIntent {
    const bot = this.chance.pick(BOTS);
    const side = this.chance.happens(0.7) ? "buy" : "sell";
    const ordinal = this.intents.length;
    const intent = intentOf({
      id: clientOrderId({ account: "account-1", bot, candleTime: START, leg: "entry", ordinal }),
      bot,
      side,
      // Sides rest apart, so that orders of different bots do not cross.
      limit: price(side === "buy" ? "99" : "101"),
      quantity: (BigInt(this.chance.whole(1, 4)) * ONE) as OrderIntent["quantity"],
      signal: `signal ${ordinal}`,
    });
    this.intents.push(intent);
    this.intended.add(intent.id);
    return intent;
  }

  /** A process begins with what was written down, read from its text. */
  private startDesk(): SimDesk {
    this.reportedSinceStart = false;
    const { orders } = this.store.state;
    const read = [...orders].map(([id, order]) => [id, parseOrder(orderText(order))] as const);
    this.store.state = { ...this.store.state, orders: new Map(read) };
    return new SimDesk({
      broker: this.broker,
      store: this.store,
      deliver: (deliveries) => this.deliveries.push(...deliveries),
      mayCrash: () => {
        this.checkReceipts();
        if (this.chance.happens(this.faults.crashInside)) throw new Crash();
      },
      bug: this.bug,
    });
  }

  /** Runs the desk; where the process ends inside, all that it had not written down is gone. Any other error is a finding. */
  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crash)) this.violations.add(`error: ${error instanceof Error ? error.message : error}`);
      this.crash();
    }
  }

  private crash(): void {
    this.crashes++;
    this.downUntil = this.now + this.chance.whole(1, 20) * STEP_MS;
    // Replies to a process that is gone reach nobody.
    this.deliveries = [];
  }

  private expect(holds: boolean, invariant: string): void {
    if (!holds) this.violations.add(invariant);
  }

  /** At the moment the broker receives an order: what must have been written down by then. */
  private checkReceipts(): void {
    const { receipts } = this.broker;
    for (; this.receiptsChecked < receipts.length; this.receiptsChecked++) {
      const { order, receivedAt } = receipts[this.receiptsChecked];
      const { orders, verdicts } = this.store.state;
      this.expect(
        verdicts.get(order.id)?.verdict === "pass",
        "I3: an order was sent without a stored verdict that passed it",
      );
      this.expect(orders.has(order.id), "I4: an order was sent that was not written down");
      this.expect(this.killedAt === undefined || receivedAt <= this.killedAt, "I17: an order was sent after the kill");
      this.expect(this.reportedSinceStart, "D7: an order was sent before the venue was asked");
    }
  }

  private checkAlways(): void {
    this.checkReceipts();
    const { broker } = this;
    if (this.checked.state === this.store.state && this.checked.changes === broker.changes) return;
    this.checked = { state: this.store.state, changes: broker.changes };
    const { orders, ledger, booked } = this.store.state;
    const ids = broker.orders.map((order) => order.clientOrderId);
    this.expect(new Set(ids).size === ids.length, "I6: one intent has two orders at the broker");
    this.expect(
      ids.every((id) => this.intended.has(id ?? "")),
      "I6: an order stands for no intent of its own",
    );
    if (ledger !== this.checkedLedger)
      this.expect(ledgerFaults(ledger).length === 0, "I1: the ledger does not balance");
    this.checkedLedger = ledger;
    this.expect(
      broker.orders.filter((order) => order.status === "open").length <= OPEN_ORDERS_MAX,
      "I7: more open orders than the cap",
    );
    const most = BigInt(POSITION_MAX) * ONE + broker.external;
    this.expect(broker.position + broker.openQuantity("buy") <= most, "I7: the position may pass its cap");
    this.expect(broker.openQuantity("sell") - broker.position <= most, "I7: the short position may pass its cap");
    for (const shown of broker.orders) {
      if (shown.status !== "open") continue;
      const order = orders.get(shown.clientOrderId ?? "");
      const held = order === undefined ? 0n : reservedQuantity(order);
      this.expect(held >= shown.quantity - shown.filled, "I13: less is reserved than the broker may still trade");
    }
    for (const order of orders.values()) this.expect(overfill(order) === 0n, "I5: more was filled than ordered");
    let sum = 0n;
    for (const fill of broker.fills) {
      if (booked.has(`fill:${fill.tradeId}`)) sum += fill.side === "buy" ? fill.quantity : -fill.quantity;
    }
    this.expect(this.position() === sum, "I2: the position is not the sum of the fills that are booked");
    this.expect(this.store.state.halts.length === 0, `halted: ${this.store.state.halts[0]?.split(" ")[0]}`);
  }

  private position(): bigint {
    const position = this.store.state.ledger.positions.get(BTC);
    return position === undefined ? 0n : quantityOf(position);
  }

  private checkQuiet(): void {
    const { broker } = this;
    const { orders, ledger, events } = this.store.state;
    const rebuilt = rebuildLedger("fifo", events.map(parseLedgerEvent));
    this.expect(ledgerText(rebuilt) === ledgerText(ledger), "I15: the ledger rebuilt from its events is another");
    this.expect(this.position() === broker.position, "I8: the position is not the broker's");
    const { cash, equity, realised, unrealised, netDeposits } = standingOf(ledger, "USD", MARKS);
    this.expect(cash === broker.cash, "I9: the cash is not the broker's");
    const worth = broker.cash + broker.position * 100n;
    this.expect(
      equity === worth,
      `I11: equity is ${formatDecimal(equity)}, was ${formatDecimal(worth as Decimal)} at the broker`,
    );
    this.expect(realised + unrealised === equity - netDeposits, "I12: profit is not what equity says");
    for (const order of orders.values()) {
      const settled = !isReserved(order) || order.state === "LOST";
      this.expect(settled, `I10: an order is stuck in ${order.state}`);
      const shown = broker.orders.find((candidate) => candidate.clientOrderId === order.id);
      this.expect(order.filled === (shown?.filled ?? 0n), "I8: an order's fills are not the broker's");
      if (order.state === "LOST")
        this.expect(shown === undefined, "I10: an order that the broker has is counted as lost");
    }
  }
}
