import { setTimeout as wait } from "node:timers/promises";
import type { EmulatedBook } from "../e2e/venues/emulated-book.ts";
import type { EmulatedOrder } from "../e2e/venues/emulated-order.ts";
import type { Fill, Order } from "../schema/wire/trading.ts";
import { Chance } from "../workers/account/testing/simulate/chance.ts";
import { type Decimal, magnitude, NO_MONEY, NO_QUANTITY, subtract } from "../workers/core/ledger/decimal.ts";
import { formatDecimal, parseDecimal, parsePrice, parseQuantity } from "../workers/core/ledger/decimal-text.ts";
import { seededRandom } from "../workers/core/testing/random-candles.ts";
import { askOrder } from "./ask-order.ts";
import type { Book, BookOrder } from "./broker-process.ts";
import { type Asked, type DeskBooksShown, differences } from "./compare.ts";
import type { DrillResult, DrillTerms } from "./drill-result.ts";
import { drillTicket } from "./drill-ticket.ts";
import { MarketWalk } from "./market-walk.ts";
import { openVenueStage, type VenueStage } from "./venue-stage.ts";

/** What the venue does wrong while orders are on their way, some of it in each cycle. */
const FAULTS = [
  ...(["request-lost", "reply-lost", "late-accept", "maybe-400", "html-body"] as const),
  ...(["empty-body", "server-error", "server-down", "rate-limited"] as const),
];
const FAULTY_SHARE = 0.6;
/** Of cycles: in these the venue drops some of what it tells unasked, and tells some twice. */
const DEAF_SHARE = 0.3;
const EVENT_FAULTS = { "event-dropped": 0.2, "event-twice": 0.2 };
const ORDERS_A_CYCLE = 5;
const CLIENTS = 3;
/** Between two orders of a client: the desk sends no more than the venue's rate lets through. */
const PAUSE_MS = 250;
const STEP_EVERY_MS = 100;
/** Orders that a client leaves open; older ones it takes back, so that none meets a venue's or a cap's bound. */
const LEFT_OPEN_MAX = 3;
const CANCELLED_SHARE = 0.15;
const KILL_AFTER_MS_MAX = 3_500;
const DOWN_MS_MAX = 2_000;
/** Share of cycles in which the market goes on for so long after the restart, beside what the desk reconciles. */
const GOES_ON_SHARE = 0.4;
const GOES_ON_MS_MAX = 4_000;
/** Of the cycles, where a sidecar takes part. */
const SIDECAR_KILLED_SHARE = 0.3;
/** What is in doubt is asked for until it counts as lost, and a sweep may be due after that. */
const SETTLE_MS = 90_000;
/**
 * Share of cycles whose end waits until nothing is in doubt any more; else the doubt goes on over the next kills, as all of
 * it does with real crashes. The last cycle's end always waits.
 */
const CERTAIN_SHARE = 0.15;
const SIDES = ["buy", "sell"] as const;
const LOOK_EVERY_MS = 500;
/** The account is new, and some venues tell times to the second: a fill may be from before the drill began. */
const ALL = 0;

/** Kills the runtime with -9 under clients that trade at the emulator of a venue, as `runKillDrill` does over its own broker. */
export async function runVenueDrill(name: string, terms: DrillTerms): Promise<DrillResult> {
  const stage = await openVenueStage(name, seededRandom(terms.seed));
  try {
    return await new VenueDrill(stage, terms.seed).run(terms);
  } finally {
    await stage.close();
  }
}

class VenueDrill {
  private readonly parts: VenueStage;
  private readonly chance: Chance;
  private readonly walk: MarketWalk;
  private readonly asked: Asked[] = [];
  /** Orders that were left open, the oldest first. */
  private readonly leftOpen: string[] = [];
  /** What most orders do while anything may be in doubt: the desk denies those that could trade with one another. */
  private leaning: (typeof SIDES)[number];
  private stopping = false;
  private repeated = 0;
  /** What the last look before agreement still found. */
  private waitedFor = "";

  constructor(parts: VenueStage, seed: number) {
    this.parts = parts;
    this.chance = new Chance(seed);
    this.leaning = this.chance.pick(SIDES);
    const { price, tick, quantityDecimals, worth } = parts.drilled;
    this.walk = new MarketWalk({ seed, price, tick, quantityDecimals, thinMax: worth[1] / price / 2 });
  }

