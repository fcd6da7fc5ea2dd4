import { MANUAL_BOT } from "../../account/desk-calls.ts";
import type { Instrument } from "../../core/candle/instrument.ts";
import { decodeSnapshot, encodeSnapshot } from "../../core/engine/snapshot.ts";
import { PaperBook } from "../../core/fill/paper-book.ts";
import { toDouble } from "../../core/ledger/decimal-double.ts";
import { parseMoney } from "../../core/ledger/decimal-text.ts";
import type { PaperFaults } from "./paper-fault.ts";
import type { PaperStore } from "./paper-store.ts";
import type { PaperAccount, PaperBookState, PaperBookTerms } from "./paper-terms.ts";

/** Margin of the account's own book: persons trade what they have paid for. */
const OWN_LEVERAGE = 1;
const OWN_MAINTENANCE = 0.005;

/** The books of an account by bot, the own one included. What is changed has to be saved. */
export class PaperBooks {
  private readonly store: PaperStore;
  private readonly account: PaperAccount;
  private readonly faults: PaperFaults;
  private readonly loaded = new Map<string, { terms: PaperBookTerms; book: PaperBook }>();
  /** Books that only prices changed since they were saved. */
  private readonly repriced = new Set<string>();

  constructor(store: PaperStore, account: PaperAccount, faults: PaperFaults) {
    this.store = store;
    this.account = account;
    this.faults = faults;
    for (const { bot, terms, state } of store.books()) {
      const parsed = JSON.parse(terms) as PaperBookTerms;
      const book = this.newBook(parsed);
      book.restore(decodeSnapshot(state));
      this.loaded.set(bot, { terms: parsed, book });
    }
  }

  find(bot: string): PaperBook | undefined {
    return this.loaded.get(bot)?.book;
  }

  names(): string[] {
    return [...this.loaded.keys()].sort();
  }

  /** The book that has all the money that no bot has. Instruments that it lacks are put behind those it has. */
  openOwn(): void {
    const known = this.loaded.get(MANUAL_BOT);
    const { cash, instruments } = this.account;
    const had = known?.terms.instruments ?? [];
    const added = instruments.filter(({ id }) => had.every((other) => other.id !== id));
    if (known !== undefined && added.length === 0) return;
    const terms: PaperBookTerms = {
      bot: MANUAL_BOT,
      cash,
      instruments: [...had, ...added],
      leverage: OWN_LEVERAGE,
      maintenance: OWN_MAINTENANCE,
      whenShort: "refuse",
      remainder: "carry",
      touch: false,
      path: "nearest",
    };
    this.add(terms, known?.book);
  }

  open(given: PaperBookTerms): void {
    const terms = { ...given, instruments: [...given.instruments].sort(bySymbol) };
    for (const { id, quote } of terms.instruments) {
      const { currency } = this.account;
      if (quote !== currency) throw new RangeError(`quote of ${id} must be ${currency}, was ${quote}`);
    }
    const known = this.loaded.get(terms.bot);
    if (known !== undefined) {
      if (JSON.stringify(known.terms) === JSON.stringify(terms)) return;
      throw new RangeError(`the book of ${terms.bot} must be closed before it is opened with other terms`);
    }
    const own = this.own();
    const cash = cashOf(terms);
    if (!(cash > 0)) throw new RangeError(`cash must be above 0, was ${terms.cash}`);
    if (own.cash < cash) throw new RangeError(`cash must be at most ${own.cash} that is free, was ${terms.cash}`);
    own.deposit(-cash);
    this.save(MANUAL_BOT);
    this.add(terms, undefined);
  }

  close(bot: string): void {
    const book = this.find(bot);
    if (book === undefined || bot === MANUAL_BOT) return;
    if (!book.idle) throw new RangeError(`the book of ${bot} must hold nothing and have no orders to be closed`);
    this.own().deposit(book.cash);
    this.save(MANUAL_BOT);
    this.loaded.delete(bot);
    this.store.dropBook(bot);
  }

  save(bot: string): void {
    const known = this.loaded.get(bot);
    if (known === undefined) return;
    const state = encodeSnapshot(known.book.snapshot());
    this.store.putBook({ bot, terms: JSON.stringify(known.terms), state });
    this.repriced.delete(bot);
  }

  /** Only prices changed a book: it is saved with the others. */
  reprice(bot: string): void {
    this.repriced.add(bot);
  }

  /** Saves what only prices changed. */
  saveRepriced(): void {
    for (const bot of this.repriced) this.save(bot);
  }

  states(): PaperBookState[] {
    const sorted = [...this.loaded.values()].sort((left, right) => (left.terms.bot < right.terms.bot ? -1 : 1));
    return sorted.map(({ terms, book }) => ({
      bot: terms.bot,
      cash: book.cash,
      equity: book.equity(),
      positions: book
        .quantities()
        .map((quantity, index) => ({ instrument: terms.instruments[index].id, quantity }))
        .filter(({ quantity }) => quantity !== 0),
    }));
  }

  private own(): PaperBook {
    const own = this.find(MANUAL_BOT);
    if (own === undefined) throw new Error("an account must have a book of its own");
    return own;
  }

  private add(terms: PaperBookTerms, before: PaperBook | undefined): void {
    const book = this.newBook(terms);
    if (before !== undefined) book.restore(before.snapshot());
    this.loaded.set(terms.bot, { terms, book });
    this.save(terms.bot);
  }

  private newBook(terms: PaperBookTerms): PaperBook {
    const { leverage, maintenance, whenShort, remainder, touch, path } = terms;
    const rules = { ...this.account.rules, ...terms.rules };
    const limits = [rules.volumeLimit, this.faults.find("partial-fills")?.share].filter((share) => share !== undefined);
    const instruments = terms.instruments.map((instrument): Instrument => ({ ...instrument, symbol: instrument.id }));
    return new PaperBook(instruments, {
      cash: cashOf(terms),
      fees: rules.fees,
      slippage: rules.slippage,
      latencyMs: rules.latencyMs,
      ...(limits.length === 0 ? {} : { volumeLimit: Math.min(...limits) }),
      nets: terms.bot === MANUAL_BOT,
      ...{ leverage, maintenance, whenShort, remainder, touch, path },
    });
  }
}

function cashOf({ cash }: PaperBookTerms): number {
  return toDouble(parseMoney(cash, "cash"));
}

function bySymbol(left: Instrument, right: Instrument): number {
  return left.symbol < right.symbol ? -1 : left.symbol > right.symbol ? 1 : 0;
}
