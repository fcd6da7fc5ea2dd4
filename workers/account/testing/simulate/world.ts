import type { OrderToPlace, ReplaceTerms, VenueEvent } from "../../../brokers/broker.ts";
import type { Decimal } from "../../../core/ledger/decimal.ts";
import { parseDecimal } from "../../../core/ledger/decimal-text.ts";
import { OrderFault } from "../../../core/order/apply-order-event.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";
import { Desk, SWEEP_EVERY_MS } from "../../desk.ts";
import { ACCOUNT_SCOPE } from "../../desk-account.ts";
import { ReplaceDenied } from "../../desk-replace.ts";
import { DeskDisk } from "../desk-disk.ts";
import { Chance, drawFaults, type FaultRates, NO_FAULTS } from "./chance.ts";
import { Checks } from "./checks.ts";
import { DueActs } from "./due-acts.ts";
import { Crash, type Life, type LifeWorld, SimBroker, SimStore } from "./life.ts";
import { type BotCaps, INSTRUMENTS, Market } from "./market.ts";
import { MockBroker } from "./mock-broker.ts";
import { PLANTS, type Plant } from "./planted-bug.ts";
import type { SimulationOptions, SimulationResult } from "./simulation.ts";
import {
  ACCOUNT,
  BOT_CAPITAL,
  BOTS,
  type Kill,
  MARK_EVERY_MS,
  MARK_STEPS,
  OPEN_ORDERS_MAX,
  POSITION_MAX,
  START,
  STEP_MS,
} from "./stage.ts";
import { Traders } from "./traders.ts";

/** Two minutes of trouble, */
const TROUBLED_STEPS = 240;
/** and three in which nothing new is asked and nothing fails: long enough to count an order as lost. */
const QUIET_STEPS = 360;
/** It may end sooner where everything has been settled for longer than the venue goes unasked, */
const SETTLED_STEPS = (SWEEP_EVERY_MS + 5_000) / STEP_MS;
/** An object's alarm comes at the latest so often. */
const ALARM_MS = 60_000;
/** How far a clock is set off at once. */
const CLOCK_STEP_MS_MAX = 10 * 60_000;

/** One for all: where a process ends says nothing, and an error of its own would look for it each time. */
const CRASH = new Crash();

/** Runs the production desk through one broken world. The same seed and options give the same result. */
export function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  return new World(seed, options).run();
}

export class World implements LifeWorld {
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly chance: Chance;
  readonly market: Market;
  readonly botCaps: BotCaps;
  readonly broker: MockBroker;
  readonly disk = new DeskDisk();
  /** Kill switches that hold. */
  kills: readonly Kill[] = [];
  life: Life = { alive: false, desk: undefined, reported: false, ticking: false };
  private faults: FaultRates = NO_FAULTS;
  readonly checks: Checks;
  readonly traders: Traders;
  private time = START;
  /** How far the clock of the process is off. */
  private skew = 0;
  private readonly due = new DueActs();
  private downUntil = 0;
  private alarmAt = START;
  private steps = 0;
  private crashes = 0;
  /** Something was called since it was asked last. */
  private ran = false;

  constructor(seed: number, options: SimulationOptions) {
    this.seed = seed;
    this.options = options;
    this.chance = new Chance(seed);
    this.market = new Market(seed, { still: options.still === true });
    this.botCaps = this.market.botCaps();
    const { chance, market } = this;
    const faults = drawFaults(chance);
    this.broker = new MockBroker({ chance, faults, market, tell: (at, event) => this.tell(at, event) });
    this.checks = new Checks(this);
    this.traders = new Traders(this);
    this.start();
    this.open();
    this.faults = faults;
  }

  /** The account with its limits and the shares of its bots, as they are before anything trades. */
  private open(): void {
    const { desk } = this.life;
    desk?.books.write(() => {
      const account = decimals({ positionQuantity: String(POSITION_MAX), openOrders: String(OPEN_ORDERS_MAX) });
      desk.switches.setLimits(ACCOUNT_SCOPE, { caps: account });
      for (const bot of BOTS) {
        desk.switches.setLimits(bot, this.limitsOfBot({}));
        desk.switches.allot(bot, { id: `capital:${bot}`, at: START, capital: BOT_CAPITAL });
      }
    });
    this.disk.keep();
  }

  limitsOfBot(parts: Readonly<Record<string, string>>) {
    const wide = { orderNotional: "100000", positionNotional: "100000", openOrders: "100" };
    return { caps: decimals({ ...wide, ...this.botCaps, ...parts }), instruments: INSTRUMENTS };
  }

  now = (): number => this.time;

  clock = (): number => this.time + this.skew;

  mayCrash = (life: Life): void => {
    if (!life.alive) throw CRASH;
    if (!this.chance.happens(this.faults.crashInside)) return;
    this.crash();
    throw CRASH;
  };

  later = (life: Life | undefined, at: number, act: () => void): void => {
    this.due.add({ life, at, act });
  };

  syncMs = (): number => (this.chance.happens(this.faults.slowSync) ? this.chance.whole(1, 1_000) : 0);

  received = (life: Life, order: OrderToPlace): void => this.checks.orderReceived(life, order);

  changed = (life: Life, id: ClientOrderId, terms: ReplaceTerms): void => this.checks.changeReceived(life, id, terms);

  async run(): Promise<SimulationResult> {
    await this.go(TROUBLED_STEPS, { trouble: true });
    this.faults = NO_FAULTS;
    this.broker.faults = NO_FAULTS;
    this.market.calm();
    await this.go(QUIET_STEPS, { trouble: false });
    this.checks.quiet();
    const { orders, fills } = this.broker;
    const denied = [...this.disk.orders.values()].filter(({ body }) => body.includes('"state":"DENIED"')).length;
    const counts = { brokerOrders: orders.length, fills: fills.length, crashes: this.crashes, denied };
    return { seed: this.seed, violations: [...this.checks.violations], ...counts };
  }

