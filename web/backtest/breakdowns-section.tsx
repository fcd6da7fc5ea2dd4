import { type KeyboardEvent, useId, useState } from "react";
import type { Breakdown, Tables } from "../../schema/wire/report.ts";
import { formatCount, formatMoney, formatNumber, formatPercent } from "../format/format.ts";
import { formatDate, formatDuration } from "../format/time.ts";
import { Section } from "../ui/page.tsx";
import { PlainTable } from "../ui/plain-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { exitWords } from "./trade-columns.tsx";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly first: string;
  readonly rows: (tables: Tables) => readonly Breakdown[];
  readonly name: (key: string) => string;
}

const TABS: readonly Tab[] = [
  { id: "exit", title: "Exit", first: "Exit", rows: (tables) => tables.byExit, name: exitWords },
  { id: "tag", title: "Tag", first: "Tag", rows: (tables) => tables.byTag, name: (key) => key || "no tag" },
  { id: "market", title: "Market", first: "Market", rows: (tables) => tables.byInstrument, name: (key) => key },
  { id: "hour", title: "Hour", first: "Hour of entry, UTC", rows: (tables) => tables.byHour, name: hourName },
  { id: "day", title: "Weekday", first: "Day of entry, UTC", rows: (tables) => tables.byWeekday, name: weekdayName },
];

/** The same trades grouped by how they ended, where, and when; and the deepest falls. */
export function BreakdownsSection({ tables, currency }: { tables: Tables; currency: string }) {
  const tabs = TABS.filter((tab) => tab.rows(tables).length > (tab.id === "exit" ? 0 : 1));
  const [chosen, setChosen] = useState(tabs[0]?.id ?? "exit");
  const tab = tabs.find((known) => known.id === chosen) ?? tabs[0];
  const panelId = useId();
  return (
    <Section id="breakdowns" title="Breakdowns">
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <div className="card min-w-0 p-4">
          {tab === undefined ? (
            <p className="text-muted">No trades to break down.</p>
          ) : (
            <>
              <TabRow tabs={tabs} chosen={tab.id} onChoose={setChosen} panelId={panelId} />
              <div id={panelId} role="tabpanel" aria-label={tab.title}>
                <Groups rows={tab.rows(tables)} tab={tab} currency={currency} />
              </div>
            </>
          )}
        </div>
        <div className="card min-w-0 p-4">
          <h3 className="mb-3 font-semibold">Deepest draw-downs</h3>
          <Drawdowns tables={tables} />
        </div>
        {tables.refused.length > 0 && (
          <div className="card min-w-0 p-4 lg:col-span-2">
            <h3 className="mb-1 font-semibold">Refused orders</h3>
            <p className="mb-3 text-muted">Orders that the rules of the run did not let through.</p>
            <PlainTable
              label="Refused orders by rule"
              rows={tables.refused}
              keyOf={(row) => row.rule}
              columns={[
                { title: "Rule", left: true, wrap: true, cell: (row) => row.rule },
                { title: "Orders", cell: (row) => formatCount(row.count) },
                {
                  title: "For example",
                  left: true,
                  wrap: true,
                  cell: (row) => <span className="text-muted">{row.example}</span>,
                },
              ]}
            />
          </div>
        )}
      </div>
    </Section>
  );
}

interface TabRowProps {
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly panelId: string;
}

function TabRow({ tabs, chosen, onChoose, panelId }: TabRowProps) {
  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const now = tabs.findIndex((tab) => tab.id === chosen);
    const next = tabs[(now + step + tabs.length) % tabs.length];
    onChoose(next.id);
    document.getElementById(`${panelId}-${next.id}`)?.focus();
  }
  return (
    <div role="tablist" aria-label="Group trades by" className="mb-3 flex flex-wrap gap-x-4 border-b border-line">
      {tabs.map((tab) => (
        <button
          key={tab.id}
          id={`${panelId}-${tab.id}`}
          type="button"
          role="tab"
          aria-selected={tab.id === chosen}
          aria-controls={panelId}
          tabIndex={tab.id === chosen ? 0 : -1}
          onClick={() => onChoose(tab.id)}
          onKeyDown={onKeyDown}
          className="-mb-px min-h-8 border-b-2 border-transparent font-medium text-muted hover:text-ink aria-selected:border-accent aria-selected:text-ink max-md:min-h-10"
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}

function Groups({ rows, tab, currency }: { rows: readonly Breakdown[]; tab: Tab; currency: string }) {
  return (
    <PlainTable
      label={`Trades by ${tab.title.toLowerCase()}`}
      rows={rows}
      keyOf={(row) => row.key}
      columns={[
        { title: tab.first, left: true, cell: (row) => tab.name(row.key) },
        { title: "Trades", cell: (row) => formatCount(row.trades) },
        {
          title: "Profit",
          cell: (row) => <Signed value={row.profit}>{formatMoney(row.profit, currency, { sign: "always" })}</Signed>,
        },
        { title: "Won", cell: (row) => formatPercent(row.winRate, { digits: 1 }) },
        {
          title: "Profit factor",
          // No loss at all has no factor on the wire, and is shown as what it is.
          cell: (row) =>
            row.profitFactor === null && row.trades > 0 && row.profit > 0 ? "∞" : formatNumber(row.profitFactor),
        },
      ]}
    />
  );
}

function Drawdowns({ tables }: { tables: Tables }) {
  return (
    <PlainTable
      label="Deepest draw-downs"
      rows={tables.drawdowns}
      keyOf={(row) => `${row.from} ${row.bottom}`}
      empty="Equity never fell below an earlier peak."
      columns={[
        { title: "Depth", left: true, cell: (row) => <span className="text-loss">{formatPercent(-row.depth)}</span> },
        { title: "From", left: true, cell: (row) => formatDate(row.from) },
        { title: "Bottom", left: true, cell: (row) => formatDate(row.bottom) },
        {
          title: "Recovered",
          left: true,
          cell: (row) => (row.to === null ? <span className="text-muted">not yet</span> : formatDate(row.to)),
        },
        { title: "Length", cell: (row) => formatDuration(row.durationMs) },
      ]}
    />
  );
}

function hourName(key: string): string {
  return /^\d{1,2}$/.test(key) ? `${key.padStart(2, "0")}:00` : key;
}

function weekdayName(key: string): string {
  return /^\d$/.test(key) ? (WEEKDAYS[Number(key) % 7] ?? key) : key;
}
