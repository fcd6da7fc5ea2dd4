// biome-ignore-all lint/a11y/useSemanticElements: rows that are drawn on demand are placed by themselves, which cells of a real table cannot be.
// biome-ignore-all lint/a11y/useFocusableInteractive: the table takes the focus and its arrow keys choose the row.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef } from "react";
import type { Trade } from "../../schema/wire/report.ts";
import { classNames } from "../ui/class-names.ts";
import { useWideScreen } from "../ui/screen.ts";
import { SortMark } from "../ui/sort-mark.tsx";
import { TradeCard } from "./trade-card.tsx";
import { TRADE_COLUMNS, type TradeColumn, type TradeContext } from "./trade-columns.tsx";
import type { TradeSort, TradeView } from "./trade-list.ts";

const ROW_PX = 30;
const CARD_PX = 76;
/** Rows drawn above and below what is visible, so that fast scrolling shows no holes. */
const SPARE_ROWS = 12;

interface TradesTableProps extends TradeContext {
  readonly trades: readonly Trade[];
  readonly view: TradeView;
  readonly selected: number | null;
  readonly onSort: (sort: TradeSort) => void;
  readonly onSelect: (trade: Trade) => void;
}

/** All trades of a run. Only the rows on screen exist, so ten thousand scroll as smoothly as ten. */
export function TradesTable(props: TradesTableProps) {
  const { trades, selected, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const wide = useWideScreen();
  const columns = TRADE_COLUMNS.filter((column) => column.shown?.(props) ?? true);
  const rowPx = wide ? ROW_PX : CARD_PX;
  const rows = useVirtualizer({
    count: trades.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: SPARE_ROWS,
    getItemKey: (index) => trades[index]?.id ?? index,
  });

  function onKeyDown(event: KeyboardEvent) {
    const now = trades.findIndex((trade) => trade.id === selected);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -trades.length, End: trades.length }[
      event.key
    ];
    if (step === undefined || trades.length === 0) return;
    event.preventDefault();
    const next = Math.min(trades.length - 1, Math.max(0, (now < 0 ? -1 : now) + step));
    onSelect(trades[next]);
    rows.scrollToIndex(next, { align: "auto" });
  }

  const style = {
    gridTemplateColumns: columns.map((column) => column.width).join(" "),
    minWidth: leastWidthPx(columns),
  };
  return (
    <div
      ref={box}
      role="table"
      aria-label="Trades. Up and down arrows move, and the chart follows."
      aria-rowcount={trades.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the table scrolls and its rows are walked by arrow keys.
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="scroll-thin relative overflow-auto text-table focus-visible:outline-offset-[-2px]"
      style={{ maxHeight: 520, contain: "strict", height: Math.min(520, trades.length * rowPx + (wide ? 34 : 2) + 12) }}
    >
      {wide && <HeadRow columns={columns} style={style} view={props.view} onSort={props.onSort} />}
      <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => (
          <TradeRow
            key={item.key}
            trade={trades[item.index]}
            place={{ index: item.index, top: item.start, height: rowPx }}
            {...{ columns, style, wide, context: props, chosen: trades[item.index].id === selected, onSelect }}
          />
        ))}
      </div>
    </div>
  );
}

/** Under this width the table scrolls sideways: the least widths of its columns, the gaps and the padding. */
function leastWidthPx(columns: readonly TradeColumn[]): number {
  const widths = columns.map((column) => Number(/\d+/.exec(column.width)?.[0] ?? 0));
  return widths.reduce((sum, width) => sum + width + 12, 20);
}

interface HeadRowProps {
  readonly columns: readonly TradeColumn[];
  readonly style: { gridTemplateColumns: string; minWidth: number };
  readonly view: TradeView;
  readonly onSort: (sort: TradeSort) => void;
}

function HeadRow({ columns, style, view, onSort }: HeadRowProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-surface">
      <div role="row" className="grid h-8 items-center gap-x-3 border-b border-line px-4" style={style}>
        {columns.map((column) => {
          const { sort } = column;
          const sorted = sort !== undefined && sort === view.sort;
          return (
            <div
              key={column.title}
              role="columnheader"
              aria-sort={sorted ? (view.order === "asc" ? "ascending" : "descending") : undefined}
              className={classNames("min-w-0 font-medium text-muted", column.left ? "text-left" : "text-right")}
            >
              {sort === undefined ? (
                column.title
              ) : (
                <button
                  type="button"
                  title={column.hint}
                  onClick={() => onSort(sort)}
                  className={classNames(
                    "inline-flex min-h-6 items-center gap-0.5 whitespace-nowrap hover:text-ink",
                    sorted && "text-ink",
                  )}
                >
                  {!column.left && <SortMark order={sorted ? view.order : undefined} />}
                  {column.title}
                  {column.left && <SortMark order={sorted ? view.order : undefined} />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface TradeRowProps {
  readonly trade: Trade;
  readonly columns: readonly TradeColumn[];
  readonly style: { gridTemplateColumns: string; minWidth: number };
  readonly wide: boolean;
  readonly chosen: boolean;
  readonly context: TradeContext;
  readonly place: { index: number; top: number; height: number };
  readonly onSelect: (trade: Trade) => void;
}

function TradeRow({ trade, columns, style, wide, chosen, context, place, onSelect }: TradeRowProps) {
  const look = classNames(
    "absolute left-0 w-full cursor-pointer border-b border-line/60 px-4 hover:bg-hover",
    chosen && "bg-accent-soft hover:bg-accent-soft",
  );
  const position = { top: place.top, height: place.height };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the table around it handles the keys.
    <div
      role="row"
      aria-rowindex={place.index + 2}
      aria-selected={chosen}
      tabIndex={-1}
      className={classNames(look, wide && "grid items-center gap-x-3")}
      style={wide ? { ...style, ...position } : position}
      onClick={() => onSelect(trade)}
    >
      {wide ? (
        columns.map((column) => (
          <div
            key={column.title}
            role="cell"
            className={classNames("num min-w-0 truncate", column.left ? "text-left" : "text-right")}
          >
            {column.cell(trade, context)}
          </div>
        ))
      ) : (
        <TradeCard trade={trade} context={context} />
      )}
    </div>
  );
}
