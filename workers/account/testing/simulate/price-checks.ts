import type { OrderToPlace, ReplaceTerms, VenueMark } from "../../../brokers/broker.ts";
import { DAY_MS } from "../../../core/candle/timeframe.ts";
import { formatDecimal, parseDecimal } from "../../../core/ledger/decimal-text.ts";
import { type Ledger, standingOf } from "../../../core/ledger/ledger.ts";
import type { DeskOrder, OrderIntent } from "../../../core/order/desk-order.ts";
import { EXECUTION_WINDOW_MS } from "../../../core/risk/throttle.ts";
import type { DeskBooks } from "../../desk-books.ts";
import type { DeskRecord } from "../../desk-record.ts";
import type { ScopeBooks } from "../../scope-books.ts";
import type { OrderRow } from "../desk-disk.ts";
import type { BrokerOrder } from "./broker-order.ts";
import { BOT_CAPITAL, MARK_EVERY_MS, START } from "./stage.ts";
import type { World } from "./world.ts";

/** A price may be as old as three of its intervals. */
const FRESH_MS = 3 * MARK_EVERY_MS;
/** A limit may be worse than the last price by a twentieth, where nobody says otherwise. */
const COLLAR_DIVISOR = 20n;
const ONE = 10n ** 18n;
const DAY_ENDS = (Math.floor(START / DAY_MS) + 1) * DAY_MS;

interface Told {
  readonly instrument: string;
  readonly price: string;
  readonly at: number;
  /** How far the clock of the process was off then: an age over a change of it cannot be known. */
  readonly skew: number;
}

/** What has to hold because prices move: nothing passes on an old one, far from it, or after too large a loss. */
export class PriceChecks {
  private readonly world: World;
  private readonly expect: (holds: boolean, invariant: string) => void;
  private readonly heard: Told[] = [];
  /** The latest time that the process believed in. */
  private latest = START;
  /** What each scope was looked at with last: while neither changes, what held holds. */
  private readonly valued = new Map<string, { readonly books: ScopeBooks; readonly marks: unknown }>();

  constructor(world: World, expect: (holds: boolean, invariant: string) => void) {
    this.world = world;
    this.expect = expect;
  }

  /** Prices that the process is told at this moment. */
  told(marks: readonly VenueMark[]): void {
    const at = this.world.now();
    const skew = this.world.clock() - at;
    // None is forgotten: where the clock is set back, an old one is fresh again for whoever has no other clock.
    for (const { instrument, price } of marks) this.heard.push({ instrument, price: formatDecimal(price), at, skew });
  }

  /** At the moment an order has passed; `closes` where it can only make its bot's position smaller. */
  passed(
    books: DeskBooks,
    { id, bot, instrument, quantity, role }: OrderIntent,
    { closes }: { readonly closes: boolean },
  ): void {
    const { world } = this;
    const reference = books.order(id)?.verdict?.referencePrice;
    const skew = world.clock() - world.now();
    const fresh = this.heard
      .filter((told) => told.instrument === instrument && told.price === reference)
      .some((told) => told.skew !== skew || world.now() - told.at <= FRESH_MS);
    this.expect(fresh, "C6: an order passed on a price that is stale or was never told");
    const most = world.traders.limits.most(bot) ?? quantity;
    this.expect(role === "flatten" || quantity <= most, "C5: an order passed that is larger than its cap");
    const { trading, ledger, track, executions, rejectsInARow } = books.scope(bot);
    const since = world.clock() - EXECUTION_WINDOW_MS;
    const often = executions.filter((at) => at > since).length >= Number(world.botCaps.executions);
    const refused = rejectsInARow >= Number(world.botCaps.rejectsInARow);
    this.expect(role === "flatten" || !(often || refused), "C12: an order passed of a bot that has to be halted");
    if (closes) return;
    this.expect(trading.state !== "REDUCING", "I18: a bot that may only close opens");
    if (!isValued(books, bot) || track === undefined) return;
    const { equity } = standingOf(ledger, "USD", books.marks());
    const { dailyLoss, drawdown } = world.botCaps;
    const lost = this.latest < DAY_ENDS && BOT_CAPITAL - equity > parseDecimal(dailyLoss, "dailyLoss");
    this.expect(!lost, "C3: an order passed after the loss of the day");
    if (drawdown === undefined) return;
    const fell = (track.peak - equity) * ONE > parseDecimal(drawdown, "drawdown") * track.peak;
    this.expect(!fell, "C3: an order passed after the draw-down");
  }

