import type { VenueTold } from "../brokers/broker.ts";
import type { Price } from "../core/ledger/decimal.ts";
import { fromDouble } from "../core/ledger/decimal-double.ts";
import { marketFeed, subscribeToMarket, unsubscribeFromMarket, venueFeed } from "../feed/live/market-feed.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import type { AccountRecord } from "./account-record.ts";
import { venueName } from "./account-venue.ts";
import type { DeskBooks } from "./desk-books.ts";

/** How long an instrument that nothing is held or ordered of stays subscribed: people look twice. */
const LET_GO_AFTER_MS = 5 * 60_000;
/** Silence of a followed instrument after which its feed is asked again: it may have forgotten a venue that failed. */
const SILENT_MS = 60_000;
const FOLLOWED = "followed";

/**
 * Keeps the account's venue subscribed to the instruments that matter to it, and to no others: each costs its feed a
 * call a second.
 */
export class AccountMarketLink {
  private readonly env: Env;
  private readonly storage: DurableObjectStorage;
  private readonly now: Clock;

  constructor({ env, storage, now }: { env: Env; storage: DurableObjectStorage; now: Clock }) {
    this.env = env;
    this.storage = storage;
    this.now = now;
  }

  /** When each followed instrument was last needed, UTC ms. */
  private followed(): Record<string, number> {
    return this.storage.kv.get<Record<string, number>>(FOLLOWED) ?? {};
  }

  /**
   * Makes sure that prices of an instrument come. Answers its last price where the desk knows none that is fresh, so that
   * an order need not wait for the next one; undefined where nothing is to be told.
   */
  async reach(record: AccountRecord, books: DeskBooks, instrument: string): Promise<VenueTold | undefined> {
    const step = books.account.instruments.get(instrument)?.tick;
    if (step === undefined) return undefined;
    if (this.followed()[instrument] === undefined) await this.subscribe(record, [instrument]);
    this.storage.kv.put(FOLLOWED, { ...this.followed(), [instrument]: this.now() });
    const { ownerId, account } = record;
    const address = { ownerId, accountId: account.id, market: account.market };
    const known = books.record.marks[instrument];
    if (known !== undefined && this.now() - known.heardAt < known.intervalMs * 2) return undefined;
    const feed = await marketFeed(this.env, { ...address, instrument });
    const last = await feed.last({ ownerId, instrument });
    if (last === undefined) return undefined;
    const price = fromDouble<Price>(last.price, { step, rounding: "half-even", field: "price" });
    const { at, heardAt, intervalMs } = last;
    return { events: [], marks: [{ instrument, price, at, heardAt, intervalMs }], marketAt: at };
  }

  /**
   * Subscribes again to instruments that have been silent: a feed forgets a listener that failed for long. One that is
   * subscribed keeps its place, so asking for nothing costs a call.
   */
  async renew(record: AccountRecord, books: DeskBooks): Promise<void> {
    // A replay that is paused is silent too, and does not forget.
    if (record.account.market.kind === "replay") return;
    if (record.account.market.kind === "venue") {
      await this.listen(record, Object.keys(this.followed()));
      return;
    }
    const before = this.now() - SILENT_MS;
    const silent = Object.entries(this.followed()).flatMap(([instrument, at]) => {
      const heardAt = books.record.marks[instrument]?.heardAt ?? 0;
      return Math.max(at, heardAt) <= before ? [instrument] : [];
    });
    if (silent.length > 0) await this.subscribe(record, silent);
  }

  /** A venue's market tells prices for some minutes after it was asked last. */
  private async listen({ ownerId, account }: AccountRecord, instruments: readonly string[]): Promise<void> {
    for (const instrument of instruments) {
      await (await venueFeed(this.env, { ownerId, accountId: account.id, instrument })).object.listen({ ownerId });
    }
  }

  private async subscribe(record: AccountRecord, instruments: readonly string[]): Promise<void> {
    const { ownerId, account } = record;
    if (account.market.kind === "venue") {
      await this.listen(record, instruments);
      return;
    }
    const name = await venueName(record);
    const subscriber = { binding: "PAPER" as const, name, instruments: [...instruments] };
    await subscribeToMarket(this.env, { ownerId, accountId: account.id, market: account.market, subscriber });
  }

  /** Instruments of which anything is held or ordered. */
  private needed(books: DeskBooks): ReadonlySet<string> {
    const held = new Set(books.scopeNames().flatMap((name) => [...books.scope(name).ledger.positions.keys()]));
    for (const { order } of books.openOrders()) held.add(order.instrument);
    return held;
  }

  /** What a restored account holds or has ordered is followed again from the next look on: no feed knows of it any more. */
  followAgain(books: DeskBooks): void {
    this.storage.kv.put(FOLLOWED, Object.fromEntries([...this.needed(books)].map((instrument) => [instrument, 0])));
  }

  /** Instruments that nothing is held or ordered of any more, for long enough. */
  private idle(books: DeskBooks): string[] {
    const held = this.needed(books);
    const before = this.now() - LET_GO_AFTER_MS;
    return Object.entries(this.followed()).flatMap(([instrument, at]) =>
      !held.has(instrument) && at <= before ? [instrument] : [],
    );
  }

  async letGo(record: AccountRecord, books: DeskBooks): Promise<void> {
    // A replay is one market that its bots go through together.
    if (record.account.market.kind === "replay") return;
    const instruments = this.idle(books);
    if (instruments.length === 0) return;
    await this.unsubscribe(record, instruments);
    const left = Object.entries(this.followed()).filter(([instrument]) => !instruments.includes(instrument));
    this.storage.kv.put(FOLLOWED, Object.fromEntries(left));
  }

  async leave(record: AccountRecord): Promise<void> {
    await this.unsubscribe(record, Object.keys(this.followed()));
    this.storage.kv.delete(FOLLOWED);
  }

  private async unsubscribe(record: AccountRecord, instruments: readonly string[]): Promise<void> {
    if (instruments.length === 0) return;
    const { ownerId, account } = record;
    if (account.market.kind === "venue") {
      for (const instrument of instruments) {
        await (await venueFeed(this.env, { ownerId, accountId: account.id, instrument })).object.leave({ ownerId });
      }
      return;
    }
    const name = await venueName(record);
    const address = { ownerId, accountId: account.id, market: account.market };
    await unsubscribeFromMarket(this.env, { ...address, name, instruments });
  }

  /** When `letGo` may have something to do, UTC ms. */
  nextLookAt({ account }: AccountRecord, _books: DeskBooks): number | undefined {
    if (account.market.kind === "replay") return undefined;
    const times = Object.values(this.followed());
    return times.length === 0 ? undefined : Math.max(Math.min(...times) + LET_GO_AFTER_MS, this.now() + 60_000);
  }
}
