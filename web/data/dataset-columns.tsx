import { Link } from "@tanstack/react-router";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { formatCount } from "../format/format.ts";
import { formatDate, formatPeriod } from "../format/time.ts";
import { Badge, SimulatedBadge } from "../ui/badge.tsx";
import type { ListColumn } from "../ui/list-table.tsx";
import { qualityOf } from "./dataset-quality.ts";

const KINDS: Readonly<Record<Dataset["instrument"]["kind"], string>> = {
  crypto: "Crypto",
  fx: "FX",
  stock: "Stock",
  future: "Future",
};

/** The columns of the list of datasets. */
export const DATASET_COLUMNS: readonly ListColumn<Dataset>[] = [
  {
    title: "Dataset",
    left: true,
    className: "w-full max-w-0",
    cell: (row) => (
      <span className="flex items-center gap-2 text-base">
        <span className="min-w-0 truncate font-medium" title={row.name}>
          {row.name}
        </span>
        {row.source === "simulated" && <SimulatedBadge />}
      </span>
    ),
  },
  { title: "Symbol", left: true, cell: (row) => row.instrument.symbol },
  { title: "Market", left: true, cell: (row) => KINDS[row.instrument.kind] },
  { title: "Timeframe", left: true, cell: (row) => row.timeframe },
  { title: "First", cell: (row) => formatDate(row.from, "UTC") },
  { title: "Last", cell: (row) => formatDate(row.to - 1, "UTC") },
  { title: "Candles", cell: (row) => formatCount(row.candles) },
  { title: "Quality", left: true, cell: (row) => <QualityBadge dataset={row} /> },
];

/** Whether candles are missing or were refused; the sentence on hover. */
export function QualityBadge({ dataset }: { dataset: Dataset }) {
  const quality = qualityOf(dataset);
  return (
    <span title={quality.detail}>
      <Badge tone={quality.doubtful ? "danger" : "neutral"}>
        {quality.word === "made" ? "Complete" : quality.word.charAt(0).toUpperCase() + quality.word.slice(1)}
      </Badge>
    </span>
  );
}

/** A dataset in the list on a phone. */
export function DatasetCard({ dataset }: { dataset: Dataset }) {
  return (
    <Link to="/data/$id" params={{ id: dataset.id }} className="num block px-4 py-3">
      <span className="flex items-baseline justify-between gap-3">
        <span className="line-clamp-2 font-medium">{dataset.name}</span>
        <QualityBadge dataset={dataset} />
      </span>
      <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-table text-muted">
        {dataset.instrument.symbol} · {dataset.timeframe} · {formatCount(dataset.candles)} candles
        {dataset.source === "simulated" && <SimulatedBadge />}
      </span>
      <span className="text-table text-muted">{formatPeriod(dataset.from, dataset.to, "UTC")}</span>
    </Link>
  );
}
