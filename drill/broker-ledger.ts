/** Decimals of quantities and prices as the broker counts them: its own arithmetic, apart from the desk's. */
const QUANTITY_DECIMALS = 5;
const PRICE_DECIMALS = 2;
const MONEY_DECIMALS = QUANTITY_DECIMALS + PRICE_DECIMALS;
/** What each trade costs, in units of 10^-7. */
const FEE_UNITS = 2_500_000n;

export interface BrokerOrder {
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly quantity: bigint;
  readonly limit: bigint;
  readonly receivedAt: number;
  filled: bigint;
  status: "open" | "filled" | "canceled" | "rejected";
  /** Number of the last change, by which reports tell what is new. */
  changed: number;
}

interface BrokerFill {
  readonly number: number;
  readonly order: BrokerOrder;
  readonly quantity: bigint;
  readonly at: number;
}

/** What an order is asked for with. */
export interface OrderAsked {
  readonly id: string;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  /** Absent for an order that trades at once. */
  readonly limit?: string;
}

/** What the broker says of itself unasked, numbered from 1 on without a gap. */
interface BrokerEvent {
  readonly sequence: number;
  readonly type: "accepted" | "rejected" | "fill" | "canceled";
  readonly order: BrokerOrder;
  readonly fill: BrokerFill | undefined;
  /** Traded of the order until then. */
  readonly filled: bigint;
}

/** The books of one account at the broker: every order that it took, as often as it was sent, and what traded. */
export class BrokerLedger {
  readonly orders: BrokerOrder[] = [];
  readonly fills: BrokerFill[] = [];
  private readonly id: string;
  private readonly currency: string;
  private readonly capital: string;
  private readonly openedAt: number;
  private readonly marketPrice: () => string;
  private readonly said: BrokerEvent[] = [];
  private readonly onSaid: () => void;
  private changes = 1;
  private reportedAt = 0;

  /** `onSaid` is called when there is something to tell. */
  constructor(
    parts: { id: string; currency: string; capital: string; openedAt: number; marketPrice: () => string },
    onSaid: () => void,
  ) {
    this.onSaid = onSaid;
    this.id = parts.id;
    this.currency = parts.currency;
    this.capital = parts.capital;
    this.openedAt = parts.openedAt;
    this.marketPrice = parts.marketPrice;
  }

  /** Takes an order. It does not look whether it has one of that id: a desk that sends twice has two. */
  take(asked: OrderAsked, status: "open" | "rejected", at: number): BrokerOrder {
    const order: BrokerOrder = {
      clientOrderId: asked.id,
      venueOrderId: `${this.id}-${this.orders.length + 1}`,
      instrument: asked.instrument,
      side: asked.side,
      quantity: unitsOf(asked.quantity, QUANTITY_DECIMALS),
      limit: unitsOf(asked.limit ?? this.marketPrice(), PRICE_DECIMALS),
      receivedAt: at,
      ...{ filled: 0n, status, changed: ++this.changes },
    };
    this.orders.push(order);
    this.say(status === "open" ? "accepted" : "rejected", order, undefined);
    if (asked.limit === undefined) this.fill(order, { half: false, at });
    return order;
  }

  private say(type: BrokerEvent["type"], order: BrokerOrder, fill: BrokerFill | undefined): void {
    this.said.push({ sequence: this.said.length + 1, type, order, fill, filled: order.filled });
    this.onSaid();
  }

  /** Trades a share of what is left of an order, as long as it is open. */
  fill(order: BrokerOrder, { half, at }: { half: boolean; at: number }): void {
    const left = order.quantity - order.filled;
    if (order.status !== "open" || left === 0n) return;
    const quantity = half && left > 1n ? left / 2n : left;
    order.filled += quantity;
    if (order.filled === order.quantity) order.status = "filled";
    order.changed = ++this.changes;
    const fill = { number: order.changed, order, quantity, at };
    this.fills.push(fill);
    this.say("fill", order, fill);
  }