  async run({ begins, untilCertain, say }: DrillTerms): Promise<DrillResult> {
    const [cycleMs, restartMs, settleMs]: [number[], number[], number[]] = [[], [], []];
    let findings: string[] = [];
    while (findings.length === 0 && begins()) {
      const began = Date.now();
      await this.parts.api.renew();
      const standing = this.moveMarket();
      await this.tradeUntilKilled();
      await wait(this.chance.share(DOWN_MS_MAX));
      const restarting = Date.now();
      await this.parts.runtime.start();
      restartMs.push(Date.now() - restarting);
      if (this.chance.happens(GOES_ON_SHARE)) await wait(this.chance.share(GOES_ON_MS_MAX));
      standing();
      const isCertain = this.chance.happens(CERTAIN_SHARE);
      findings = await this.settle(isCertain);
      if (isCertain) this.leaning = this.chance.pick(SIDES);
      settleMs.push(Date.now() - restarting - (restartMs.at(-1) ?? 0));
      cycleMs.push(Date.now() - began);
      const waited = this.waitedFor === "" ? "" : `; waited longest for: ${this.waitedFor}`;
      say(
        `cycle ${cycleMs.length}: ${cycleMs.at(-1)} ms, ${this.asked.length} orders, ${findings.length} findings${waited}`,
      );
    }
    if (findings.length === 0) findings = await this.settle(untilCertain);
    const orders = await this.parts.api.orders(ALL);
    const { book } = this.parts.emulator;
    return {
      ...{ cycles: cycleMs.length, cycleMs, restartMs, settleMs, findings, repeated: this.repeated },
      ...{ denied: reasonsOf(orders, "DENIED"), rejected: reasonsOf(orders, "REJECTED") },
      asked: this.asked.length,
      answered: this.asked.filter(({ order }) => order !== undefined).length,
      lost: orders.filter(({ state }) => state === "LOST").length,
      ...{ brokerOrders: book.orders.size, botOrders: 0, brokerFills: book.fills.length, met: metBy(book) },
    };
  }

  private async tradeUntilKilled(): Promise<void> {
    const { drilled, emulator, runtime, killSidecar } = this.parts;
    this.stopping = false;
    if (this.chance.happens(DEAF_SHARE)) emulator.faults.rates = EVENT_FAULTS;
    // Each draws from a seed of its own: which of them comes first is not the drill's to say.
    const seeds = Array.from({ length: CLIENTS }, () => this.chance.whole(0, 2 ** 31));
    const clients = seeds.map((seed) => this.trade(new Chance(seed)));
    if (this.chance.happens(FAULTY_SHARE)) {
      emulator.faults.arm(this.chance.pick(FAULTS), { times: this.chance.whole(1, 2), path: drilled.places });
    }
    await wait(this.chance.share(KILL_AFTER_MS_MAX));
    if (killSidecar !== undefined && this.chance.happens(SIDECAR_KILLED_SHARE)) await killSidecar();
    await runtime.kill();
    this.stopping = true;
    await Promise.all(clients);
    emulator.faults.clear();
  }

  /** Lets prices go their way, whoever looks, until what it answers is called. */
  private moveMarket(): () => void {
    const { emulator, drilled } = this.parts;
    const timer = setInterval(() => {
      const { price, quantity } = this.walk.next();
      const most = quantity === undefined ? undefined : parseQuantity(quantity, "quantity");
      emulator.book.trade(drilled.symbol, parsePrice(price, "price"), most);
    }, STEP_EVERY_MS);
    // A drill that fails must end all the same.
    timer.unref();
    return () => clearInterval(timer);
  }

  private async trade(chance: Chance): Promise<void> {
    const { drilled, account, api, emulator } = this.parts;
    const { leaning } = this;
    for (let count = 0; count < ORDERS_A_CYCLE && !this.stopping; count++) {
      const { prices, positions, instruments } = emulator.book;
      const price = Number(formatDecimal(prices.get(drilled.symbol) ?? parsePrice(String(drilled.price), "price")));
      const held = Number(formatDecimal(positions.get(drilled.symbol) ?? NO_QUANTITY));
      const locked = emulator.book.locked(instruments.get(drilled.symbol)?.base ?? "");
      const free = held - Number(formatDecimal(locked));
      const asked: Asked = {
        ...{ key: `venue-drill-${this.asked.length}`, accountId: account, at: Date.now(), order: undefined },
        body: { accountId: account, ...drillTicket(drilled, { price, held, free, leaning }, chance) },
      };
      this.asked.push(asked);
      await askOrder(this.parts.api, asked);
      const cancelled = this.toCancel(asked.order?.id, chance);
      // A cancel that was not answered is asked for again by the desk, or never was written down.
      if (cancelled !== undefined) await api.cancel(cancelled).catch(() => undefined);
      await wait(PAUSE_MS);
    }
  }

  private toCancel(placed: string | undefined, chance: Chance): string | undefined {
    if (placed === undefined || chance.happens(CANCELLED_SHARE)) return placed;
    this.leftOpen.push(placed);
    return this.leftOpen.length > CLIENTS * LEFT_OPEN_MAX ? this.leftOpen.shift() : undefined;
  }

