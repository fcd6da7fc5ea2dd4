import type { VenueOrder, VenueReport } from "../core/ledger/venue-report.ts";
import { NOT_SENT } from "../core/order/order-event.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { Broker, BrokerCapabilities, OrderToPlace, SendOutcome, VenueEvent, VenueTold } from "./broker.ts";
import { certain, notOpen, plain, venueIdsOf } from "./client-outcome.ts";
import { closableNow } from "./closable-now.ts";
import { freeLegs } from "./free-legs.ts";
import { JournalBooks, shownOrder } from "./journal-books.ts";
import type { ShareChange } from "./journal-flows.ts";
import type { TradedInstrument } from "./live-holdings.ts";
import { beginHistory, liveReport, underName } from "./live-report.ts";
import { refusedHere } from "./refused-here.ts";
import { VenueRefusal, VenueSilence } from "./request/venue-reply.ts";
import type { ClientOutcome, VenueClient } from "./venue-client.ts";
import {
  hasUntoldFills,
  isOpenInJournal,
  type JournalEvent,
  type JournalOrder,
  type Numbered,
  type VenueJournal,
} from "./venue-journal.ts";
import type { VenueNews } from "./venue-news.ts";

/** Events handed out at once. */
const EVENTS_MAX = 1_000;
/** How long the end of a canceled order is waited for where the venue tells it later, and how often it is asked for. */
const CANCEL_WAIT_MS_MAX = 5_000;
const CANCEL_ASK_MS = 250;

/** What becomes of an order that was stopped while it waited to be sent. */
const STOPPED_HERE: ClientOutcome = {
  outcome: "rejected",
  code: NOT_SENT,
  message: "it was stopped before it left",
  news: [],
};

export interface LiveBrokerParts {
  readonly client: VenueClient;
  readonly journal: VenueJournal;
  /** What the account trades; called anew with each report. */
  readonly instruments: () => readonly TradedInstrument[];
  readonly currency: string;
  /** UTC ms. */
  readonly now: () => number;
  /** Comes back after so long. */
  readonly wait: (delayMs: number) => Promise<void>;
}

/**
 * A venue as the desk uses it: its protocol, with a memory. Every order is remembered before it is sent, and one whose
 * answer is not certain is asked for and never sent again, unless the venue refuses a client id that it has seen for ever.
 */
