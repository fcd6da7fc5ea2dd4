import { Desk } from "../../workers/account/desk.ts";
import type { DeskAccount } from "../../workers/account/desk-account.ts";
import type { DeskIntent } from "../../workers/account/desk-calls.ts";
import { ReplaceDenied, replaceOrder } from "../../workers/account/desk-replace.ts";
import { DeskDisk } from "../../workers/account/testing/desk-disk.ts";
import { MemoryDeskStore } from "../../workers/account/testing/memory-desk-store.ts";
import { Chance } from "../../workers/account/testing/simulate/chance.ts";
import { LiveBroker } from "../../workers/brokers/live-broker.ts";
import type { TradedInstrument } from "../../workers/brokers/live-holdings.ts";
import { MemoryJournal } from "../../workers/brokers/memory-journal.ts";
import type { VenueClient } from "../../workers/brokers/venue-client.ts";
import type { VenueJournal } from "../../workers/brokers/venue-journal.ts";
import type { VenueNews } from "../../workers/brokers/venue-news.ts";
import type { StreamScript } from "../../workers/brokers/venue-stream.ts";
import { NO_QUANTITY, type Price, type Quantity } from "../../workers/core/ledger/decimal.ts";
import { roundQuantityToLot } from "../../workers/core/ledger/decimal-grid.ts";
import {
  formatDecimal,
  parseDecimal,
  parseMoney,
  parsePrice,
  parseQuantity,
} from "../../workers/core/ledger/decimal-text.ts";
import { OrderFault } from "../../workers/core/order/apply-order-event.ts";
import type { InstrumentRules } from "../../workers/core/risk/risk-book.ts";
import { deskViolations } from "./desk-violations.ts";
import { emulatedFetch } from "./emulated-fetch.ts";
import type { EmulatedOrder } from "./emulated-order.ts";
import { EmulatedStream } from "./emulated-stream.ts";
import { FAULTS } from "./fault-switches.ts";
import type { EmulatedRequest, VenueEmulator } from "./venue-emulator.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const BOT = "bot_1";
const START = 1_700_000_000_000;
const STEP_MS = 1_000;
/** Two minutes of trouble, and three in which nothing fails: longer than an order in doubt is asked for. */
const TROUBLED_STEPS = 120;
const QUIET_STEPS = 180;
const STREAM_AGAIN_MS = 3_000;

/** What one process speaks with a venue by. */
export interface VenueProcess {
  readonly client: VenueClient;
  /** For one connection. */
  userStream(): Promise<StreamScript>;
}

/** A venue whose desk is to be broken. */
export interface FaultVenue {
  readonly emulator: VenueEmulator;
  /** Its name for the instrument that is traded. */
  readonly symbol: string;
  readonly instrument: TradedInstrument;
  readonly rules: InstrumentRules;
  readonly currency: string;
  /** A process with a `fetch` of its own. */
  open(fetch: ReturnType<typeof emulatedFetch>, clock: VirtualClock): VenueProcess;
  /** Whether a request could make a position larger. */
  places(request: EmulatedRequest): boolean;
  /** Whether the account can be short. */
  readonly canShort: boolean;
  readonly hasLegs: boolean;
  /** Everything is traded in so many times as much as elsewhere: for venues that take whole units only. */
  readonly unit?: number;
  /** Whose order it is, by our own id, where that cannot be seen from its client id. */
  ownerOf?(order: EmulatedOrder, desk: Desk): string | undefined;
}

export interface FaultsResult {
  readonly seed: number;
  /** What did not hold; empty for a sound run. */
  readonly violations: readonly string[];
  readonly orders: number;
  readonly fills: number;
  readonly crashes: number;
  readonly killed: boolean;
}

/** Runs the real desk over an emulator that breaks in every way there is. The same seed gives the same result. */
export function runDeskFaults(
  seed: number,
  make: (parts: { clock: VirtualClock; random: () => number }) => FaultVenue,
): Promise<FaultsResult> {
  return new FaultWorld(seed, make).run();
}

class Ended extends Error {}

interface Life {
  alive: boolean;
  ticking: boolean;
  pulling: boolean;
  readonly desk: Desk;
  readonly broker: LiveBroker;
  readonly process: VenueProcess;
  stream: EmulatedStream | undefined;
  streamAt: number;
}

