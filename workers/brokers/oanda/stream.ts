import { magnitude, NO_QUANTITY } from "../../core/ledger/decimal.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import { asClientOrderId } from "../../core/order/order-id.ts";
import { readJson } from "../request/read-json.ts";
import { venueUnits } from "../venue-decimal.ts";
import type { VenueNews } from "../venue-news.ts";
import type { StreamScript, StreamStep } from "../venue-stream.ts";
import type { OandaKey } from "./account-requests.ts";
import { waitingId } from "./find-order.ts";
import { LEG_FIELDS } from "./order-body.ts";
import { endingOf, fillsOf, instrumentId, isReplacement, type OrderContext, venueOrderOf } from "./parse.ts";
import { heartbeat, type OandaTransaction, oandaTransaction } from "./payloads.ts";
import { oandaHeaders } from "./sign.ts";

/** A heartbeat comes every five seconds: two that are missing mean that the connection is dead. */
export const SILENCE_MS_MAX = 10_000;
/** The venue names no age at which it ends a connection; a new one twice a day keeps reconnecting in practice. */
export const AGE_MS_MAX = 12 * 3_600_000;
/** Characters of a line: the longest transaction closes some hundred trades. */
const LINE_CHARACTERS_MAX = 256 * 1024;
/** Orders and trades that are remembered: what is not is asked for. */
const KEPT_MAX = 2_000;

const CREATED = /^(MARKET|LIMIT|STOP|MARKET_IF_TOUCHED|TAKE_PROFIT|STOP_LOSS|TRAILING_STOP_LOSS|FIXED_PRICE)_ORDER$/;

export interface OandaStreamParts {
  readonly stream: string;
  readonly key: OandaKey;
  readonly currency: string;
}

/**
 * The account's transactions as they happen. They are numbered without a gap, so a number that is passed over, in a line
 * or in a heartbeat, is told as a gap and fetched by number.
 */
export class OandaTransactionScript implements StreamScript {
  readonly transport = "lines";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly silenceMs = SILENCE_MS_MAX;
  readonly ageMsMax = AGE_MS_MAX;
  private readonly currency: string;
  private last: bigint | undefined;
  private readonly created = new Map<string, VenueOrder>();
  private readonly reducing = new Set<string>();
  private readonly trades = new Map<string, OrderContext["like"]>();
  private readonly legs = new Map<string, readonly VenueOrder[]>();
  /** An order that was created is told when it is sure that the same breath did not end it. */
  private held: { readonly batch: string; readonly news: VenueNews & { type: "order" } }[] = [];

  constructor({ stream, key, currency }: OandaStreamParts) {
    this.url = `${stream}/v3/accounts/${encodeURIComponent(key.accountId)}/transactions/stream`;
    this.headers = oandaHeaders(key.token);
    this.currency = currency;
  }

  open(): StreamStep {
    this.last = undefined;
    this.held = [];
    return { send: [], news: [{ type: "gap", reason: "the stream begins" }] };
  }

  take(frame: string): StreamStep {
    if (frame.trim() === "") return QUIET;
    try {
      if (frame.length > LINE_CHARACTERS_MAX) throw new RangeError("a line must be shorter");
      const line = readJson(frame);
      const beat = heartbeat.safeParse(line);
      if (beat.success) return { send: [], news: [...this.flush(), ...this.beat(beat.data)], isReady: true };
      return { send: [], news: this.hear(oandaTransaction.parse(line)), isReady: true };
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unreadable";
      return { send: [], news: [...this.flush(), { type: "gap", reason: `a line could not be read: ${reason}` }] };
    }
  }

  tick(): StreamStep {
    return { send: [], news: this.flush() };
  }

  private beat({ lastTransactionID }: { lastTransactionID?: string | undefined }): VenueNews[] {
    if (lastTransactionID === undefined) return [];
    const told = BigInt(lastTransactionID);
    const missed = this.last !== undefined && told > this.last;
    if (this.last === undefined || told > this.last) this.last = told;
    return missed ? [{ type: "gap", reason: "a heartbeat tells of more" }] : [];
  }

  private hear(transaction: OandaTransaction): VenueNews[] {
    const id = BigInt(transaction.id);
    const missed = this.last !== undefined && id > this.last + 1n;
    if (this.last === undefined || id > this.last) this.last = id;
    const news = this.held.some(({ batch }) => batch !== transaction.batchID) ? this.flush() : [];
    if (missed) news.push({ type: "gap", reason: "a number was passed over" });
    return [...news, ...this.newsOf(transaction)];
  }

