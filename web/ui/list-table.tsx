import { type ReactNode, useState } from "react";
import { classNames } from "./class-names.ts";
import { SortMark } from "./sort-mark.tsx";
import { useRowKeys } from "./use-row-keys.ts";

export interface ListColumn<T, S extends string = string> {
  readonly title: string;
  readonly left?: boolean;
  readonly sort?: S;
  readonly className?: string;
  readonly cell: (row: T) => ReactNode;
}

interface ListTableProps<T, S extends string> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly ListColumn<T, S>[];
  readonly keyOf: (row: T) => string;
  readonly onOpen: (row: T) => void;
  readonly sort?: { readonly by: S; readonly order: "asc" | "desc" };
  readonly onSort?: (by: S) => void;
  /** Other keys on a row; answers whether it used the key. */
  readonly onKey?: (key: string, row: T) => boolean;
  /** A table of few columns, which fits beside something else. */
  readonly narrow?: boolean;
  /** How a row looks where there is no room for a table. */
  readonly card: (row: T) => ReactNode;
}

/** A list of things that can be opened: a table where there is room, cards where there is not. Arrows walk the rows. */
export function ListTable<T, S extends string>(props: ListTableProps<T, S>) {
  const { rows, columns, keyOf, onOpen, onKey } = props;
  const [place, setPlace] = useState(0);
  const keys = useRowKeys((key, index) => {
    const row = rows[index];
    if (key === "Enter") onOpen(row);
    return key === "Enter" || (onKey?.(key, row) ?? false);
  });
  return (
    <>
      <div className="scroll-thin overflow-x-auto max-md:hidden">
        <table
          aria-label={props.label}
          className={classNames("w-full text-table", props.narrow ? "min-w-[560px]" : "min-w-[860px]")}
        >
          <thead>
            <tr className="border-b border-line">
              {columns.map((column) => (
                <HeadCell key={column.title} column={column} sort={props.sort} onSort={props.onSort} />
              ))}
            </tr>
          </thead>
          <tbody ref={keys.body} onKeyDown={keys.onKeyDown}>
            {rows.map((row, index) => (
              <tr
                key={keyOf(row)}
                data-row
                tabIndex={index === Math.min(place, rows.length - 1) ? 0 : -1}
                onFocus={() => setPlace(index)}
                onClick={() => onOpen(row)}
                className="cursor-pointer border-b border-line/70 last:border-b-0 hover:bg-hover focus-visible:outline-offset-[-2px]"
              >
                {columns.map((column) => (
                  <td
                    key={column.title}
                    className={classNames(
                      "num h-10 px-3 whitespace-nowrap first:pl-4 last:pr-4",
                      column.left ? "text-left" : "text-right",
                      column.className,
                    )}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul aria-label={props.label} className="md:hidden">
        {rows.map((row) => (
          <li key={keyOf(row)} className="border-b border-line/70 last:border-b-0">
            {props.card(row)}
          </li>
        ))}
      </ul>
    </>
  );
}

interface HeadCellProps<T, S extends string> {
  readonly column: ListColumn<T, S>;
  readonly sort: ListTableProps<T, S>["sort"];
  readonly onSort: ListTableProps<T, S>["onSort"];
}

function HeadCell<T, S extends string>({ column, sort, onSort }: HeadCellProps<T, S>) {
  const by = column.sort;
  const sorted = by !== undefined && sort?.by === by;
  return (
    <th
      scope="col"
      aria-sort={sorted ? (sort?.order === "asc" ? "ascending" : "descending") : undefined}
      className={classNames(
        "h-9 px-3 font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4",
        column.left ? "text-left" : "text-right",
        column.className,
      )}
    >
      {by === undefined ? (
        column.title
      ) : (
        <button
          type="button"
          onClick={() => onSort?.(by)}
          className={classNames(
            "inline-flex min-h-6 items-center gap-0.5 align-middle hover:text-ink",
            sorted && "text-ink",
          )}
        >
          {!column.left && <SortMark order={sorted ? sort?.order : undefined} />}
          {column.title}
          {column.left && <SortMark order={sorted ? sort?.order : undefined} />}
        </button>
      )}
    </th>
  );
}
