import { skipLostNumber } from "../../account/restore-account.ts";
import { BackedUpObject } from "../../backup/backed-up-object.ts";
import { parseMoney } from "../../core/ledger/decimal-text.ts";
import type { VenueOrder, VenueReport } from "../../core/ledger/venue-report.ts";
import { LISTENER_GONE, type MarketCall, type MarketListener } from "../../feed/live/market-port.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Env } from "../../platform/env.ts";
import { logEvent } from "../../platform/log-event.ts";
import { arePricesDue } from "../../platform/price-storing.ts";
import { TIME_IS_UP, within } from "../../platform/within.ts";
import type { OrderToPlace, ReplaceTerms, SendOutcome, VenueEvent, VenueTold } from "../broker.ts";
import { PaperBooks } from "./paper-books.ts";
import { type PaperFault, PaperFaults } from "./paper-fault.ts";
import { PaperJournal } from "./paper-journal.ts";
import { PaperStore } from "./paper-store.ts";
import type { PaperAccount, PaperBookState, PaperBookTerms, PaperVenueCalls, VenueListener } from "./paper-terms.ts";
import { PaperVenue } from "./paper-venue.ts";

/** How long the market waits for an account to hear what happened: less than a market waits for us. */
const PUSH_MS_MAX = 5_000;
/**
 * So often in a row the market is asked to tell a call again because the account has not heard what it led to: bots must
 * not decide before. Then the market goes on, since orders that close positions have to fill also while an account fails.
 */
const UNHEARD_CALLS_MAX = 5;

interface Parts {
  readonly account: PaperAccount;
  readonly faults: PaperFaults;
  readonly books: PaperBooks;
  readonly venue: PaperVenue;
}

/**
 * The paper venue of one account. Everything is in its storage, written before anybody is answered, but for prices that led to
 * nothing: what is in memory can be made again at any moment.
 */
