import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import { wordsOfReason } from "../../schema/wire/code-words.ts";
import type { Order } from "../../schema/wire/trading.ts";
import type { BotTab } from "../app/trading-search.ts";
import { OrderCard, orderColumns } from "../order/order-columns.tsx";
import { fillColumns } from "../trading/fill-columns.tsx";
import { botLogQuery, fillsQuery, ordersQuery } from "../trading/queries.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Moment } from "../ui/moment.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { SkeletonRows } from "../ui/states.tsx";
import { BotSettings } from "./bot-settings.tsx";
import { ShadowPanel } from "./shadow-panel.tsx";

const SignalsPanel = lazy(async () => ({ default: (await import("../signal/signals-panel.tsx")).SignalsPanel }));

interface BotTabPanelProps {
  readonly tab: BotTab;
  readonly bot: Bot;
  readonly state: BotState | null;
  readonly currency: string;
  readonly onOrder: (id: string) => void;
}

/** One of the lists of a bot. */
export function BotTabPanel({ tab, bot, state, currency, onOrder }: BotTabPanelProps) {
  switch (tab) {
    case "signals":
      return (
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <SignalsPanel bot={bot} state={state} onOrder={onOrder} />
        </Suspense>
      );
    case "orders":
      return <BotOrders id={bot.id} state={state} onOrder={onOrder} />;
    case "fills":
      return <BotFills id={bot.id} state={state} />;
    case "shadow":
      return <ShadowPanel shadow={state?.shadow ?? null} currency={currency} />;
    case "log":
      return <BotLog id={bot.id} state={state} />;
    case "settings":
      return <BotSettings bot={bot} currency={currency} />;
  }
}

function BotOrders({ id, state, onOrder }: { id: string; state: BotState | null; onOrder: (id: string) => void }) {
  const query = useInfiniteQuery(ordersQuery({ botId: id }));
  const open = state?.openOrders ?? [];
  return (
    <>
      {open.length > 0 && (
        <>
          <h3 className="px-4 pt-3 pb-1 font-semibold">Open</h3>
          <Orders label="Open orders of the bot" rows={open} onOrder={onOrder} />
          <h3 className="border-t border-line px-4 pt-3 pb-1 font-semibold">All</h3>
        </>
      )}
      <LoadedRows
        query={query}
        noun="order"
        empty={<p className="px-4 py-6 text-muted">No order yet. The first signal that passes the caps makes one.</p>}
      >
        {(rows: readonly Order[]) => <Orders label="Orders of the bot" rows={rows} onOrder={onOrder} />}
      </LoadedRows>
    </>
  );
}

function Orders({ label, rows, onOrder }: { label: string; rows: readonly Order[]; onOrder: (id: string) => void }) {
  return (
    <ListTable
      label={label}
      rows={rows}
      columns={orderColumns({ nameOf: (order) => order.signal })}
      keyOf={(order) => order.id}
      onOpen={(order) => onOrder(order.id)}
      card={(order) => <OrderCard order={order} name={order.signal} onOpen={() => onOrder(order.id)} />}
    />
  );
}

function BotFills({ id, state }: { id: string; state: BotState | null }) {
  const query = useInfiniteQuery(fillsQuery({ botId: id }));
  const latest = state?.fills ?? [];
  return (
    <LoadedRows query={query} noun="fill" empty={<p className="px-4 py-6 text-muted">Nothing traded yet.</p>}>
      {(rows) => {
        const known = new Set(rows.map((fill) => fill.id));
        const fresh = latest.filter((fill) => !known.has(fill.id));
        return (
          <RecordTable
            label="Fills of the bot"
            rows={[...fresh, ...rows]}
            columns={fillColumns({ market: true })}
            keyOf={(fill) => fill.id}
          />
        );
      }}
    </LoadedRows>
  );
}

const TONES: Readonly<Partial<Record<BotLogEntry["kind"], BadgeTone>>> = {
  signal: "accent",
  denied: "danger",
  error: "danger",
  halted: "danger",
  paused: "notice",
  skipped: "notice",
  missing: "notice",
  locked: "danger",
  unprotected: "danger",
};

function BotLog({ id, state }: { id: string; state: BotState | null }) {
  const query = useInfiniteQuery(botLogQuery(id));
  const latest = state?.log ?? [];
  return (
    <LoadedRows query={query} noun="line" empty={<p className="px-4 py-6 text-muted">Nothing happened yet.</p>}>
      {(rows) => {
        const newest = rows[0]?.sequence ?? -1;
        const fresh = latest.filter(({ sequence }) => sequence > newest);
        return (
          <RecordTable
            label="Log of the bot"
            rows={[...fresh, ...rows]}
            keyOf={({ sequence }) => sequence}
            columns={[
              { title: "What", left: true, cell: ({ kind }) => <Badge tone={TONES[kind] ?? "neutral"}>{kind}</Badge> },
              { title: "When", left: true, cell: ({ at }) => <Moment timeMs={at} /> },
              { title: "", left: true, wrap: true, cell: ({ message }) => wordsOfReason(message) },
            ]}
          />
        );
      }}
    </LoadedRows>
  );
}