  /** At the moment the broker receives an order. */
  received({ side, limit, stop }: OrderToPlace, row: OrderRow | undefined): void {
    const reference = row?.rest.verdict?.referencePrice;
    if (reference === undefined || reference === null || stop !== undefined) return;
    this.collar(side, limit, parseDecimal(reference, "reference"));
  }

  /** Same, for other terms of an order: its price was judged on one of the last that were told. */
  changed({ bot, instrument, side, parent, quantity, limit, filled }: DeskOrder, terms: ReplaceTerms): void {
    const most = this.world.traders.limits.ever(bot) ?? terms.quantity;
    const grows = terms.quantity > quantity;
    this.expect(!grows || terms.quantity - filled <= most, "C5: a change makes an order larger than its cap");
    if (parent !== undefined || terms.limit === limit) return;
    const prices = this.heard
      .filter((told) => told.instrument === instrument)
      .map((told) => parseDecimal(told.price, "told"));
    const furthest = prices.reduce((most, next) => ((side === "buy" ? next > most : next < most) ? next : most));
    this.collar(side, terms.limit, furthest);
  }

  private collar(side: "buy" | "sell", limit: bigint | undefined, last: bigint): void {
    if (limit === undefined) return;
    const worse = side === "buy" ? limit - last : last - limit;
    this.expect(worse * COLLAR_DIVISOR <= last, "C6: an order was sent whose limit is far from the price");
  }

  /** Of the broker's open orders of one instrument: what rests must not be able to trade with itself. */
  open(orders: readonly BrokerOrder[]): void {
    if (!this.world.market.moves) return;
    const resting = orders.filter(({ parent, stop }) => parent === undefined && stop === undefined);
    for (const { side, limit } of resting) {
      if (side !== "buy" || limit === undefined) continue;
      const crosses = resting.some((other) => other.side === "sell" && (other.limit ?? limit + 1n) <= limit);
      this.expect(!crosses, "C15: orders of one account could trade with one another");
    }
  }

  /** After every step: what is stored as equity is what the ledger and the last prices make of it. */
  always(books: DeskBooks | undefined): void {
    this.latest = Math.max(this.latest, this.world.clock());
    if (books === undefined) return;
    const { marks } = books.record;
    for (const name of books.scopeNames()) {
      const scope = books.scope(name);
      const last = this.valued.get(name);
      if (last?.books === scope && last.marks === marks) continue;
      this.valued.set(name, { books: scope, marks });
      const { ledger, track } = scope;
      this.expect(track !== undefined || ledger.balances.size === 0, "I11: money is there whose equity is not kept");
      const equity = worthOf(ledger, marks);
      if (track === undefined || equity === undefined) continue;
      this.expect(track.equity === equity, "I11: the equity that is kept is not what the ledger says");
      this.expect(track.peak >= equity, "I11: the peak of equity is below equity");
    }
  }
}

const CASH = '["cash",null,"USD"]';

/** What a ledger is worth at the prices that are kept, by a sum of our own; undefined where one is missing. */
function worthOf({ balances, positions }: Ledger, marks: DeskRecord["marks"]): bigint | undefined {
  let worth: bigint = balances.get(CASH) ?? 0n;
  for (const [instrument, { lots }] of positions) {
    const mark = marks[instrument];
    if (mark === undefined) return undefined;
    // What was traded at since then is the newer price.
    const price = parseDecimal((mark.trade ?? mark).price, "mark");
    for (const { quantity } of lots) worth += (quantity * price) / ONE;
  }
  return worth;
}

/** Whether all that a scope holds has a price. */
function isValued(books: DeskBooks, name: string): boolean {
  return [...books.scope(name).ledger.positions.keys()].every((instrument) => books.marks().has(instrument));
}