export class PaperVenueObject extends BackedUpObject implements PaperVenueCalls, MarketListener {
  private store: PaperStore;
  /** What was made of the storage; dropped where a call fails in the middle. */
  private parts: Parts | undefined;
  private unheard = 0;
  /** When prices were stored last, UTC ms. */
  private pricesStoredAt = Number.NEGATIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, "PaperVenueObject");
    this.store = new PaperStore(ctx.storage.sql);
  }

  async openAccount({ ownerId, account }: { ownerId: string; account: PaperAccount }): Promise<void> {
    this.transact(() => {
      const owner = this.store.read<string>("owner");
      if (owner !== undefined) this.require(ownerId);
      this.store.write("owner", ownerId);
      const known = this.store.read<PaperAccount>("account");
      if (known !== undefined && known.cash !== account.cash) {
        throw new RangeError(`cash must stay ${known.cash}, was ${account.cash}`);
      }
      this.store.write("account", account);
      this.parts = undefined;
      if (known === undefined) {
        const journal = new PaperJournal(this.store, account.currency);
        journal.deposit(parseMoney(account.cash, "cash"), systemClock());
      }
      this.open(ownerId).books.openOwn();
    });
  }

  async openBook({ ownerId, terms }: { ownerId: string; terms: PaperBookTerms }): Promise<void> {
    this.transact(() => this.open(ownerId).books.open(terms));
  }

  async closeBook({ ownerId, bot }: { ownerId: string; bot: string }): Promise<void> {
    this.transact(() => this.open(ownerId).books.close(bot));
  }

  async books({ ownerId }: { ownerId: string }): Promise<PaperBookState[]> {
    return this.open(ownerId).books.states();
  }

  async setFaults({ ownerId, faults }: { ownerId: string; faults: readonly PaperFault[] }): Promise<void> {
    this.transact(() => {
      this.require(ownerId);
      this.store.write("faults", faults);
      this.parts = undefined;
    });
  }

  async place({ ownerId, order }: { ownerId: string; order: OrderToPlace }): Promise<SendOutcome> {
    return this.change(ownerId, ({ venue, faults }) => {
      const late = faults.take("late-accept");
      const outcome = venue.place(order, late?.ms ?? 0);
      return late === undefined ? outcome : unknown("the venue has not answered");
    });
  }

  async cancel({ ownerId, id }: { ownerId: string; id: string }): Promise<SendOutcome> {
    return this.change(ownerId, ({ venue }) => venue.cancel(id));
  }

  async replace(call: { ownerId: string; id: string; revision: number; terms: ReplaceTerms }): Promise<SendOutcome> {
    return this.change(call.ownerId, ({ venue }) => venue.replace(call.id, call.revision, call.terms));
  }

  async order({ ownerId, id }: { ownerId: string; id: string }): Promise<VenueOrder | undefined> {
    return this.ask(ownerId, ({ venue }) => venue.order(id));
  }

  async report({
    ownerId,
    cursor,
  }: {
    ownerId: string;
    cursor: string;
  }): Promise<{ report: VenueReport; cursor: string }> {
    return this.ask(ownerId, ({ venue }) => venue.report(cursor));
  }

  async events({ ownerId, sequence }: { ownerId: string; sequence: number }): Promise<VenueTold> {
    return this.ask(ownerId, ({ venue }) => venue.told(sequence));
  }

  async onMarket(call: MarketCall): Promise<void> {
    const ownerId = this.store.read<string>("owner");
    if (ownerId === undefined) throw new Error(`${LISTENER_GONE}: the account is closed`);
    this.meet(ownerId, call);
    if (await this.push(ownerId)) this.unheard = 0;
    else if (this.unheard++ < UNHEARD_CALLS_MAX) throw new Error("the account has not heard what happened");
  }

  /** What it traded behind the backup is gone; its numbers are not given out again. */
  protected override async afterRestore(): Promise<void> {
    for (const name of ["entries", "orders"]) skipLostNumber(this.ctx.storage.sql, name);
    this.forgetParts();
  }

  /** Forgets the account with all that it has. */
  async destroy(ownerId: string): Promise<void> {
    this.require(ownerId);
    await this.ctx.storage.deleteAll();
    this.forgetBackup();
    this.parts = undefined;
    this.store = new PaperStore(this.ctx.storage.sql);
  }

  /** A call that changes something, with the faults that are on. */
  private change(ownerId: string, work: (parts: Parts) => SendOutcome): SendOutcome {
    const outcome = this.transact(() => {
      const parts = this.open(ownerId);
      const { faults } = parts;
      if (faults.find("maintenance") !== undefined) {
        return { outcome: "rejected", code: "MAINTENANCE", message: "the venue is closed for maintenance" } as const;
      }
      const refused = this.overload(faults) ?? (faults.take("request-lost") && "the request was lost");
      const outcome = refused === undefined ? work(parts) : unknown(refused);
      const lost = refused === undefined && faults.take("reply-lost") !== undefined;
      this.store.write("faults", faults.all);
      return lost ? unknown("the reply was lost") : outcome;
    });
    this.ctx.waitUntil(this.push(ownerId));
    return outcome;
  }

  private ask<T>(ownerId: string, work: (parts: Parts) => T): T {
    const parts = this.open(ownerId);
    if (parts.faults.find("maintenance") !== undefined) throw new Error("the venue is closed for maintenance");
    const refused = this.overload(parts.faults);
    if (refused === undefined) return work(parts);
    this.store.write("faults", parts.faults.all);
    throw new Error(refused);
  }

  private overload(faults: PaperFaults): string | undefined {
    if (faults.take("server-error") !== undefined) return "503: the venue has failed";
    return faults.take("too-many-requests") && "429: too many requests";
  }

  /** Tells the account what it has not been told. False where it has not heard; what does not arrive it also asks for. */
  private async push(ownerId: string): Promise<boolean> {
    try {
      const { account, faults, venue } = this.open(ownerId);
      const accounts = (this.env as { ACCOUNT?: DurableObjectNamespace }).ACCOUNT;
      if (account.listener === "" || accounts === undefined) return true;
      const told = venue.told(this.store.read<number>("pushed") ?? 0);
      const events = told.events.flatMap((event) => spoiled(event, faults));
      if (events.length !== told.events.length) this.store.write("faults", faults.all);
      const listener = accounts.getByName(account.listener) as unknown as VenueListener;
      const answer = await within(listener.onVenue({ ownerId, told: { ...told, events } }), PUSH_MS_MAX);
      if (answer === TIME_IS_UP) throw new Error(`an account must answer within ${PUSH_MS_MAX} ms`);
      const last = told.events.at(-1)?.sequence;
      if (last === undefined) return true;
      this.store.write("pushed", Math.max(last, this.store.read<number>("pushed") ?? 0));
      return last >= this.store.lastEvent() || (await this.push(ownerId));
    } catch (error) {
      logEvent("paper_listener_failed", { error });
      return false;
    }
  }

  private open(ownerId: string): Parts {
    this.require(ownerId);
    if (this.parts !== undefined) return this.parts;
    const account = this.store.read<PaperAccount>("account");
    if (account === undefined) throw new Error("the account must be open");
    const faults = new PaperFaults(this.store.read<readonly PaperFault[]>("faults") ?? []);
    const books = new PaperBooks(this.store, account, faults);
    const journal = new PaperJournal(this.store, account.currency);
    const venue = new PaperVenue({ store: this.store, books, journal, now: systemClock });
    this.parts = { account, faults, books, venue };
    return this.parts;
  }

  private require(ownerId: string): void {
    if (this.store.read<string>("owner") !== ownerId) throw new Error("the account must be open and the owner's");
  }

  /**
   * Meets what the market traded. Ticks that led to nothing are held in memory for a while; a slice of time is stored at once, since
   * where a market goes in steps of minutes an order must not count as placed in one before.
   */
  private meet(ownerId: string, call: MarketCall): void {
    const isOfTicks = call.slices.every(({ spanMs }) => spanMs === 0);
    this.whole(() => {
      const { venue } = this.open(ownerId);
      const ledToSomething = venue.meet(call);
      if (ledToSomething || !isOfTicks || arePricesDue(this.pricesStoredAt, systemClock())) this.storePrices(venue);
    });
  }

  /** All of it is written, or nothing of it has happened; what is held of prices is stored first, and stays where `work` fails. */
  private transact<T>(work: () => T): T {
    const { parts } = this;
    if (parts !== undefined) this.whole(() => this.storePrices(parts.venue));
    return this.whole(work);
  }

  private storePrices(venue: PaperVenue): void {
    venue.storePrices();
    this.pricesStoredAt = systemClock();
  }

  private whole<T>(work: () => T): T {
    try {
      const result = this.ctx.storage.transactionSync(work);
      this.ctx.waitUntil(this.ringForBackup());
      return result;
    } catch (error) {
      this.forgetParts();
      throw error;
    }
  }

  /** Goes back to what is stored. */
  private forgetParts(): void {
    this.parts = undefined;
    this.store.forgetPrices();
  }
}

function unknown(message: string): SendOutcome {
  return { outcome: "unknown", message };
}

/** An event as it is pushed: dropped or doubled where that fault is on. */
function spoiled(event: VenueEvent, faults: PaperFaults): VenueEvent[] {
  if (faults.take("event-dropped") !== undefined) return [];
  return faults.take("event-doubled") === undefined ? [event] : [event, event];
}
