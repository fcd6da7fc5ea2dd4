import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ListFilter, ListOrdered, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Fill, Order } from "../../schema/wire/trading.ts";
import { parseOrdersSearch } from "../app/trading-search.ts";
import { AccountTag } from "../trading/account-tag.tsx";
import { fillColumns } from "../trading/fill-columns.tsx";
import { accountsQuery, botsQuery, fillsQuery, ordersQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Page } from "../ui/page.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Empty } from "../ui/states.tsx";
import { OrderCard, orderColumns } from "./order-columns.tsx";
import { OrderDialog } from "./order-dialog.tsx";
import { fillFilter, hasOrderFilter, orderFilter } from "./order-filter.ts";
import { OrderFilters } from "./order-filters.tsx";
import { TicketDialog } from "./ticket-dialog.tsx";

/** Every order and every execution, to find again and to look into; and the ticket for one by hand. */
export function OrdersPage() {
  const search = useSearch({ from: "/app/orders" });
  const navigate = useNavigate({ from: "/orders" });
  const set = (change: Record<string, unknown>, replace = true) =>
    void navigate({ search: (now) => parseOrdersSearch({ ...now, ...change }), replace });
  return (
    <Page
      title="Orders and trades"
      actions={
        <Button kind="primary" onClick={() => set({ ticket: "open" })}>
          <Plus size={15} aria-hidden /> Place an order
        </Button>
      }
    >
      <Segmented
        label="What is listed"
        className="mb-3"
        value={search.view ?? "orders"}
        choices={[
          { value: "orders", label: "Orders" },
          { value: "trades", label: "Trades" },
        ]}
        onChange={(view) => set({ view: view === "trades" ? view : undefined })}
      />
      <div className="card overflow-hidden">
        <OrderFilters />
        {search.view === "trades" ? <Trades /> : <Orders onOpen={(order) => set({ order: order.id })} />}
      </div>
      {search.order !== undefined && (
        <OrderDialog key={search.order} id={search.order} onClose={() => set({ order: undefined })} />
      )}
      {search.ticket === "open" && (
        <TicketDialog
          onClose={() => set({ ticket: undefined })}
          onPlaced={(id) => set({ ticket: undefined, order: id })}
        />
      )}
    </Page>
  );
}

function Orders({ onOpen }: { onOpen: (order: Order) => void }) {
  const search = useSearch({ from: "/app/orders" });
  const query = useInfiniteQuery(ordersQuery(orderFilter(search)));
  const bots = useQuery(botsQuery).data;
  const accountOf = useAccountColumn();
  const nameOf = ({ botId, role }: Order) => {
    if (botId === null) return role === "external" ? "At the venue" : "By hand";
    return bots?.find(({ id }) => id === botId)?.name ?? botId;
  };
  return (
    <LoadedRows query={query} noun="order" empty={<NoOrders filtered={hasOrderFilter(search)} />}>
      {(rows) => (
        <ListTable
          label="Orders"
          rows={rows}
          columns={orderColumns({ nameOf, accountOf })}
          keyOf={({ id }) => id}
          onOpen={onOpen}
          card={(order) => (
            <OrderCard order={order} name={nameOf(order)} account={accountOf?.(order)} onOpen={() => onOpen(order)} />
          )}
        />
      )}
    </LoadedRows>
  );
}

function Trades() {
  const search = useSearch({ from: "/app/orders" });
  const query = useInfiniteQuery(fillsQuery(fillFilter(search)));
  const accountOf = useAccountColumn();
  return (
    <LoadedRows query={query} noun="trade" empty={<NoOrders filtered={hasOrderFilter(search)} />}>
      {(rows: readonly Fill[]) => (
        <RecordTable
          label="Trades"
          rows={rows}
          columns={fillColumns({ market: true, accountOf })}
          keyOf={({ id }) => id}
        />
      )}
    </LoadedRows>
  );
}

/** Says of which account a row is, with the word for its money; undefined where a person has one account alone. */
function useAccountColumn(): ((row: Pick<Order, "accountId">) => ReactNode) | undefined {
  const accounts = useQuery(accountsQuery).data ?? [];
  if (accounts.length <= 1) return undefined;
  return ({ accountId }) => <AccountTag account={accounts.find(({ id }) => id === accountId)} />;
}

function NoOrders({ filtered }: { filtered: boolean }) {
  const navigate = useNavigate({ from: "/orders" });
  if (filtered) {
    return (
      <Empty icon={ListFilter} title="Nothing matches">
        Another word, another state or a longer time may find it.
      </Empty>
    );
  }
  return (
    <Empty
      icon={ListOrdered}
      title="No order yet"
      action={
        <Button
          kind="primary"
          onClick={() => void navigate({ search: (now) => ({ ...now, ticket: "open" as const }), replace: true })}
        >
          Place the first order
        </Button>
      }
    >
      What bots and you send stands here with all that happened to it: the verdict of the risk check, the venue's
      answers, each fill.
    </Empty>
  );
}
