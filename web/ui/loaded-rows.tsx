import type { ReactNode } from "react";
import { formatCount } from "../format/format.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Failure, InlineError, SkeletonRows } from "./states.tsx";

interface RowsQuery<T> {
  readonly data: { readonly pages: readonly { readonly rows: readonly T[] }[] } | undefined;
  readonly isPending: boolean;
  readonly isPlaceholderData: boolean;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly refetch: () => unknown;
  readonly fetchNextPage: () => unknown;
}

/** A list that loads on, in all its states. */
export function LoadedRows<T>(props: {
  query: RowsQuery<T>;
  noun: string;
  empty: ReactNode;
  children: (rows: readonly T[]) => ReactNode;
}) {
  const { query, noun, empty, children } = props;
  if (query.isPending) return <SkeletonRows rows={10} />;
  if (query.data === undefined) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) return empty;
  return (
    <div className={classNames(query.isPlaceholderData && "opacity-60")}>
      {children(rows)}
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2">
        <span role="status" className="num text-table text-muted">
          {formatCount(rows.length)} {rows.length === 1 ? noun : `${noun}s`} shown
          {query.hasNextPage ? "" : ", no older ones"}
        </span>
        {query.isFetchNextPageError && <InlineError error={query.error} />}
        {query.hasNextPage && (
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older
          </Button>
        )}
      </div>
    </div>
  );
}