  /** Compares until nothing differs any more or, with `isCertain`, is in doubt. Returns what still is at the deadline. */
  private async settle(isCertain: boolean): Promise<string[]> {
    const deadline = Date.now() + this.parts.drilled.lateAcceptMs + SETTLE_MS;
    this.waitedFor = "";
    for (;;) {
      const found = await this.look(isCertain).catch((error: unknown) => [`no comparison: ${String(error)}`]);
      const final = found.some((line) => line.startsWith("DOUBLED") || line.endsWith("HALTED"));
      if (found.length === 0 || final) return found;
      if (Date.now() > deadline) return [...found, ...this.parts.runtime.said()];
      this.waitedFor = found.join("; ");
      await wait(LOOK_EVERY_MS);
    }
  }

  private async look(isCertain: boolean): Promise<string[]> {
    const { api, account } = this.parts;
    await api.renew();
    for (const asked of this.asked.filter(({ order }) => order === undefined)) {
      this.repeated++;
      await askOrder(this.parts.api, asked);
    }
    const isMine = (row: { accountId: string }) => row.accountId === account;
    const [orders, fills] = [await api.orders(ALL), await api.fills(ALL)];
    const desk = { orders: orders.filter(isMine), fills: fills.filter(isMine), state: await api.state(account) };
    const book = this.book();
    const open = isCertain ? desk.orders.filter(({ state }) => state === "SUBMITTING" || state === "UNKNOWN") : [];
    return [
      // Venues number their trades as they like: they are compared by what they add up to.
      ...differences({ book, desk: { ...desk, fills: [] }, asked: this.asked, since: 0 }),
      ...this.fillDifferences(desk.fills),
      ...this.cashDifferences(desk.state.cash),
      ...haltedAmong(desk),
      ...open.map(({ id, state }: Order) => `order ${id} is still ${state}`),
    ];
  }

  private fillDifferences(fills: readonly Fill[]): string[] {
    const ours = fills.map(({ orderId, quantity, price }) => `${orderId} ${quantity} at ${price}`);
    const theirs = this.parts.emulator.book.fills.map(
      ({ order, quantity, price }) => `${order.clientId} ${formatDecimal(quantity)} at ${formatDecimal(price)}`,
    );
    const same = ours.sort().join() === theirs.sort().join();
    return same ? [] : [`fills are ${ours.length} at the desk, ${theirs.length} there, or differ`];
  }

  /** Where a trade was booked twice or at another price, money tells: but for what a venue rounds what each has made by. */
  private cashDifferences(ours: string): string[] {
    const { emulator, drilled } = this.parts;
    const { funds, fills } = emulator.book;
    const theirs = funds.get(drilled.currency) ?? NO_MONEY;
    const off = magnitude(subtract<Decimal>(parseDecimal(ours, "cash"), theirs));
    const most = parseDecimal(drilled.profitStep ?? "0", "profitStep") * BigInt(fills.length);
    return off <= most ? [] : [`cash is ${ours} at the desk, ${formatDecimal(theirs)} there`];
  }

  private book(): Book {
    const { emulator, drilled } = this.parts;
    const held = emulator.book.positions.get(drilled.symbol) ?? 0n;
    return {
      orders: [...emulator.book.orders.values()].map(bookOrder),
      fills: [],
      positions: held === 0n ? [] : [[drilled.instrument, formatDecimal(held as never)]],
      reportedAt: 0,
    };
  }
}

/** Orders that were denied since trading had been stopped: nobody of ours did that, so the desk met what cannot be. */
function haltedAmong({ orders, state }: DeskBooksShown): string[] {
  const halted = orders.filter(({ reason }) => reason === "HALTED").map(({ id }) => `order ${id} was denied: HALTED`);
  const alerts = state.alerts.map(({ code, message }) => `alert ${code}: ${message}`);
  return halted.length === 0 ? [] : [...halted, ...alerts];
}

/** How many orders ended in a state, by the code of why. */
function reasonsOf(orders: readonly Order[], wanted: Order["state"]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, reason } of orders) {
    if (state === wanted) counts[reason ?? ""] = (counts[reason ?? ""] ?? 0) + 1;
  }
  return counts;
}

/** How many orders were filled in several trades, after a stop was met, and while they rested. */
function metBy({ orders, fills }: EmulatedBook): Readonly<Record<string, number>> {
  const trades = new Map<bigint, number>();
  for (const { order } of fills) trades.set(order.id, (trades.get(order.id) ?? 0) + 1);
  return {
    inParts: [...trades.values()].filter((count) => count > 1).length,
    stopsMet: [...orders.values()].filter(({ triggered }) => triggered).length,
    limitsMet: new Set(fills.filter(({ isMaker }) => isMaker).map(({ order }) => order.id)).size,
  };
}

const STATUS: Readonly<Record<EmulatedOrder["status"], BookOrder["status"]>> = {
  ...{ pending: "open", armed: "open", open: "open", filled: "filled" },
  ...{ canceled: "canceled", expired: "canceled", rejected: "rejected" },
};

function bookOrder(order: EmulatedOrder): BookOrder {
  const { clientId, status, filled, createdAt } = order;
  return { clientOrderId: clientId, status: STATUS[status], filled: formatDecimal(filled), receivedAt: createdAt };
}
