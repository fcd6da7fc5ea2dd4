import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { cardPlaces } from "./record-card-place.ts";

export interface RecordColumn<T> {
  readonly title: string;
  readonly left?: boolean;
  /** Sentences may take several lines; everything else stays on one. */
  readonly wrap?: boolean;
  /** Has a row to itself on a card: it is short in a table, and too long for half a card. */
  readonly ownRow?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface RecordTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  /** The first names the row: it heads the row's card where there is no room for a table, the second stands beside it. */
  readonly columns: readonly RecordColumn<T>[];
  readonly keyOf: (row: T) => string | number;
}

/** Rows that are read and not opened: a table where there is room, cards where there is not. */
export function RecordTable<T>({ label, rows, columns, keyOf }: RecordTableProps<T>) {
  return (
    <>
      <div className="scroll-thin overflow-x-auto max-md:hidden">
        <table aria-label={label} className="num w-full text-table">
          <thead>
            <tr className="border-b border-line text-muted">
              {columns.map((column) => (
                <th key={column.title} scope="col" className={cellClass(column, "h-8 font-medium whitespace-nowrap")}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)} className="border-b border-line/70 last:border-b-0">
                {columns.map((column) => (
                  <td
                    key={column.title}
                    className={cellClass(column, column.wrap ? "min-w-48 py-2" : "h-10 whitespace-nowrap")}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul aria-label={label} className="num md:hidden">
        {rows.map((row) => (
          <li key={keyOf(row)} className="border-b border-line/70 px-4 py-3 last:border-b-0">
            <RecordCard row={row} columns={columns} />
          </li>
        ))}
      </ul>
    </>
  );
}

function RecordCard<T>({ row, columns }: { row: T; columns: readonly RecordColumn<T>[] }) {
  const [name, beside, ...others] = columns;
  const places = cardPlaces(others);
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 font-medium">{name.cell(row)}</span>
        {beside !== undefined && <span className="shrink-0">{beside.cell(row)}</span>}
      </div>
      <dl className="mt-1 grid grid-cols-2 gap-x-4 gap-y-0.5 text-table">
        {others.map((column, at) => (
          <div
            key={column.title}
            className={classNames(
              "flex min-w-0 gap-x-2",
              places[at] === "row" ? "col-span-2" : "flex-wrap justify-between",
            )}
          >
            {column.title !== "" && <dt className="shrink-0 text-muted">{column.title}</dt>}
            <dd className={places[at] === "row" ? "min-w-0" : "ml-auto max-w-full truncate"}>{column.cell(row)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function cellClass<T>(column: RecordColumn<T>, extra: string): string {
  return classNames("px-3 first:pl-4 last:pr-4", column.left ? "text-left" : "text-right", extra);
}
