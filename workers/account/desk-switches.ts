import { DAY_MS } from "../core/candle/timeframe.ts";
import { type Money, magnitude } from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import type { DeskOrder } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import { isOpenState } from "../core/order/order-table.ts";
import { bindingLimit, type LimitSet, type Limits, PLATFORM_CEILINGS } from "../core/risk/cap.ts";
import { lossOfDay } from "../core/risk/equity-track.ts";
import { haltReason } from "../core/risk/throttle.ts";
import type { TradingState } from "../core/risk/trading-state.ts";
import { ACCOUNT_SCOPE, botIdOf, EXTERNAL_BOT, KILL_REASON } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { FlattenTask } from "./desk-record.ts";
import { liftStop, type StopTold, settleStop, stopAlert } from "./lift-stop.ts";
import { forgetHalts } from "./open-differences.ts";
import { limitsOf, SWITCH_ON, type Switch, type SwitchedBy, withLimits } from "./scope-books.ts";

const DAILY_LOSS_REASON = "DAILY_LOSS";

/** What a switch holds for. */
export type SwitchScope =
  | { readonly kind: "platform" | "user" | "account" }
  | { readonly kind: "bot"; readonly bot: string }
  | { readonly kind: "instrument"; readonly instrument: string };

/** A switch that is thrown by hand, or released by the state ACTIVE. */
export interface SwitchCall {
  readonly scope: SwitchScope;
  readonly state: TradingState;
  readonly reason: string;
  readonly by?: SwitchedBy | undefined;
}

/** How a scope is killed. `told` changes only the words of it. */
interface KillHow extends Pick<SwitchCall, "by"> {
  readonly flatten: boolean;
  readonly at: number;
  readonly told?: StopTold | undefined;
}

/** What the whole deployment's switch says to a desk. */
export interface PlatformCall extends Pick<SwitchCall, "state"> {
  readonly ownerId: string;
  readonly flatten: boolean;
  /** A later turn of the switch is higher. */
  readonly version: number;
}

/** The switches of a desk: thrown by a person, by a throttle, by a day's loss. */
export class DeskSwitches {
  private readonly books: DeskBooks;

  constructor(books: DeskBooks) {
    this.books = books;
  }

  /** Whether nothing of a bot may be sent. */
  isStopped(bot: string, instrument: string): boolean {
    const { record } = this.books;
    const { platform, user, instruments } = record;
    const own = [ACCOUNT_SCOPE, bot].map((name) => this.books.scope(name).trading);
    return [platform, user, instruments[instrument], ...own].some((trading) => trading?.state === "HALTED");
  }

  /** The strictest switch that holds for a bot as a whole. */
  tradingOf(bot: string): { state: TradingState; reason: string | undefined } {
    const { platform, user } = this.books.record;
    const own = [ACCOUNT_SCOPE, bot].map((name) => this.books.scope(name).trading);
    const all = [platform, user, ...own];
    const strictest = all.find(({ state }) => state === "HALTED") ?? all.find(({ state }) => state === "REDUCING");
    return { state: strictest?.state ?? "ACTIVE", reason: strictest?.reason };
  }

  /** Throws or releases a switch. Inside or outside a write. */
  set(scope: SwitchScope, state: TradingState, reason: string | undefined, by?: SwitchedBy): void {
    const since = this.books.now();
    // Halted is halted: what a kill switch has begun goes on.
    if (state === "HALTED" && this.isKilledAt(scope)) return;
    const trading: Switch = state === "ACTIVE" ? SWITCH_ON : { state, reason, since, until: undefined, by };
    const before = this.switchOf(scope);
    this.books.write(() => {
      // Also where the switch is released before their turn has come: who stopped trading was told that they go.
      for (const id of this.toCancelAgain()) this.books.hear(id, { type: "cancel-requested" });
      this.put(scope, trading);
      if (state === "ACTIVE" && (before?.state ?? state) !== state) liftStop(this.books, scope, before?.reason);
    });
  }

  /** Sets limits of a bot, or of the account: lower ones hold at once, higher ones after a minute. Inside a write. */
  setLimits(name: string, limits: Omit<LimitSet, "version">): void {
    this.books.putScope(name, withLimits(this.books.scope(name), limits, this.books.now()));
  }