  private newsOf(transaction: OandaTransaction): VenueNews[] {
    if (CREATED.test(transaction.type)) return this.create(transaction);
    if (transaction.type === "ORDER_FILL") return this.fill(transaction);
    if (transaction.type === "ORDER_CANCEL") return this.cancel(transaction);
    // Money that moved, refusals, changes of the account: rare, and asked for whole.
    return [{ type: "gap", reason: transaction.type }];
  }

  private create(transaction: OandaTransaction): VenueNews[] {
    const { type, batchID = transaction.id, tradeID } = transaction;
    const like = tradeID === undefined ? undefined : this.trades.get(tradeID);
    if (transaction.units === undefined && like === undefined) {
      return [{ type: "gap", reason: "an order protects a trade that is not known" }];
    }
    const record = { ...transaction, type: type.replace(/_ORDER$/, ""), state: "PENDING" } as const;
    const order = venueOrderOf(record, { like, status: "open", filled: NO_QUANTITY });
    keep(this.created, order.venueOrderId, order);
    if (transaction.positionFill === "REDUCE_ONLY") this.reducing.add(order.venueOrderId);
    if (this.reducing.size > KEPT_MAX) this.reducing.clear();
    keep(this.legs, order.venueOrderId, waitingLegs(transaction, order));
    this.held.push({ batch: batchID, news: { type: "order", order, reason: "" } });
    return [];
  }

  private fill(transaction: OandaTransaction): VenueNews[] {
    const { orderID = "", tradeOpened, instrument = "" } = transaction;
    const fills = fillsOf(transaction, this.currency).map((fill): VenueNews => ({ type: "fill", fill }));
    if (tradeOpened !== undefined) {
      const units = venueUnits(tradeOpened.units, "trade.units");
      const side = units < 0n ? "buy" : "sell";
      keep(this.trades, tradeOpened.tradeID, {
        ...{ instrument: instrumentId(instrument), side, quantity: magnitude(units) },
      });
    }
    this.held = this.held.filter(({ news }) => news.order.venueOrderId !== orderID);
    const order = this.created.get(orderID);
    if (order === undefined) return fills;
    const filled = magnitude(venueUnits(transaction.units ?? "0", "fill.units"));
    // What is left of an order that filled in part may go on under a new number, or end.
    if (filled < order.quantity) return [...fills, { type: "gap", reason: "an order filled in part" }];
    fills.push({ type: "order", order: { ...order, status: "filled", filled }, reason: "" });
    return tradeOpened === undefined ? [...fills, ...this.endLegs(orderID)] : fills;
  }

  private cancel(transaction: OandaTransaction): VenueNews[] {
    const { orderID = "", clientOrderID = "" } = transaction;
    // The order's next version comes with it, and tells its terms.
    if (isReplacement(transaction)) return [];
    const wasHeld = this.held.some(({ news }) => news.order.venueOrderId === orderID);
    this.held = this.held.filter(({ news }) => news.order.venueOrderId !== orderID);
    const { status, reason } = endingOf(transaction, { reduceOnly: this.reducing.has(orderID) });
    const id = asClientOrderId(clientOrderID);
    if (status === "rejected" && wasHeld && id !== undefined) {
      return [{ type: "rejected", id, code: reason }, ...this.endLegs(orderID)];
    }
    const order = this.created.get(orderID);
    if (order === undefined) return [{ type: "gap", reason: "an order ended that is not known" }];
    return [{ type: "order", order: { ...order, status, filled: NO_QUANTITY }, reason }, ...this.endLegs(orderID)];
  }

  private endLegs(orderId: string): VenueNews[] {
    const legs = this.legs.get(orderId) ?? [];
    return legs.map((leg) => ({ type: "order", order: { ...leg, status: "canceled" }, reason: "linked" }));
  }

  private flush(): VenueNews[] {
    const news = this.held.map((held): VenueNews => held.news);
    this.held = [];
    return news;
  }
}

const QUIET: StreamStep = { send: [], news: [] };

/** Legs that an order carries, as orders that wait. */
function waitingLegs(transaction: OandaTransaction, parent: VenueOrder): VenueOrder[] {
  return LEG_FIELDS.flatMap((field): VenueOrder[] => {
    const clientOrderId = transaction[field]?.clientExtensions?.id;
    if (clientOrderId === undefined) return [];
    const side = parent.side === "buy" ? "sell" : "buy";
    const venueOrderId = waitingId(parent.venueOrderId, field);
    return [{ ...parent, clientOrderId, venueOrderId, side, limit: undefined, stop: undefined }];
  });
}

/** Remembers so many, the oldest of which makes room. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT_MAX && oldest !== undefined) map.delete(oldest);
}
