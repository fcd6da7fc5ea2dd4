import { Image as ImageIcon, Star } from "lucide-react";
import type { JournalTrade } from "../../schema/wire/journal.ts";
import { decimalNumber, formatAmount, formatDecimalQuantity, formatMeanPrice } from "../format/decimal.ts";
import { formatDuration } from "../format/time.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { Badge } from "../ui/badge.tsx";
import type { ListColumn } from "../ui/list-table.tsx";
import { Moment } from "../ui/moment.tsx";
import { Signed } from "../ui/signed.tsx";
import { endingWords } from "./ending-words.ts";

/** "Long 0.42 BTC-USD". */
export function tradeWords({ side, quantity, instrument }: JournalTrade): string {
  return `${side === "long" ? "Long" : "Short"} ${formatDecimalQuantity(quantity)} ${instrumentName(instrument)}`;
}

/** The columns of the journal. */
export function journalColumns(currencyOf: (trade: JournalTrade) => string): readonly ListColumn<JournalTrade>[] {
  return [
    {
      title: "Trade",
      left: true,
      cell: (trade) => <span className="text-base font-medium">{tradeWords(trade)}</span>,
    },
    {
      title: "Profit",
      cell: (trade) => (
        <Signed value={decimalNumber(trade.profit)}>
          {formatAmount(trade.profit, currencyOf(trade), { sign: "always" })}
        </Signed>
      ),
    },
    {
      title: "From, to",
      cell: ({ entryPrice, exitPrice }) => (
        <>
          {formatMeanPrice(entryPrice)} <span className="text-muted">to</span> {formatMeanPrice(exitPrice)}
        </>
      ),
    },
    { title: "Ended by", left: true, cell: endingWords },
    { title: "Held", cell: ({ openedAt, closedAt }) => formatDuration(closedAt - openedAt) },
    { title: "Rating", left: true, cell: ({ rating }) => <Rating value={rating} /> },
    { title: "Notes", left: true, className: "w-full max-w-0", cell: (trade) => <Written trade={trade} /> },
    { title: "Closed", cell: ({ closedAt }) => <Moment timeMs={closedAt} /> },
  ];
}

/** A trade in the journal on a phone. */
export function JournalCard(props: { trade: JournalTrade; currency: string; onOpen: () => void }) {
  const { trade, currency, onOpen } = props;
  return (
    <button type="button" onClick={onOpen} className="num block w-full px-4 py-3 text-left">
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{tradeWords(trade)}</span>
        <Signed value={decimalNumber(trade.profit)} className="shrink-0 font-semibold">
          {formatAmount(trade.profit, currency, { sign: "always" })}
        </Signed>
      </span>
      <span className="mt-0.5 flex justify-between gap-3 text-table text-muted">
        <span>
          {endingWords(trade)}, held {formatDuration(trade.closedAt - trade.openedAt)}
        </span>
        <Moment timeMs={trade.closedAt} />
      </span>
      <span className="mt-1 flex min-w-0 items-center gap-2">
        <Rating value={trade.rating} />
        <Written trade={trade} />
      </span>
    </button>
  );
}

function Written({ trade }: { trade: JournalTrade }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      {trade.tags.slice(0, 3).map((tag) => (
        <Badge key={tag}>{tag.length > 18 ? `${tag.slice(0, 17)}…` : tag}</Badge>
      ))}
      {trade.tags.length > 3 && <span className="text-table text-muted">+{trade.tags.length - 3}</span>}
      {trade.hasPicture && <ImageIcon size={13} aria-label="with a picture" className="shrink-0 text-faint" />}
      <span className="min-w-0 truncate text-muted">{trade.notes.split("\n")[0]}</span>
    </span>
  );
}

function Rating({ value }: { value: number | null }) {
  if (value === null) return <span className="text-faint">—</span>;
  return (
    <span role="img" aria-label={`${value} of 5`} className="inline-flex">
      {[1, 2, 3, 4, 5].map((at) => (
        <Star
          key={at}
          size={12}
          aria-hidden
          className={at <= value ? "fill-current text-accent" : "text-line-strong"}
        />
      ))}
    </span>
  );
}
