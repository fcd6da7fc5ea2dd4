import type { ReactNode } from "react";
import type { Order } from "../../schema/wire/trading.ts";
import { formatDecimalPrice, formatDecimalQuantity, formatMeanPrice } from "../format/decimal.ts";
import { reasonWords } from "../risk/verdict-words.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { OrderStateBadge } from "../trading/mode-word.tsx";
import type { ListColumn } from "../ui/list-table.tsx";
import { Ago } from "../ui/moment.tsx";

const KINDS: Readonly<Record<Order["kind"], string>> = {
  market: "at the market",
  limit: "limit",
  stop: "stop",
  "stop-limit": "stop limit",
  "trailing-stop": "trailing stop",
};

/** "Buy 0.42 BTC-USD". */
export function orderWords({ side, quantity, instrument }: Pick<Order, "side" | "quantity" | "instrument">): string {
  return `${side === "buy" ? "Buy" : "Sell"} ${formatDecimalQuantity(quantity)} ${instrumentName(instrument)}`;
}

/** "limit 61,400.00", "at the market". */
export function orderPriceWords({ kind, limit, stop, trail }: Order): string {
  const prices = [stop, limit].filter((price) => price !== null).map((price) => formatDecimalPrice(price));
  if (kind === "trailing-stop") return `${KINDS[kind]}, ${formatDecimalPrice(trail)} behind`;
  return [KINDS[kind], prices.join(" / ")].filter(Boolean).join(" ");
}

interface OrderColumns {
  /** Who asked for an order. */
  readonly nameOf: (order: Order) => string;
  /** Of which account an order is; absent where a person has one alone. */
  readonly accountOf?: ((order: Order) => ReactNode) | undefined;
}

/** The columns of orders. */
export function orderColumns({ nameOf, accountOf }: OrderColumns): readonly ListColumn<Order>[] {
  return [
    {
      title: "Order",
      left: true,
      cell: (order) => <span className="text-base font-medium">{orderWords(order)}</span>,
    },
    ...(accountOf === undefined ? [] : [{ title: "Account", left: true, cell: accountOf }]),
    {
      title: "Kind",
      left: true,
      cell: (order) => (
        <>
          {orderPriceWords(order)} <span className="text-muted">{order.role}</span>
        </>
      ),
    },
    { title: "State", left: true, cell: (order) => <OrderState order={order} /> },
    { title: "Filled", cell: ({ filled }) => (Number(filled) === 0 ? "—" : formatDecimalQuantity(filled)) },
    { title: "Price", cell: ({ averagePrice }) => formatMeanPrice(averagePrice) },
    {
      title: "By",
      left: true,
      className: "w-full max-w-0",
      cell: (order) => (
        <span className="block truncate text-muted" title={`${nameOf(order)}: ${order.signal}`}>
          {nameOf(order)}
        </span>
      ),
    },
    {
      title: "When",
      cell: ({ createdAt }) => (
        <span className="text-muted">
          <Ago timeMs={createdAt} />
        </span>
      ),
    },
  ];
}

interface OrderCardProps {
  readonly order: Order;
  readonly name: string;
  /** Of which account it is; absent where a person has one alone. */
  readonly account?: ReactNode;
  readonly onOpen: () => void;
}

/** An order in the list on a phone. */
export function OrderCard({ order, name, account, onOpen }: OrderCardProps) {
  return (
    <button type="button" onClick={onOpen} className="num block w-full px-4 py-3 text-left">
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 font-medium">{orderWords(order)}</span>
        <OrderState order={order} />
      </span>
      {account !== undefined && <span className="mt-0.5 flex text-table">{account}</span>}
      <span className="mt-0.5 flex flex-wrap gap-x-3 text-table text-muted">
        <span>{orderPriceWords(order)}</span>
        {order.averagePrice !== null && <span>filled at {formatMeanPrice(order.averagePrice)}</span>}
      </span>
      <span className="mt-0.5 flex justify-between gap-3 text-table text-muted">
        <span className="min-w-0 truncate">{name}</span>
        <Ago timeMs={order.createdAt} />
      </span>
    </button>
  );
}

function OrderState({ order }: { order: Order }) {
  return (
    <span className="inline-flex items-center gap-2">
      <OrderStateBadge state={order.state} released={order.released} />
      {order.reason !== null && <span className="text-danger">{reasonWords(order.reason)}</span>}
      {order.cancelRequested && order.state !== "CANCELED" && <span className="text-muted">cancel asked</span>}
    </span>
  );
}
