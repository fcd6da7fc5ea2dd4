import { useQuery } from "@tanstack/react-query";
import type { JournalStatistics } from "../../schema/wire/journal.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatCount, formatNumber, formatPercent } from "../format/format.ts";
import { journalStatisticsQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Signed } from "../ui/signed.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";

type Row = JournalStatistics["all"];

interface JournalStatisticsCardProps {
  readonly chosen: string | undefined;
  readonly onTag: (tag: string) => void;
}

/** How the trades of each tag went, beside all of them. */
export function JournalStatisticsCard({ chosen, onTag }: JournalStatisticsCardProps) {
  const query = useQuery(journalStatisticsQuery);
  if (query.isPending) return <Skeleton className="h-40 w-full" />;
  if (query.data === undefined) return <InlineError error={query.error} />;
  const { all, tags } = query.data;
  if (all.trades === 0) return null;
  return (
    <section aria-label="Statistics by tag" className="card overflow-hidden">
      <RecordTable
        label="Statistics by tag"
        rows={[all, ...tags]}
        keyOf={({ tag }) => tag}
        columns={[
          {
            title: "Tag",
            left: true,
            cell: ({ tag }) =>
              tag === "" ? (
                <span className="font-medium">All trades</span>
              ) : (
                <Button
                  kind="quiet"
                  aria-pressed={tag === chosen}
                  className="-ml-2 min-h-7 max-w-72 justify-start px-2 aria-pressed:bg-accent-soft aria-pressed:text-accent"
                  onClick={() => onTag(tag)}
                >
                  <span className="truncate">{tag}</span>
                </Button>
              ),
          },
          { title: "Profit", cell: ({ profit }) => <Amount text={profit} /> },
          { title: "Trades", cell: ({ trades }) => formatCount(trades) },
          { title: "Won", cell: ({ winRate }) => formatPercent(winRate, { digits: 0 }) },
          { title: "Profit factor", cell: ({ profitFactor }: Row) => formatNumber(profitFactor) },
          { title: "Each", cell: ({ averageProfit }) => <Amount text={averageProfit} /> },
        ]}
      />
    </section>
  );
}

function Amount({ text }: { text: string }) {
  return <Signed value={decimalNumber(text)}>{formatAmount(text, "", { sign: "always" })}</Signed>;
}