export class LiveBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  private readonly parts: LiveBrokerParts;
  private readonly books: JournalBooks;

  constructor(parts: LiveBrokerParts) {
    this.parts = parts;
    this.capabilities = { ...parts.client.capabilities, tradedElsewhere: true };
    const coinOf = (instrument: string) => parts.instruments().find(({ id }) => id === instrument)?.base;
    const takesCoins = parts.client.capabilities.holds === "assets";
    this.books = new JournalBooks(parts.journal, parts.now, takesCoins ? coinOf : undefined);
    beginHistory(parts.journal, parts.now());
  }

  /** Takes in what a stream says. True where something may be missing, so that a report is due. */
  hear(news: readonly VenueNews[]): boolean {
    return this.books.take(news);
  }

  /** Shares that a person's decision changed, so that orders which close them are held to what is left. */
  changeShares(changes: readonly ShareChange[]): void {
    this.parts.journal.transaction(() => {
      for (const change of changes) this.books.flows.changeShare(change);
    });
  }

  async place(order: OrderToPlace, maySend: () => boolean = () => true): Promise<SendOutcome> {
    const known = this.parts.journal.order(order.id);
    if (known !== undefined) return this.placeAgain(order, known);
    const { flows } = this.books;
    const refusal = refusedHere(order, this.parts.client.capabilities, () => closableNow(order, this.books));
    this.books.begin(order, this.parts.client.legSentAs);
    if (refusal !== undefined) return this.settlePlace(order, { ...refusal, outcome: "rejected", news: [] });
    await this.parts.journal.sync();
    const held = await this.heldByLegs(order);
    if (held !== undefined) return this.settlePlace(order, { ...held, outcome: "rejected", news: [] });
    if (!maySend()) return this.settlePlace(order, STOPPED_HERE);
    // Bots may hold the opposite of one another: what closes the share of one then makes the account's position larger.
    const reduceOnly = order.reduceOnly && order.quantity <= flows.closableOfAll(order);
    return this.settlePlace(order, await certain(this.parts.client.place({ ...order, reduceOnly }, maySend)));
  }

  /** Why an order that closes all of a bot's share cannot: legs hold it that could not be taken back, or one has closed it. */
  private async heldByLegs(order: OrderToPlace) {
    const { capabilities } = this.parts.client;
    const closesAll = order.reduceOnly && order.kind === "market" && order.quantity >= closableNow(order, this.books);
    if (!capabilities.legsHold || !closesAll) return undefined;
    const cancel = (id: ClientOrderId) => this.cancel(id, undefined);
    const isFree = await freeLegs(order, { journal: this.parts.journal, cancel });
    if (!isFree) return { code: "LEGS_OPEN", message: "legs must be taken back before, could not be" };
    return refusedHere(order, capabilities, () => closableNow(order, this.books));
  }

  /** The same order came again: what became of it is the answer. */
  private async placeAgain(order: OrderToPlace, known: JournalOrder): Promise<SendOutcome> {
    if (known.state !== "doubt") return this.outcomeOf(order);
    const found = await this.askSafely(known);
    if (found === "silent") return { outcome: "unknown", message: "the venue does not answer" };
    if (found === undefined && this.parts.client.capabilities.dedupesForEver) {
      return this.settlePlace(order, await certain(this.parts.client.place(order)));
    }
    return this.outcomeOf(order);
  }

  private settlePlace(order: OrderToPlace, outcome: ClientOutcome): SendOutcome {
    const all = [order, ...order.legs];
    this.parts.journal.transaction(() => {
      if (outcome.outcome === "ack") {
        for (const { id } of all) {
          const venueOrderId = outcome.venueOrderIds.get(id);
          const row = this.parts.journal.order(id);
          if (venueOrderId !== undefined && row !== undefined) this.books.accept(row, venueOrderId);
        }
      }
      if (outcome.outcome === "rejected") for (const { id } of all) this.books.reject(id, outcome.code);
      this.books.take(outcome.news);
    });
    return outcome.outcome === "ack" ? this.outcomeOf(order) : plain(outcome);
  }

  private outcomeOf(order: OrderToPlace): SendOutcome {
    const rows = [order, ...order.legs].flatMap(({ id }) => this.parts.journal.order(id) ?? []);
    const [main] = rows;
    if (main === undefined || main.state === "doubt")
      return { outcome: "unknown", message: "the venue shows no order" };
    if (main.state === "rejected") {
      return { outcome: "rejected", code: main.code, message: `order ${order.id} was rejected` };
    }
    const named = rows.flatMap(({ placed }): [ClientOrderId, string][] =>
      placed.venueOrderId === undefined ? [] : [[placed.order.id, placed.venueOrderId]],
    );
    return { outcome: "ack", venueOrderIds: new Map(named) };
  }

  async cancel(id: ClientOrderId, venueOrderId: string | undefined): Promise<SendOutcome> {
    const row = this.parts.journal.order(id);
    if (row === undefined) {
      if (venueOrderId !== undefined) return { outcome: "unknown", message: `order must be known, was ${id}` };
      return { outcome: "rejected", code: "NOT_FOUND", message: `order must be known, was ${id}` };
    }
    if (!isOpenInJournal(row)) return notOpen(row);
    const outcome = await certain(this.parts.client.cancel(row.placed));
    this.books.take(outcome.news);
    // A refusal says that it ended and not how, or that it is under another name by now.
    if (outcome.outcome === "rejected") return this.afterRefusedCancel(id, outcome);
    if (outcome.outcome === "ack" && this.parts.client.capabilities.cancelsLater) await this.awaitEnd(id);
    return plain(outcome);
  }

  private async afterRefusedCancel(id: ClientOrderId, outcome: ClientOutcome): Promise<SendOutcome> {
    const row = this.parts.journal.order(id);
    if (row === undefined || !isOpenInJournal(row)) return plain(outcome);
    await this.askSafely(row);
    const after = this.parts.journal.order(id);
    // One that is in doubt may come yet: that there is nothing to cancel now is not certain for later.
    if (after === undefined || isOpenInJournal(after)) {
      return { outcome: "unknown", message: "the venue refused to cancel an order that may be open" };
    }
    if (after.state === "canceled") return { outcome: "ack", venueOrderIds: venueIdsOf(after) };
    return plain(outcome);
  }

  private async awaitEnd(id: ClientOrderId): Promise<void> {
    for (let waited = 0; waited < CANCEL_WAIT_MS_MAX; waited += CANCEL_ASK_MS) {
      const row = this.parts.journal.order(id);
      if (row === undefined || !isOpenInJournal(row)) return;
      await this.askSafely(row);
      const after = this.parts.journal.order(id);
      if (after === undefined || !isOpenInJournal(after)) return;
      await this.parts.wait(CANCEL_ASK_MS);
    }
  }

  async replace(...[id, revision, terms, maySend]: Parameters<Broker["replace"]>): Promise<SendOutcome> {
    const { journal, client, now } = this.parts;
    const row = journal.order(id);
    if (row === undefined) return { outcome: "rejected", code: "NOT_FOUND", message: `order must be known, was ${id}` };
    // Asked before, and done then.
    if (revision <= row.placed.revision) return { outcome: "ack", venueOrderIds: venueIdsOf(row) };
    if (row.replacing !== undefined) return this.replaceAgain(row, revision);
    if (!isOpenInJournal(row)) {
      this.books.refuseReplacement(row, revision);
      return notOpen(row);
    }
    const sentAs = client.replacedAs?.(row.placed, revision) ?? row.placed.sentAs;
    journal.putOrder({ ...row, replacing: { revision, sentAs, ...terms, askedAt: now(), oldEnd: undefined } });
    await journal.sync();
    const outcome = await certain(client.replace(row.placed, revision, terms, maySend));
    return this.settleReplace(id, revision, outcome);
  }

  /** A change is on its way, and whether the venue made it is not certain. */
  private async replaceAgain(row: JournalOrder, revision: number): Promise<SendOutcome> {
    await this.askSafely(row);
    const after = this.parts.journal.order(row.placed.order.id);
    if (after !== undefined && after.placed.revision >= revision) {
      return { outcome: "ack", venueOrderIds: venueIdsOf(after) };
    }
    return { outcome: "unknown", message: "a change is on its way" };
  }

  private settleReplace(id: ClientOrderId, revision: number, outcome: ClientOutcome): SendOutcome {
    return this.parts.journal.transaction(() => {
      this.books.take(outcome.news);
      const row = this.parts.journal.order(id);
      if (row === undefined) return plain(outcome);
      if (outcome.outcome === "ack" && row.replacing?.revision === revision) {
        const { quantity, limit, stop, sentAs } = row.replacing;
        const venueOrderId = outcome.venueOrderIds.get(id) ?? row.placed.venueOrderId ?? "";
        const { instrument, side } = row.placed.order;
        const filled = 0n as VenueOrder["filled"];
        const order: VenueOrder = {
          ...{ clientOrderId: outcome.sentAs ?? sentAs, venueOrderId, instrument, side, quantity, limit, stop, filled },
          status: "open",
        };
        this.books.take([{ type: "order", order, reason: "" }]);
      }
      if (outcome.outcome === "rejected" && row.replacing !== undefined) this.books.refuseReplacement(row, revision);
      return plain(outcome);
    });
  }

  async order(id: ClientOrderId): Promise<VenueOrder | undefined> {
    const row = this.parts.journal.order(id);
    if (row === undefined) return undefined;
    if (!isOpenInJournal(row) && !hasUntoldFills(row)) return shownOrder(row);
    return this.ask(row);
  }

  /** Asks for an order under every name that it may have. Undefined where the venue shows none. Throws `VenueSilence`. */
  private async ask(row: JournalOrder): Promise<VenueOrder | undefined> {
    const { client, journal } = this.parts;
    const { placed, replacing } = row;
    const others = replacing === undefined || replacing.sentAs === placed.sentAs ? [] : [replacing.sentAs];
    let found = false;
    for (const sentAs of [...others, placed.sentAs]) {
      const shown = await client.order(underName(placed, sentAs));
      if (shown === undefined) continue;
      this.books.take([{ type: "order", order: shown, reason: "" }]);
      found = true;
      if (shown.status === "open") break;
    }
    this.settleOldEnd(placed.order.id);
    const after = journal.order(placed.order.id);
    return found && after !== undefined ? shownOrder(after) : undefined;
  }

  /** A version that ended while a change was on its way: once the new one can come no more, it has ended by itself. */
  private settleOldEnd(id: ClientOrderId): void {
    const row = this.parts.journal.order(id);
    if (row?.replacing?.oldEnd === undefined) return;
    const { askedAt, revision } = row.replacing;
    if (this.parts.now() - askedAt < this.capabilities.lateAcceptMs) return;
    this.books.refuseReplacement(row, revision);
  }

  private async askSafely(row: JournalOrder): Promise<VenueOrder | undefined | "silent"> {
    try {
      return await this.ask(row);
    } catch (error) {
      if (error instanceof VenueSilence || error instanceof VenueRefusal) return "silent";
      throw error;
    }
  }

  report(cursor: string): Promise<{ report: VenueReport; cursor: string }> {
    const { client, now, currency } = this.parts;
    const instruments = this.parts.instruments();
    const ask = (row: JournalOrder) => this.ask(row);
    return liveReport({ books: this.books, client, now, currency, instruments, ask }, cursor);
  }

  async events(sequence: number): Promise<VenueTold> {
    const marks = this.books.marks();
    const events = this.parts.journal.eventsAfter(sequence, EVENTS_MAX).map((event) => this.venueEvent(event));
    const times = marks.map(({ at }) => at);
    return { events, marks, marketAt: times.length === 0 ? undefined : Math.max(...times) };
  }

  private venueEvent({ number: sequence, value }: Numbered<JournalEvent>): VenueEvent {
    if (value.type !== "fill") return { sequence, ...value };
    const entry = this.parts.journal.entry(value.entry);
    if (!("fill" in entry)) throw new Error(`entry ${value.entry} must be a fill`);
    return { sequence, type: "fill", fill: entry.fill };
  }
}
