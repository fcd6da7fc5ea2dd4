import type { OrderVerdict } from "../../schema/wire/trading.ts";
import type { BrokerCapabilities } from "../brokers/broker.ts";
import { type Decimal, ONE } from "../core/ledger/decimal.ts";
import { toDouble } from "../core/ledger/decimal-double.ts";
import { formatDecimal, parsePrice } from "../core/ledger/decimal-text.ts";
import type { DeskOrder, OrderIntent } from "../core/order/desk-order.ts";
import { asClientOrderId, type ClientOrderId } from "../core/order/order-id.ts";
import { bindingLimit, CAPS, type Limits, PLATFORM_CEILINGS, requiredLimit } from "../core/risk/cap.ts";
import { legDenial } from "../core/risk/leg-verdict.ts";
import { countMessage } from "../core/risk/rate-checks.ts";
import { type PassedIntent, type Reference, RISK_SCOPES, type RiskBook } from "../core/risk/risk-book.ts";
import type { TradingStates } from "../core/risk/trading-state.ts";
import { CHECKS, CLOSING_CHECKS, type Closing, decide, type Verdict } from "../core/risk/verdict.ts";
import { ACCOUNT_SCOPE, EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import { RECENT_KEPT } from "./desk-record.ts";
import { limitsOf, scopeBookOf } from "./scope-books.ts";

interface JudgeOptions {
  readonly closes: Closing | undefined;
  readonly replaces?: ClientOrderId;
}

/** The one gate that every order passes: builds what a verdict depends on and keeps what it changes. */
export class DeskGate {
  private readonly books: DeskBooks;
  private readonly capabilities: BrokerCapabilities;

  constructor(books: DeskBooks, capabilities: BrokerCapabilities) {
    this.books = books;
    this.capabilities = capabilities;
  }

  limits(bot: string): Limits {
    // Limits are set by people, whose time is ours also where the market's is another.
    const now = this.books.now();
    return {
      platform: PLATFORM_CEILINGS,
      account: limitsOf(this.books.scope(ACCOUNT_SCOPE), now),
      bot: limitsOf(this.books.scope(bot), now),
    };
  }

  states(bot: string, instrument: string): TradingStates {
    const { record } = this.books;
    return {
      platform: record.platform.state,
      user: record.user.state,
      account: this.books.scope(ACCOUNT_SCOPE).trading.state,
      instrument: record.instruments[instrument]?.state ?? "ACTIVE",
      bot: this.books.scope(bot).trading.state,
    };
  }

  /**
   * The verdict on an order and on the legs that go with it. `closes`: it is part of a kill switch that closes what is
   * held, so that neither switches nor what bounds openings stop it; that it only closes is asked all the same. What was
   * placed elsewhere, and is not ours to cancel, is left to the venue's own prevention of trades with oneself then.
   * `replaces`: an open order whose place it takes.
   */
  judge(intent: OrderIntent, legs: readonly OrderIntent[], { closes, replaces }: JudgeOptions): OrderVerdict {
    const now = this.books.clock();
    const whole = this.riskBook(intent, closes);
    const isOut = ({ id, bot }: DeskOrder) => id === replaces || (closes !== undefined && bot === EXTERNAL_BOT);
    const book = whole.orders.some(isOut) ? { ...whole, orders: whole.orders.filter((one) => !isOut(one)) } : whole;
    const checks = closes === undefined ? CHECKS : CLOSING_CHECKS[closes];
    const verdict = decide(intent, book, this.limits(intent.bot), now, checks);
    if (verdict.verdict === "denied") return wireVerdict(verdict);
    if (legs.length > 0 && !this.capabilities.legs) return refusal("LEGS", "legs", "a venue that links orders");
    if (!this.capabilities.kinds.includes(intent.kind)) return refusal("KIND", intent.kind, "kinds of the venue");
    const tooMany = this.tooManyWith(legs, intent, book);
    if (tooMany !== undefined) return tooMany;
    for (const leg of legs) {
      const denial = legDenial(leg, intent, book);
      if (denial !== undefined) return wireVerdict({ verdict: "denied", ...denial });
    }
    return wireVerdict(verdict);
  }

  /** Legs rest at the venue as orders of their own, so that they count as such. */
  private tooManyWith(legs: readonly OrderIntent[], { bot }: OrderIntent, { orders }: RiskBook) {
    if (legs.length === 0) return undefined;
    for (const scope of RISK_SCOPES) {
      const binding = bindingLimit(this.limits(bot), "openOrders", scope);
      const count = orders.filter((order) => scope === "account" || order.bot === bot).length + 1 + legs.length;
      const value = BigInt(count) * ONE;
      if (binding === undefined || value <= binding.limit) continue;
      const { level } = binding;
      const denial = { code: CAPS.openOrders.code, cap: "openOrders", value: String(count) } as const;
      return wireVerdict({ verdict: "denied", ...denial, limit: formatDecimal(binding.limit), level });
    }
    return undefined;
  }

  /** Counts a message that is about to be sent. Inside a write. */
  count(intent: OrderIntent, kind: "order" | "cancel"): void {
    const { books } = this;
    const now = books.clock();
    const buckets = {
      bot: books.scope(intent.bot).buckets,
      account: books.scope(ACCOUNT_SCOPE).buckets,
      venue: books.record.venueBuckets,
    };
    const after = countMessage(
      { buckets, venueRate: this.venueRate() },
      { kind, limits: this.limits(intent.bot), now },
    );
    books.note({ venueBuckets: after.venue });
    if (kind === "cancel") return;
    books.putScope(intent.bot, { ...books.scope(intent.bot), buckets: after.bot });
    books.putScope(ACCOUNT_SCOPE, { ...books.scope(ACCOUNT_SCOPE), buckets: after.account });
    const recent = [...books.record.recent, { id: intent.id, at: now }].slice(-RECENT_KEPT);
    books.note({ recent });
  }

  private venueRate(): RiskBook["venueRate"] {
    const { messagesPerSecond, messagesPerMinute } = this.capabilities;
    return {
      second: { capacity: messagesPerSecond, windowMs: 1_000 },
      minute: { capacity: messagesPerMinute, windowMs: 60_000 },
    };
  }

  private riskBook(intent: OrderIntent, closes: Closing | undefined): RiskBook {
    const book = this.bookOf(intent.bot);
    return closes !== undefined ? book : { ...book, states: this.states(intent.bot, intent.instrument) };
  }

  /** What verdicts on a bot's orders look at, switches apart. */
  bookOf(bot: string): RiskBook {
    const { books } = this;
    const now = books.clock();
    return {
      bot: scopeBookOf(books.scope(bot), now),
      account: scopeBookOf(books.scope(ACCOUNT_SCOPE), now),
      orders: books.openOrders().map((stored) => stored.order),
      instruments: books.account.instruments,
      references: this.references(),
      recent: this.recent(bot, now),
      buckets: {
        bot: books.scope(bot).buckets,
        account: books.scope(ACCOUNT_SCOPE).buckets,
        venue: books.record.venueBuckets,
      },
      venueRate: this.venueRate(),
      states: { platform: "ACTIVE", user: "ACTIVE", account: "ACTIVE", instrument: "ACTIVE", bot: "ACTIVE" },
    };
  }

  /**
   * The last price that was told of each instrument that is quoted in the account's currency: others cannot be valued. What
   * the account itself traded at is no reference for what it may trade at.
   */
  private references(): Map<string, Reference> {
    const { record, account } = this.books;
    const references = new Map<string, Reference>();
    for (const [instrument, price] of this.books.marks()) {
      if (account.instruments.get(instrument)?.quote !== account.currency) continue;
      const mark = record.marks[instrument];
      const at = account.marketTime ? mark.at : mark.heardAt;
      const told = mark.trade === undefined ? price : parsePrice(mark.price, "mark");
      references.set(instrument, { price: told, at, intervalMs: mark.intervalMs, rate: ONE as Decimal });
    }
    return references;
  }

  /** Orders that passed within the time in which an equal one may count as a repeat. */
  private recent(bot: string, now: number): PassedIntent[] {
    const limits = this.limits(bot);
    const windows = RISK_SCOPES.map((scope) => requiredLimit(limits, "duplicateWindow", scope).limit);
    const from = now - Math.max(...windows.map(toDouble));
    const passed: PassedIntent[] = [];
    for (const { id, at } of this.books.record.recent) {
      const known = at < from ? undefined : asClientOrderId(id);
      const stored = known === undefined ? undefined : this.books.order(known);
      if (stored !== undefined) passed.push({ intent: stored.order, at });
    }
    return passed;
  }
}

function refusal(code: string, value: string, limit: string): OrderVerdict {
  return wireVerdict({ verdict: "denied", code, cap: "none", value, limit });
}

/** A verdict as it is stored and shown. */
export function wireVerdict(verdict: Verdict): OrderVerdict {
  if (verdict.verdict === "pass") {
    return {
      verdict: "pass",
      limitsVersion: verdict.limitsVersion,
      referencePrice: formatDecimal(verdict.reference.price),
      code: null,
      cap: null,
      value: null,
      limit: null,
      level: null,
    };
  }
  const { code, cap, value, limit, level } = verdict;
  return {
    verdict: "denied",
    limitsVersion: null,
    referencePrice: null,
    code,
    cap: cap === "none" ? null : cap,
    value,
    limit,
    level: level ?? null,
  };
}
