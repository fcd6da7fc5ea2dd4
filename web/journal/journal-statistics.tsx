import { useQuery } from "@tanstack/react-query";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatCount, formatNumber, formatPercent } from "../format/format.ts";
import { journalStatisticsQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { statisticsRows } from "./statistics-rows.ts";

interface JournalStatisticsCardProps {
  readonly chosen: string | undefined;
  readonly onTag: (tag: string) => void;
}

/** How the trades of each tag went, beside all of them: by currency, as money of several has no sum. */
export function JournalStatisticsCard({ chosen, onTag }: JournalStatisticsCardProps) {
  const query = useQuery(journalStatisticsQuery);
  if (query.isPending) return <Skeleton className="h-40 w-full" />;
  if (query.data === undefined) return <InlineError error={query.error} />;
  const rows = statisticsRows(query.data);
  if (rows.length === 0) return null;
  return (
    <section aria-label="Statistics by tag" className="card overflow-hidden">
      <RecordTable
        label="Statistics by tag"
        rows={rows}
        keyOf={({ currency, tag }) => `${currency} ${tag}`}
        columns={[
          {
            title: "Tag",
            left: true,
            cell: ({ tag, words }) =>
              tag === "" ? (
                <span className="font-medium">{words}</span>
              ) : (
                <Button
                  kind="quiet"
                  aria-pressed={tag === chosen}
                  className="-ml-2 min-h-7 max-w-72 justify-start px-2 aria-pressed:bg-accent-soft aria-pressed:text-accent"
                  onClick={() => onTag(tag)}
                >
                  <span className="truncate">{words}</span>
                </Button>
              ),
          },
          { title: "Profit", cell: ({ profit, currency }) => <Amount text={profit} currency={currency} /> },
          { title: "Trades", cell: ({ trades }) => formatCount(trades) },
          { title: "Won", cell: ({ winRate }) => formatPercent(winRate, { digits: 0 }) },
          { title: "Profit factor", cell: ({ profitFactor }) => formatNumber(profitFactor) },
          { title: "Each", cell: ({ averageProfit, currency }) => <Amount text={averageProfit} currency={currency} /> },
        ]}
      />
    </section>
  );
}

function Amount({ text, currency }: { text: string; currency: string }) {
  return <Signed value={decimalNumber(text)}>{formatAmount(text, currency, { sign: "always" })}</Signed>;
}
