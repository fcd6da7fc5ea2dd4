import type { EmulatedBook } from "../emulated-book.ts";
import { type EmulatedOrder, isLive } from "../emulated-order.ts";
import { AlpacaRefusal } from "./alpaca-orders.ts";
import { type AlpacaViews, idOf, timeOf } from "./alpaca-views.ts";

/** An activity that is no trade, as the venue writes it. */
export type OtherActivity = Record<string, unknown> & { readonly id: string };

interface ReadParts {
  readonly book: EmulatedBook;
  readonly views: AlpacaViews;
  readonly account: string;
}

const DAY_MS = 86_400_000;

/** What the venue answers to questions about the account. */
export class AlpacaReads {
  /** Fees, dividends, transfers. */
  readonly others: OtherActivity[] = [];
  /** How long a trade takes to show among the activities, ms. */
  activityLagMs = 0;
  private readonly parts: ReadParts;

  constructor(parts: ReadParts) {
    this.parts = parts;
  }

  /** Undefined where there is nothing at the path. */
  answer(path: string, query: URLSearchParams): unknown {
    const { book, views, account } = this.parts;
    const [, kind, key = ""] = /^\/v2\/(orders|assets|positions)\/(.+)$/.exec(path) ?? [];
    if (kind === "orders") return this.order(book.orders.get(idOf(key)));
    if (kind === "assets") return this.assets(new URLSearchParams()).find(({ symbol }) => symbol === key);
    if (kind === "positions") return views.positions().find(({ symbol }) => symbol === key.replace("/", ""));
    switch (path) {
      case "/v2/account":
        return views.account(account);
      case "/v2/account/configurations":
        return { no_shorting: false, suspend_trade: false, fractional_trading: true };
      case "/v2/clock":
        return this.clock();
      case "/v2/calendar":
        return this.calendar();
      case "/v2/assets":
        return this.assets(query);
      case "/v2/positions":
        return views.positions();
      case "/v2/orders":
        return this.orders(query);
      case "/v2/orders:by_client_order_id":
        return this.order(this.byClientId(query.get("client_order_id") ?? ""));
      case "/v2/account/activities":
      case "/v2/account/activities/FILL":
        return this.activities(query, path.endsWith("FILL") || query.get("activity_types") === "FILL");
      default:
        return undefined;
    }
  }

  private byClientId(clientId: string): EmulatedOrder | undefined {
    return [...this.parts.book.orders.values()].find((order) => order.clientId === clientId);
  }

  private order(order: EmulatedOrder | undefined): unknown {
    if (order === undefined) throw new AlpacaRefusal(404, 40410000, "order not found");
    return this.parts.views.order(order);
  }

  private orders(query: URLSearchParams): unknown[] {
    const { book, views } = this.parts;
    const status = query.get("status") ?? "open";
    const nested = query.get("nested") === "true";
    const limit = Number(query.get("limit") ?? "50");
    const symbols = query.get("symbols")?.split(",");
    const before = query.get("before_order_id");
    const isShown = (order: EmulatedOrder) => status === "all" || isLive(order) === (status === "open");
    const all = [...book.orders.values()].filter((order) => {
      if (!isShown(order) || (before !== null && order.id >= idOf(before))) return false;
      if (symbols !== undefined && !symbols.includes(order.symbol) && !symbols.includes(order.symbol.replace("/", "")))
        return false;
      // What waits is not listed by itself, and what is rolled up stands under its order.
      if (order.status === "pending") return false;
      const parent = order.parent === undefined ? undefined : book.orders.get(order.parent);
      return !(nested && parent !== undefined && isShown(parent));
    });
    const sorted = query.get("direction") === "asc" ? all : all.reverse();
    return sorted.slice(0, limit).map((order) => views.order(order, { nested }));
  }

  private activities(query: URLSearchParams, isFills: boolean): unknown[] {
    const { book, views } = this.parts;
    const visible = book.fills.filter(({ at }) => at + this.activityLagMs <= book.now());
    const fills = visible.map((fill) => views.fill(fill) as OtherActivity);
    const category = query.get("category");
    const all =
      isFills || category === "trade_activity"
        ? fills
        : category === null
          ? [...fills, ...this.others]
          : [...this.others];
    const sorted = all.sort((left, right) => (left.id < right.id ? -1 : 1));
    const isRising = query.get("direction") === "asc";
    const ordered = isRising ? sorted : sorted.reverse();
    const token = query.get("page_token");
    const after = query.get("after");
    const from = after === null ? 0 : Date.parse(after);
    const rows = ordered.filter(({ id, transaction_time: traded, created_at: created }) => {
      if (Date.parse(String(traded ?? created)) < from) return false;
      return token === null || (isRising ? id > token : id < token);
    });
    return rows.slice(0, Number(query.get("page_size") ?? "100"));
  }

  private assets(query: URLSearchParams): Record<string, unknown>[] {
    const { book, views } = this.parts;
    const kind = query.get("asset_class");
    const all = [...book.instruments.values()].map((instrument) => views.asset(instrument));
    return all.filter((asset) => kind === null || asset.class === kind);
  }

  private clock() {
    const now = this.parts.book.now();
    const next = Math.floor(now / DAY_MS) * DAY_MS + DAY_MS;
    return {
      timestamp: timeOf(now),
      is_open: true,
      next_open: timeOf(next + 14.5 * 3_600_000),
      next_close: timeOf(next - 3 * 3_600_000),
    };
  }

  private calendar() {
    const date = new Date(this.parts.book.now()).toISOString().slice(0, 10);
    return [
      { date, open: "09:30", close: "16:00", session_open: "0400", session_close: "2000", settlement_date: date },
    ];
  }
}