class FaultWorld {
  private readonly seed: number;
  private readonly chance: Chance;
  private readonly clock = new VirtualClock(START);
  private readonly venue: FaultVenue;
  private readonly disk = new DeskDisk();
  private readonly journal = new MemoryJournal();
  private readonly violations = new Set<string>();
  private life: Life;
  private price = 10_000;
  private ordinal = 0;
  private crashes = 0;
  private killedAt: number | undefined;
  private placedAfterKill = 0;

  constructor(seed: number, make: (parts: { clock: VirtualClock; random: () => number }) => FaultVenue) {
    this.seed = seed;
    this.chance = new Chance(seed);
    this.venue = make({ clock: this.clock, random: () => this.chance.share(1) });
    this.watchSales();
    this.move();
    this.life = this.start();
    this.life.desk.books.write(() => {
      const caps = { orderNotional: "100000", positionNotional: "100000", openOrders: "100", dailyLoss: "50000" };
      const limits = Object.fromEntries(Object.entries(caps).map(([name, text]) => [name, parseDecimal(text, name)]));
      this.life.desk.switches.setLimits(BOT, { caps: limits, instruments: [this.venue.instrument.id] });
      this.life.desk.switches.allot(BOT, { id: "capital:1", at: START, capital: parseMoney("50000", "capital") });
    });
    this.keep();
  }

  async run(): Promise<FaultsResult> {
    const { faults, book } = this.venue.emulator;
    const killStep = this.chance.happens(0.3) ? this.chance.whole(20, TROUBLED_STEPS - 20) : undefined;
    for (const fault of FAULTS) faults.rates[fault] = this.chance.happens(0.5) ? this.chance.share(0.15) : 0;
    for (let step = 0; step < TROUBLED_STEPS; step++) {
      if (step === killStep) await this.kill();
      await this.step(true);
    }
    faults.clear();
    for (let step = 0; step < QUIET_STEPS; step++) await this.step(false);
    if (!this.life.alive) this.life = this.start();
    await this.clock.until(this.life.desk.sweepNow());
    await this.clock.until(this.life.desk.sweepNow());
    const found = deskViolations({
      desk: this.life.desk,
      disk: this.disk,
      venue: this.venue,
      killed: this.killedAt !== undefined,
    });
    if (this.placedAfterKill > 0)
      found.push(`I17: ${this.placedAfterKill} orders were sent after the kill switch was acknowledged`);
    return {
      ...{ seed: this.seed, violations: [...this.violations, ...found] },
      ...{
        orders: book.orders.size,
        fills: book.fills.length,
        crashes: this.crashes,
        killed: this.killedAt !== undefined,
      },
    };
  }

  /** I18: what a venue that keeps coins is asked to sell is held, whatever its fees took, with what is being sold already. */
  private watchSales(): void {
    const { book } = this.venue.emulator;
    const told = book.onEvent;
    book.onEvent = (event) => {
      told(event);
      const { order } = event;
      const isAsked = event.type === "woken" || (event.type === "new" && order.parent === undefined);
      if (this.venue.canShort || order.side !== "sell" || !isAsked) return;
      const held = book.positions.get(order.symbol) ?? NO_QUANTITY;
      if (order.quantity <= held) return;
      const [asked, most] = [order.quantity, held].map(formatDecimal);
      this.violations.add(`I18: ${order.clientId} would sell ${asked}, held are ${most}`);
    };
  }

  private keep(): void {
    this.disk.keep();
    this.journal.keep();
  }

  private start(): Life {
    const life = { alive: true, ticking: false, pulling: false, stream: undefined, streamAt: 0 } as unknown as Life;
    const check = () => {
      if (!life.alive) throw new Ended();
    };
    const reach = emulatedFetch(this.venue.emulator, {
      now: () => this.clock.now,
      record: ({ request, at }) => {
        const isLater = this.killedAt !== undefined && at >= this.killedAt;
        if (isLater && this.venue.places(request)) this.placedAfterKill++;
      },
    });
    const fetch: typeof reach = (url, init) => (life.alive ? reach(url, init) : new Promise(() => undefined));
    const process = this.venue.open(fetch, this.clock);
    const store = new FaultStore(this.disk, check, () => this.keep());
    const { instrument, currency } = this.venue;
    const broker = new LiveBroker({
      ...{ client: process.client, journal: guarded(this.journal, check, () => this.keep()), currency },
      ...{ instruments: () => [instrument], now: () => this.clock.now, wait: this.clock.wait },
    });
    const desk = new Desk({ store, broker, account: this.account(), now: () => this.clock.now });
    return Object.assign(life, { desk, broker, process });
  }