  /** Takes back the open order of an id. False where there is none. */
  cancel(id: string): BrokerOrder | undefined {
    const order = this.orders.find((one) => one.clientOrderId === id && one.status === "open");
    if (order === undefined) return undefined;
    order.status = "canceled";
    order.changed = ++this.changes;
    this.say("canceled", order, undefined);
    return order;
  }

  /** What happened after the event of this number. */
  events(after: number): object[] {
    return this.said.slice(after).map(({ sequence, type, order, fill, filled }) => ({
      ...{
        sequence,
        type,
        id: order.clientOrderId,
        venueOrderId: order.venueOrderId,
        code: "REFUSED",
        reason: "asked",
      },
      filled: textOf(filled, QUANTITY_DECIMALS),
      ...(fill === undefined ? {} : { fill: this.fillOf(fill) }),
    }));
  }

  report(after: number, at: number): object {
    this.reportedAt = at;
    const orders = this.orders.filter((order) => order.status === "open" || order.changed > after);
    const fills = this.fills.filter(({ number }) => number > after);
    const { currency, capital: amount } = this;
    const deposit = after > 0 ? null : { id: `deposit:${this.id}`, at: this.openedAt, currency, amount };
    return {
      ...{ askedAt: at, cursor: String(this.changes), deposit },
      orders: orders.map(orderOf),
      fills: fills.map((fill) => this.fillOf(fill)),
      positions: this.positions(),
      cash: [currency, this.cash()],
    };
  }

  /** Everything there is, for whoever compares. */
  book(): {
    orders: ReturnType<typeof orderOf>[];
    fills: ReturnType<BrokerLedger["fillOf"]>[];
    positions: Held[];
    reportedAt: number;
  } {
    return {
      reportedAt: this.reportedAt,
      orders: this.orders.map(orderOf),
      fills: this.fills.map((fill) => this.fillOf(fill)),
      positions: this.positions(),
    };
  }

  private fillOf({ number, order, quantity, at }: BrokerFill) {
    const { clientOrderId, venueOrderId, instrument, side, limit } = order;
    return {
      ...{ tradeId: `${this.id}-t${number}`, clientOrderId, venueOrderId, instrument, quote: this.currency, side },
      quantity: textOf(quantity, QUANTITY_DECIMALS),
      price: textOf(limit, PRICE_DECIMALS),
      fee: textOf(FEE_UNITS, MONEY_DECIMALS),
      ...{ feeCurrency: this.currency, liquidity: "taker", at },
    };
  }

  private positions(): Held[] {
    const held = new Map<string, bigint>();
    for (const { order, quantity } of this.fills) {
      held.set(order.instrument, (held.get(order.instrument) ?? 0n) + (order.side === "buy" ? quantity : -quantity));
    }
    const open = [...held].filter(([, quantity]) => quantity !== 0n);
    return open.map(([instrument, quantity]) => [instrument, textOf(quantity, QUANTITY_DECIMALS)]);
  }

  private cash(): string {
    const spent = this.fills.reduce((sum, { order, quantity }) => {
      const worth = quantity * order.limit;
      return sum + (order.side === "buy" ? worth : -worth) + FEE_UNITS;
    }, 0n);
    return textOf(unitsOf(this.capital, MONEY_DECIMALS) - spent, MONEY_DECIMALS);
  }
}

type Held = readonly [instrument: string, quantity: string];

function orderOf(order: BrokerOrder) {
  const { quantity, limit, filled, changed: _changed, ...rest } = order;
  return {
    ...rest,
    quantity: textOf(quantity, QUANTITY_DECIMALS),
    limit: textOf(limit, PRICE_DECIMALS),
    filled: textOf(filled, QUANTITY_DECIMALS),
  };
}

function unitsOf(text: string, decimals: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
}

function textOf(units: bigint, decimals: number): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -decimals)}${fraction === "" ? "" : `.${fraction}`}`;
}