  /** Gives a bot a share of the account's money; below zero takes some back. The same id again does nothing. */
  allot(bot: string, { id, at, capital }: { readonly id: string; readonly at: number; readonly capital: Money }): void {
    if (capital === 0n) return;
    const type = capital > 0n ? "deposit" : "withdrawal";
    const { currency } = this.books.account;
    this.books.allot(bot, { type, id, at, currency, amount: magnitude(capital) });
    this.books.mark();
  }

  private put(scope: SwitchScope, trading: Switch): void {
    const { books } = this;
    const { instruments } = books.record;
    switch (scope.kind) {
      case "platform":
      case "user":
        books.note({ [scope.kind]: trading });
        break;
      case "instrument": {
        books.note({ instruments: { ...instruments, [scope.instrument]: trading } });
        // Whoever arms it again has looked at both sides; a difference that stays shows itself anew.
        if (trading.state === "ACTIVE") {
          forgetHalts(books, (halt) => halt.instrument === scope.instrument);
        }
        break;
      }
      case "account":
        books.setSwitch(ACCOUNT_SCOPE, trading);
        if (trading.state === "ACTIVE") {
          const scopes = books.scope(ACCOUNT_SCOPE);
          books.putScope(ACCOUNT_SCOPE, { ...scopes, executions: [], rejectsInARow: 0 });
          forgetHalts(books, (halt) => halt.instrument === null);
        }
        break;
      case "bot": {
        const before = books.scope(scope.bot);
        const counts = trading.state === "ACTIVE" ? { executions: [], rejectsInARow: 0 } : {};
        books.putScope(scope.bot, { ...before, ...counts, trading });
        break;
      }
    }
  }

  /**
   * Throws the kill switch: halts the scope and notes what shall be closed, in one write. Once that is durable nothing new
   * of the scope is sent, but for what closes positions where that was asked for. Orders that rest at the venue are asked
   * to go by `toCancelAgain`, after the acknowledgement: a thousand of them must not hold it up.
   */
  kill(scope: SwitchScope, { flatten, at, by, told }: KillHow): ClientOrderId[] {
    const { books } = this;
    const since = books.now();
    return books.write(() => {
      this.put(scope, { state: "HALTED", reason: KILL_REASON, since, until: undefined, by });
      const open = books.openOrders().filter(({ order }) => isWithin(order, scope) && order.bot !== EXTERNAL_BOT);
      for (const { order } of open) {
        const waits = order.state === "ACCEPTED" && order.role !== "flatten";
        if (order.state !== "LOST" && !waits) books.hear(order.id, { type: "cancel-requested" });
      }
      if (flatten) {
        const task: FlattenTask = {
          ...(scope.kind === "bot" ? { bot: scope.bot } : {}),
          ...(scope.kind === "instrument" ? { instrument: scope.instrument } : {}),
          at,
          attempts: 0,
        };
        const others = books.record.flatten.filter(
          ({ bot, instrument }) => bot !== task.bot || instrument !== task.instrument,
        );
        books.note({ flatten: [...others, task] });
      }
      books.alert(stopAlert(scope, { cancelling: open.length, told }));
      return open.map(({ order }) => order.id);
    });
  }

  /** Orders that are still open, and not asked to go, although a kill switch holds for them. */
  toCancelAgain(): ClientOrderId[] {
    const ids: ClientOrderId[] = [];
    for (const { order } of this.books.openOrders()) {
      if (isToCancelAgain(order) && this.isKilled(order)) ids.push(order.id);
    }
    return ids;
  }

  private isKilledAt(scope: SwitchScope): boolean {
    const own = this.switchOf(scope);
    return own?.state === "HALTED" && own.reason === KILL_REASON;
  }

  private switchOf(scope: SwitchScope): Partial<Switch> | undefined {
    const { platform, user, instruments } = this.books.record;
    switch (scope.kind) {
      case "platform":
        return platform;
      case "user":
        return user;
      case "account":
        return this.books.scope(ACCOUNT_SCOPE).trading;
      case "bot":
        return this.books.scope(scope.bot).trading;
      case "instrument":
        return instruments[scope.instrument];
    }
  }

  private isKilled({ bot, instrument }: DeskOrder): boolean {
    const { platform, user, instruments } = this.books.record;
    const isKill = (trading?: { readonly reason?: string | undefined }) => trading?.reason === KILL_REASON;
    if (isKill(platform) || isKill(user) || isKill(instruments[instrument])) return true;
    return isKill(this.books.scope(ACCOUNT_SCOPE).trading) || isKill(this.books.scope(bot).trading);
  }

