import type { OrderToPlace, ReplaceTerms } from "../../../brokers/broker.ts";
import type { Decimal } from "../../../core/ledger/decimal.ts";
import { formatDecimal } from "../../../core/ledger/decimal-text.ts";
import { type Ledger, ledgerFaults, standingOf } from "../../../core/ledger/ledger.ts";
import { quantityOf } from "../../../core/ledger/position.ts";
import { fillId } from "../../../core/ledger/venue-report.ts";
import { isReserved, type OrderIntent, overfill, reservedQuantity } from "../../../core/order/desk-order.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";
import { isOpenState } from "../../../core/order/order-table.ts";
import type { Desk } from "../../desk.ts";
import { ACCOUNT_SCOPE } from "../../desk-account.ts";
import { DeskBooks } from "../../desk-books.ts";
import { heldBy } from "../../scope-books.ts";
import { MemoryDeskStore } from "../memory-desk-store.ts";
import { type BrokerOrder, signed } from "./broker-order.ts";
import type { Life } from "./life.ts";
import { INSTRUMENTS } from "./market.ts";
import { PriceChecks } from "./price-checks.ts";
import { asWritten, logTwice, replay } from "./replay.ts";
import { ACCOUNT, type Kill, OPEN_ORDERS_MAX, POSITION_MAX } from "./stage.ts";
import { isUnder } from "./traders.ts";
import type { World } from "./world.ts";

const ONE = 10n ** 18n;
const POSITION_CAP = BigInt(POSITION_MAX) * ONE;
/** What only halts where something is wrong with us or the venue, which it never is with this one. */
const FAULT_ALERTS: ReadonlySet<string> = new Set(["ORDER_FAULT", "OVERFILLED"]);

/** What has to hold, of the desk's disk and of the broker's own books. */
export class Checks {
  readonly violations = new Set<string>();
  private readonly world: World;
  /** Reads the disk itself, whatever a process believes. */
  private readonly view: MemoryDeskStore;
  /** What was checked last: while neither side changes, what held holds. */
  private checked = { disk: 0, broker: 0 };
  private ledger: Ledger | undefined;
  private booked = 0;
  /** Ids of the broker's orders, and of how many orders: none is ever taken away. */
  private readonly ids = new Set<ClientOrderId>();
  private named = 0;
  /** Orders of the broker that may still matter: all but those that have ended and are known to close nothing for a kill switch. */
  private watched: readonly BrokerOrder[] = [];
  /** What each of the broker's trades is booked as. */
  private readonly bookings: string[] = [];
  readonly prices: PriceChecks;

  constructor(world: World) {
    this.world = world;
    this.prices = new PriceChecks(world, (holds, invariant) => this.expect(holds, invariant));
    this.view = new MemoryDeskStore(world.disk);
  }

  private expect(holds: boolean, invariant: string): void {
    if (!holds) this.violations.add(invariant);
  }

  private name(invariants: readonly string[]): void {
    for (const invariant of invariants) this.violations.add(invariant);
  }

  /** At the moment the broker receives an order: what must be certain to survive by then. */
  orderReceived(life: Life, order: OrderToPlace): void {
    const { disk, kills } = this.world;
    for (const { id } of [order, ...order.legs]) {
      const row = disk.keptOrder(id);
      this.expect(row !== undefined, "I4: an order was sent that was not written down");
      const verdict = row?.rest.verdict;
      const passed = verdict?.verdict === "pass" && verdict.limitsVersion !== null && verdict.referencePrice !== null;
      this.expect(passed, "I3: an order was sent without a stored verdict that passed it");
    }
    const isStopped = kills.some((kill) => isUnder(kill, order)) && order.role !== "flatten";
    this.expect(!isStopped, "I17: an order was sent after the kill");
    const halted = order.role !== "flatten" && life.desk?.books.scope(order.bot).trading.state === "HALTED";
    this.expect(!halted, "I18: an order was sent of a bot that is halted");
    this.expect(life.reported, "D7: an order was sent before the venue had told everything");
    this.prices.received(order, disk.keptOrder(order.id));
    const fits = order.legs.every((leg) => leg.quantity <= order.quantity && leg.side !== order.side);
    this.expect(fits, "I19: legs are larger than their entry");
  }

  /** Same, for a change of an order. */
  changeReceived(life: Life, id: ClientOrderId, terms: ReplaceTerms): void {
    const { disk, kills } = this.world;
    const row = disk.keptOrder(id);
    this.expect(row?.body.includes("PENDING_REPLACE") === true, "I4: a change was sent that was not written down");
    const order = row?.written;
    const isStopped = order !== undefined && kills.some((kill) => isUnder(kill, order));
    this.expect(!isStopped, "I17: a change was sent after the kill");
    this.expect(life.reported, "D7: a change was sent before the venue had told everything");
    if (order !== undefined) this.prices.changed(order, terms);
  }