  private account(): DeskAccount {
    const { instrument, rules, currency } = this.venue;
    const instruments = new Map([[instrument.id, { ...rules, quote: instrument.quote }]]);
    return { id: "acc_1", currency, method: "fifo", instruments, marketTime: false, balanceTolerance: "0.00001" };
  }

  private async step(isTroubled: boolean): Promise<void> {
    this.move();
    if (!this.life.alive) this.life = this.start();
    const { life } = this;
    this.tellPrice(life);
    this.holdStream(life);
    if (isTroubled) this.trade(life);
    else if (this.killedAt === undefined) this.windDown(life);
    this.tick(life);
    await this.clock.pass(STEP_MS);
    life.stream?.tick();
    if (isTroubled && this.chance.happens(0.02)) this.crash();
  }

  /** The market moves and trades, at times less than what is wanted of it. */
  private move(): void {
    this.price = Math.min(12_000, Math.max(8_000, this.price + this.chance.whole(-40, 40)));
    const most = this.chance.happens(0.3) ? parseQuantity(this.sizeOf(5), "quantity") : undefined;
    this.venue.emulator.book.trade(this.venue.symbol, this.priceOf(this.price), most);
  }

  private sizeOf(hundredths: number): string {
    return ((hundredths * (this.venue.unit ?? 1)) / 100).toFixed(2);
  }

  private priceOf(cents: number): Price {
    return parsePrice((cents / 100).toFixed(2), "price");
  }

  private tellPrice(life: Life): void {
    const { now } = this.clock;
    const mark = {
      instrument: this.venue.instrument.id,
      price: this.priceOf(this.price),
      at: now,
      heardAt: now,
      intervalMs: STEP_MS,
    };
    this.attempt(life, async () => {
      life.broker.hear([{ type: "mark", mark }]);
      await this.pull(life);
    });
  }

  private async pull(life: Life): Promise<void> {
    await life.desk.hear(await life.broker.events(life.desk.books.record.venueSequence));
  }

  private holdStream(life: Life): void {
    if (life.stream?.isOpen === true) {
      if (this.chance.happens(0.01)) life.stream.cut();
      return;
    }
    if (this.clock.now < life.streamAt) return;
    life.streamAt = this.clock.now + STREAM_AGAIN_MS;
    this.attempt(life, async () => {
      const script = await life.process.userStream();
      const hear = (news: readonly VenueNews[]) => this.hear(life, news);
      const stream = new EmulatedStream({ venue: this.venue.emulator, script, now: () => this.clock.now, hear });
      life.stream?.cut();
      life.stream = stream;
      if (life.alive) stream.open();
      await life.desk.sweepNow();
    });
  }

  private hear(life: Life, news: readonly VenueNews[]): void {
    if (!life.alive || news.length === 0) return;
    this.attempt(life, async () => {
      const isMissing = life.broker.hear(news);
      await this.pull(life);
      if (isMissing) await life.desk.sweepNow();
    });
  }

  private tick(life: Life): void {
    if (life.ticking) return;
    life.ticking = true;
    this.attempt(life, () => life.desk.tick().finally(() => (life.ticking = false)));
  }

  private trade(life: Life): void {
    const { desk } = life;
    if (this.killedAt === undefined && desk.books.scope(BOT).trading.state === "HALTED") {
      this.attempt(life, async () => desk.switches.set({ kind: "bot", bot: BOT }, "ACTIVE", undefined));
    }
    if (this.chance.happens(0.4)) this.submit(life);
    const open = desk.books.openOrders().map(({ order }) => order);
    if (open.length === 0) return;
    const order = this.chance.pick(open);
    if (this.chance.happens(0.15)) this.attempt(life, () => this.cancel(desk, order.id));
    if (this.chance.happens(0.1) && order.limit !== undefined) {
      const limit = this.priceOf(this.price + this.chance.whole(-100, 100));
      const terms = { quantity: order.quantity, limit, stop: order.stop };
      this.attempt(life, async () => void (await replaceOrder(desk, order.id, terms)));
    }
  }