  /** Nothing is open on either side, to be closed, or on its way. */
  private isSettled(): boolean {
    const { life, broker, due } = this;
    const books = life.alive ? life.desk?.books : undefined;
    if (books === undefined || !due.isEmpty || books.record.flatten.length > 0) return false;
    return books.openOrders().every(({ order }) => order.state === "LOST") && broker.isQuiet();
  }

  private async go(steps: number, { trouble }: { readonly trouble: boolean }): Promise<void> {
    let settledSteps = 0;
    for (let step = 0; step < steps && settledSteps < SETTLED_STEPS; step++) {
      this.begin();
      if (this.hasRun()) await settled();
      this.act(trouble);
      if (this.hasRun()) await settled();
      this.end();
      settledSteps = !trouble && this.isSettled() ? settledSteps + 1 : 0;
    }
  }

  /** Whether anything ran that may go on by itself. */
  private hasRun(): boolean {
    const { ran } = this;
    this.ran = false;
    return ran;
  }

  private begin(): void {
    this.time += STEP_MS;
    this.steps++;
    this.market.step();
    this.broker.step(this.time);
    if (this.downUntil > 0 && this.time >= this.downUntil) this.start();
    if (this.due.handOut(this.time, this.chance)) this.ran = true;
  }

  private act(trouble: boolean): void {
    const { desk, alive } = this.life;
    if (!alive || desk === undefined) return;
    if (this.steps % MARK_STEPS === 0) this.tellPrices(desk);
    if (trouble) this.traders.act(desk);
    else this.traders.windDown(desk);
    this.alarm(desk);
  }

  private end(): void {
    if (this.life.alive && this.chance.happens(this.faults.crash)) this.crash();
    if (this.chance.happens(this.faults.clockSteps)) {
      this.skew += this.chance.whole(-CLOCK_STEP_MS_MAX, CLOCK_STEP_MS_MAX);
    }
    this.checks.always();
  }

  private tellPrices(desk: Desk): void {
    const told = this.market.tell(this.time, MARK_EVERY_MS);
    const hear = (marks: readonly (typeof told)[number][]) => {
      const heard = marks.map(({ mark }) => ({ ...mark, heardAt: this.clock() }));
      if (heard.length === 0) return;
      this.checks.prices.told(heard);
      this.attempt(() => desk.hear({ events: [], marks: heard, marketAt: this.time }));
    };
    hear(told.filter(({ lateMs }) => lateMs === 0));
    for (const each of told) {
      if (each.lateMs > 0) this.later(this.life, this.time + each.lateMs, () => hear([each]));
    }
  }

  private tell(at: number, event: VenueEvent): void {
    this.later(undefined, at, () => {
      const { desk, alive } = this.life;
      if (alive && desk !== undefined) {
        this.attempt(() => desk.hear({ events: [event], marks: [], marketAt: undefined }));
      }
    });
  }

  /** The alarm of the object that a desk lives in: set by the desk, one at a time, sometimes late, sometimes once more. */
  private alarm(desk: Desk): void {
    const odd = this.chance.happens(this.faults.oddAlarm);
    const again = this.chance.happens(0.5);
    const next = desk.nextTickAt();
    if (next !== undefined) this.alarmAt = Math.min(this.alarmAt, this.time + Math.max(0, next - this.clock()));
    if (this.life.ticking || this.time < this.alarmAt || (odd && !again)) return;
    const { life } = this;
    life.ticking = true;
    this.alarmAt = this.time + ALARM_MS;
    this.attempt(() => desk.tick().finally(() => (life.ticking = false)));
    if (odd) this.attempt(() => desk.tick());
  }

  /** A process begins with what was written down, and takes in what it can. */
  private start(): void {
    this.downUntil = 0;
    const life: Life = { alive: true, desk: undefined, reported: false, ticking: false };
    this.life = life;
    const { bug } = this.options;
    const plant: Plant | undefined = bug === undefined ? undefined : PLANTS[bug];
    this.attempt(() => {
      const store = new SimStore(life, this);
      const broker = new SimBroker(life, this);
      plant?.before?.({ store, broker });
      const desk = new Desk({ store, broker, account: ACCOUNT, now: this.clock });
      plant?.after?.(desk, { store, broker });
      this.watch(desk);
      life.desk = desk;
    });
  }

  private watch(desk: Desk): void {
    const write = desk.writeIntent.bind(desk);
    desk.writeIntent = (main, legs, options) => {
      const passed = write(main, legs, options);
      if (passed) this.checks.passed(desk.books, main);
      return passed;
    };
  }

  /** Runs the desk; where the process ends inside, that is that. Any other error is a finding, and ends it too. */
  attempt(work: () => unknown): void {
    this.ran = true;
    const { life } = this;
    const failed = (error: unknown) => {
      if (error instanceof Crash || error instanceof ReplaceDenied || error instanceof OrderFault) return;
      if (!life.alive) return;
      this.checks.violations.add(`error: ${error instanceof Error ? error.message : error}`);
      this.crash();
    };
    try {
      const result = work();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  private crash(): void {
    this.crashes++;
    this.life.alive = false;
    this.downUntil = this.time + this.chance.whole(1, 20) * STEP_MS;
    // What was not asked to be kept may have been kept all the same.
    if (this.chance.happens(0.5)) this.disk.lose();
    this.disk.keep();
  }
}

function decimals(texts: Readonly<Record<string, string>>): Record<string, Decimal> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseDecimal(text, name)]));
}

/** Everything that can go on without the world has: Node turns to what is next only once no promise is left to go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