  /** At the moment an order has passed. */
  passed(books: DeskBooks, intent: OrderIntent): void {
    const { bot, instrument, side, reduceOnly } = intent;
    const same = books.openOrders().filter(({ order }) => order.bot === bot && order.instrument === instrument);
    const closing = same.filter(({ order }) => order.side === side && order.parent === undefined);
    const most: bigint = closing.reduce((sum, { order }) => sum + reservedQuantity(order), 0n);
    const held: bigint = heldBy(books.scope(bot), instrument);
    const closes = most <= (side === "sell" ? held : -held);
    this.expect(closes || !reduceOnly, "I18: an order that only closes may open");
    this.prices.passed(books, intent, { closes });
  }

  /** At the moment a kill switch is thrown: whatever is open under it was asked to go, or is due to be. */
  killed({ books, switches }: Desk, kill: Kill): void {
    const due = new Set(switches.toCancelAgain());
    const open = books.openOrders().filter(({ order }) => isUnder(kill, order) && order.state !== "LOST");
    const left = open.some(({ order }) => isOpenState(order.state) && !order.cancelRequested && !due.has(order.id));
    this.expect(!left, "F40: an order is not asked to go under a kill switch");
  }

  /** After every step. */
  always(): void {
    const { broker, disk, life, options } = this.world;
    const { desk } = life;
    this.prices.always(life.alive ? desk?.books : undefined);
    if (this.checked.disk === disk.changes && this.checked.broker === broker.changes) return;
    this.checked = { disk: disk.changes, broker: broker.changes };
    this.brokerBooks();
    if (!life.alive || desk === undefined) return;
    if (options.thorough) this.name(asWritten(disk, desk.books));
    const { record } = desk.books;
    this.expect(record.halts.length === 0, `halted: ${record.halts[0]?.code}`);
    const alert = record.alerts.find(({ code }) => FAULT_ALERTS.has(code));
    this.expect(alert === undefined, `halted: ${alert?.code} ${alert?.message.replace(/order \w+/, "order")}`);
    const { ledger } = desk.books.scope(ACCOUNT_SCOPE);
    for (const { order } of desk.books.openOrders()) {
      this.expect(overfill(order) === 0n, "I5: more was filled than ordered");
      this.expect(reservedQuantity(order) >= 0n, "I13: what is reserved is below zero");
    }
    if (ledger === this.ledger && disk.booked.size === this.booked) return;
    this.ledger = ledger;
    this.booked = disk.booked.size;
    this.expect(ledgerFaults(ledger).length === 0, "I1: the ledger does not balance");
    const { fills } = broker;
    for (let at = this.bookings.length; at < fills.length; at++) this.bookings.push(fillId(fills[at].tradeId));
    for (const instrument of INSTRUMENTS) {
      let sum = 0n;
      for (let at = 0; at < fills.length; at++) {
        const fill = fills[at];
        if (fill.instrument !== instrument || !disk.booked.has(this.bookings[at])) continue;
        sum += signed(fill.side, fill.quantity);
      }
      const position = ledger.positions.get(instrument);
      const held = position === undefined ? 0n : quantityOf(position);
      this.expect(held === sum, "I2: the position is not the sum of the fills that are booked");
    }
  }

  private brokerBooks(): void {
    const { broker, disk, traders } = this.world;
    const watched = [...this.watched, ...broker.orders.slice(this.named)];
    for (; this.named < broker.orders.length; this.named++) this.ids.add(broker.orders[this.named].id);
    this.expect(this.ids.size === this.named, "I6: one intent has two orders at the broker");
    const kept: BrokerOrder[] = [];
    const open: BrokerOrder[] = [];
    const closing: BrokerOrder[] = [];
    let bounded = 0;
    for (const order of watched) {
      const stored = disk.orders.get(order.id)?.written;
      const closes = stored?.role === "flatten";
      if (closes) closing.push(order);
      // What an order is for never changes, nor does one that has ended begin again.
      if (order.status === "open" || closes || stored === undefined) kept.push(order);
      if (order.status !== "open") continue;
      open.push(order);
      // What a kill switch closes with comes on top: no cap keeps it.
      if (!closes) bounded++;
      const isIntended = closes || traders.isIntended(order.id, stored?.signal);
      this.expect(isIntended, "I6: an order stands for no intent of its own");
      const held = stored === undefined ? 0n : reservedQuantity(stored);
      this.expect(held >= order.quantity - order.filled, "I13: less is reserved than the broker may still trade");
    }
    this.watched = kept;
    this.expect(bounded <= OPEN_ORDERS_MAX, "I7: more open orders than the cap");
    for (const instrument of INSTRUMENTS) {
      const own = open.filter((order) => order.instrument === instrument);
      this.prices.open(own);
      const position = broker.position(instrument);
      const most = POSITION_CAP + broker.external;
      const [buys, sells] = SIDES.map((side) => most + sizeOf(closing, instrument, side));
      this.expect(position + this.reach(own, "buy") <= buys, "I7: the position may pass its cap");
      this.expect(this.reach(own, "sell") - position <= sells, "I7: the short position may pass its cap");
    }
  }

