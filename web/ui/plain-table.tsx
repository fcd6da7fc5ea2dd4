import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface PlainColumn<T> {
  readonly title: string;
  readonly left?: boolean;
  /** Sentences may take several lines; everything else stays on one. */
  readonly wrap?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface PlainTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly PlainColumn<T>[];
  readonly keyOf: (row: T) => string | number;
  readonly empty?: string;
}

/** A small table of a report: numbers at the right, no controls. */
export function PlainTable<T>({ label, rows, columns, keyOf, empty }: PlainTableProps<T>) {
  if (rows.length === 0) return <p className="text-muted">{empty ?? "Nothing to show."}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section tabIndex={0} aria-label={label} className="scroll-thin overflow-x-auto">
      <table aria-label={label} className="num w-full text-table">
        <thead className="text-muted">
          <tr>
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                className={classNames(
                  "h-7 px-2 font-medium whitespace-nowrap first:pl-0 last:pr-0",
                  column.left ? "text-left" : "text-right",
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.title}
                  className={classNames(
                    "border-t border-line px-2 py-1.5 first:pl-0 last:pr-0",
                    column.left ? "text-left" : "text-right",
                    column.wrap ? "min-w-40" : "whitespace-nowrap",
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