  private async cancel(desk: Desk, id: Parameters<Desk["cancels"]["request"]>[0][number]): Promise<void> {
    desk.cancels.request([id]);
    await desk.cancels.drain();
  }

  /** Nothing new is asked; what rests is taken back. */
  private windDown(life: Life): void {
    if (!this.chance.happens(0.2)) return;
    this.attempt(life, async () => {
      life.desk.cancels.request(life.desk.books.openOrders().map(({ order }) => order.id));
      await life.desk.cancels.drain();
    });
  }

  private submit(life: Life): void {
    const intent = this.intent(life.desk);
    this.attempt(life, async () => void (await life.desk.submit(BOT, intent)));
  }

  private intent(desk: Desk): DeskIntent {
    const ordinal = this.ordinal++;
    const held = desk.books.scope(BOT).ledger.positions.get(this.venue.instrument.id)?.lots ?? [];
    const all = held.reduce((sum, { quantity }) => sum + quantity, 0n) as Quantity;
    const size = roundQuantityToLot(all, this.venue.rules.lot);
    const base = {
      candleTime: START,
      leg: "entry",
      ordinal,
      instrument: this.venue.instrument.id,
      signal: `s${ordinal}`,
    };
    if (size > 0n && this.chance.happens(0.4)) {
      const quantity = formatDecimal(size);
      return { ...base, side: "sell", kind: "market", role: "exit", quantity, reduceOnly: true };
    }
    const side = this.venue.canShort && this.chance.happens(0.5) ? "sell" : "buy";
    const sign = side === "buy" ? 1 : -1;
    const at = (cents: number) => formatDecimal(this.priceOf(this.price + sign * cents));
    const quantity = this.sizeOf(this.chance.whole(10, 100));
    const entry = { ...base, side, role: "entry", quantity, reduceOnly: false } as const;
    if (this.venue.hasLegs && this.chance.happens(0.3)) {
      return { ...entry, kind: "market", protect: { stop: at(-200), target: at(200) } };
    }
    if (this.chance.happens(0.2)) return { ...entry, kind: "stop", stop: at(this.chance.whole(50, 150)) };
    if (this.chance.happens(0.5)) return { ...entry, kind: "limit", limit: at(-this.chance.whole(0, 150)) };
    return { ...entry, kind: "market" };
  }

  /** The kill switch of the account: acknowledged once it is written down for good. */
  private async kill(): Promise<void> {
    if (!this.life.alive) this.life = this.start();
    const { desk } = this.life;
    desk.switches.kill({ kind: "account" }, { flatten: false, at: this.clock.now });
    this.keep();
    this.killedAt = this.clock.now;
    this.attempt(this.life, () => desk.followKill());
  }

  /** Runs what a process does; where it ends inside, that is that. Any other error is a finding. */
  private attempt(life: Life, work: () => Promise<unknown>): void {
    const failed = (error: unknown) => {
      if (error instanceof Ended || error instanceof ReplaceDenied || error instanceof OrderFault || !life.alive)
        return;
      const name = error instanceof Error ? error.name : "";
      // What only asks may stay unanswered.
      if (name === "VenueSilence" || name === "VenueRefusal") return;
      this.violations.add(`error: ${error instanceof Error ? error.stack : error}`);
    };
    try {
      work().catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  private crash(): void {
    this.crashes++;
    this.life.alive = false;
    this.life.stream?.cut();
    // What was not asked to be kept may have been kept all the same.
    if (this.chance.happens(0.5)) {
      this.disk.lose();
      this.journal.lose();
    }
    this.keep();
  }
}

/** The desk's store as one process holds it; what it writes survives together with the journal. */
class FaultStore extends MemoryDeskStore {
  private readonly onSync: () => void;
  constructor(disk: DeskDisk, check: () => void, onSync: () => void) {
    super(disk, check);
    this.onSync = onSync;
  }
  override async sync(): Promise<void> {
    this.checkpoint();
    this.onSync();
  }
}

/** A journal as one process holds it: once that has ended, its handle writes nothing any more. */
function guarded(journal: MemoryJournal, check: () => void, onSync: () => void): VenueJournal {
  return new Proxy<VenueJournal>(journal, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...values: unknown[]) => {
        check();
        if (name === "sync") onSync();
        return (value as (...all: unknown[]) => unknown).apply(target, values);
      };
    },
  });
}