  /** What open orders of a side may still trade; of the legs of one entry only one does. */
  private reach(open: readonly BrokerOrder[], side: "buy" | "sell"): bigint {
    if (open.length === 0) return 0n;
    const legs = new Map<string, bigint>();
    let sum = 0n;
    for (const order of open) {
      if (order.side !== side) continue;
      if (order.parent === undefined) sum += order.quantity - order.filled;
      else legs.set(order.parent, this.world.broker.room(order));
    }
    return [...legs.values()].reduce((total, room) => total + room, sum);
  }

  /** Once nothing has failed for long enough. */
  quiet(): void {
    const { broker, disk, kills } = this.world;
    const books = new DeskBooks({ store: new MemoryDeskStore(disk), account: ACCOUNT, now: this.world.clock });
    const { ledger } = books.scope(ACCOUNT_SCOPE);
    const { life, market } = this.world;
    const living = life.desk === undefined ? [] : asWritten(disk, life.desk.books);
    this.name([...living, ...replay(disk, books), ...logTwice(disk, broker.log)]);
    for (const instrument of INSTRUMENTS) {
      const held = heldBy(books.scope(ACCOUNT_SCOPE), instrument);
      this.expect(held === broker.position(instrument), "I8: the position is not the broker's");
    }
    const { cash, equity, realised, unrealised, netDeposits } = standingOf(ledger, "USD", market.all());
    this.expect(cash === broker.cash, "I9: the cash is not the broker's");
    let worth = broker.cash;
    for (const [instrument, held] of broker.positions) worth += (held * market.price(instrument)) / ONE;
    const told = formatDecimal(worth as Decimal);
    this.expect(equity === worth, `I11: equity is ${formatDecimal(equity)}, was ${told} at the broker`);
    this.expect(realised + unrealised === equity - netDeposits, "I12: profit is not what equity says");
    let outside = 0n;
    for (const { order } of this.view.allOrders()) {
      const settled = !isReserved(order) || order.state === "LOST";
      this.expect(settled, `I10: an order is stuck in ${order.state}`);
      if (order.role === "external") {
        outside += order.filled;
        continue;
      }
      const shown = broker.orders.find((candidate) => candidate.id === order.id);
      this.expect(order.filled === (shown?.filled ?? 0n), "I8: an order's fills are not the broker's");
      if (order.state === "LOST") this.expect(shown === undefined, "I10: an order that the broker has counts as lost");
    }
    this.expect(outside === broker.external, "I8: what was traded elsewhere is not listed, or not once");
    for (const kill of kills) {
      const left = broker.orders.filter((order) => order.status === "open" && isUnder(kill, order));
      this.expect(left.length === 0, "F40: an order is open under a kill switch");
      if (kill.flatten) this.flattened(books, (bot, instrument) => isUnder(kill, { bot, instrument }));
    }
  }

  /** An order whose end nobody knows may still close what is held, so that nothing else may. */
  private flattened(books: DeskBooks, isKilled: (bot: string, instrument: string) => boolean): void {
    for (const bot of books.scopeNames().filter((name) => name !== ACCOUNT_SCOPE)) {
      for (const instrument of INSTRUMENTS) {
        const open = books.openOrders().some(({ order }) => order.instrument === instrument);
        if (open || !isKilled(bot, instrument)) continue;
        const held: bigint = heldBy(books.scope(bot), instrument);
        // Where others hold the other side, what a bot closes may carry the account past its cap: then a person is told.
        const after: bigint = heldBy(books.scope(ACCOUNT_SCOPE), instrument) - held;
        const passesCap = held > 0n ? -after > POSITION_CAP : after > POSITION_CAP;
        const isTold = books.record.alerts.some(({ code }) => code === "FLATTEN_FAILED");
        this.expect(held === 0n || (passesCap && isTold), "F40: a position is left that was to be closed");
      }
    }
  }
}

const SIDES = ["buy", "sell"] as const;

/**
 * What kill switches closed, or are closing, on one side: nothing keeps a bot's share of a position from being closed, also
 * where the other bots of the account hold the opposite and what is left over is more than the cap.
 */
function sizeOf(closing: readonly BrokerOrder[], instrument: string, side: "buy" | "sell"): bigint {
  let sum = 0n;
  for (const order of closing) {
    if (order.instrument !== instrument || order.side !== side) continue;
    sum += order.status === "open" ? order.quantity : order.filled;
  }
  return sum;
}