  /** Halts what trades or is refused again and again. Inside a write. */
  watchThrottles(bots: readonly string[]): void {
    const { books } = this;
    const now = books.clock();
    for (const name of new Set([...bots, ACCOUNT_SCOPE])) {
      if (name === EXTERNAL_BOT) continue;
      const reason = this.haltReasonOf(name, { limits: this.limits(name), now });
      if (reason === undefined) continue;
      const code = reason.cap === "executions" ? "REPEATED_EXECUTION" : "REPEATED_REJECT";
      const most = formatDecimal(reason.binding.limit);
      const counted = code === "REPEATED_EXECUTION" ? "Orders that traded in ten minutes" : "Orders rejected in a row";
      books.halt(name, code, `${counted} must stay below ${most}, were ${reason.count}: halted until armed again.`);
    }
  }

  /** Halts what the throttle stops, and lets a bot that lost its day's limit only close until the next day. */
  watch(): void {
    const { books } = this;
    const names = books.scopeNames().filter((name) => name !== EXTERNAL_BOT);
    const now = books.clock();
    const account = this.accountLimits();
    const lost: string[] = [];
    let throttled = false;
    for (const name of names) {
      const limits = this.limits(name, account);
      if (this.hasLostItsDay(name, limits)) lost.push(name);
      throttled ||= this.haltReasonOf(name, { limits, now }) !== undefined;
    }
    if (lost.length === 0 && !throttled) return;
    books.write(() => {
      this.watchThrottles(names);
      // What was halted just now stays so until a person arms it: that must not end with the day.
      for (const name of lost.filter((one) => books.scope(one).trading.state !== "HALTED")) {
        const until = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
        books.setSwitch(name, { state: "REDUCING", reason: DAILY_LOSS_REASON, since: now, until });
        const message = "The day's loss has reached its limit: until midnight UTC it only closes.";
        books.alert({ level: "warning", botId: botIdOf(name), code: DAILY_LOSS_REASON, message, stopped: name });
      }
    });
  }

  /** Undefined also for what is halted already. */
  private haltReasonOf(name: string, { limits, now }: { readonly limits: Limits; readonly now: number }) {
    const own = this.books.scope(name);
    if (own.trading.state === "HALTED") return undefined;
    return haltReason(own, limits, { scope: name === ACCOUNT_SCOPE ? "account" : "bot", now });
  }

  private hasLostItsDay(name: string, limits: Limits): boolean {
    const { track, trading } = this.books.scope(name);
    if (track === undefined || trading.state !== "ACTIVE") return false;
    const scope = name === ACCOUNT_SCOPE ? "account" : "bot";
    const binding = bindingLimit(limits, "dailyLoss", scope);
    return binding !== undefined && lossOfDay(track) >= binding.limit;
  }

  private limits(bot: string, account = this.accountLimits()): Limits {
    return { platform: PLATFORM_CEILINGS, account, bot: limitsOf(this.books.scope(bot), this.books.now()) };
  }

  /** Limits are set by people, whose time is ours also where the market's is another. */
  private accountLimits(): LimitSet {
    return limitsOf(this.books.scope(ACCOUNT_SCOPE), this.books.now());
  }

  /** Releases switches whose time has come: a bot that was paused for the day trades again. */
  turnBack(): void {
    const { books } = this;
    const now = books.clock();
    const due = books
      .scopeNames()
      .filter((name) => (books.scope(name).trading.until ?? Number.POSITIVE_INFINITY) <= now);
    if (due.length === 0) return;
    books.write(() => {
      for (const name of due) {
        const scope = name === ACCOUNT_SCOPE ? ({ kind: "account" } as const) : ({ kind: "bot", bot: name } as const);
        settleStop(books, scope);
        books.setSwitch(name, SWITCH_ON);
        const message = "A new day began: it trades again.";
        books.alert({ level: "info", botId: botIdOf(name), code: "DAY_BEGAN", message });
      }
    });
  }
}

/** Whether nobody has asked an open order to go; what closes positions shall stay. */
function isToCancelAgain({ state, cancelRequested, bot, role }: DeskOrder): boolean {
  return isOpenState(state) && !cancelRequested && bot !== EXTERNAL_BOT && role !== "flatten";
}

function isWithin(order: DeskOrder, scope: SwitchScope): boolean {
  if (scope.kind === "bot") return order.bot === scope.bot;
  return scope.kind !== "instrument" || order.instrument === scope.instrument;
}
