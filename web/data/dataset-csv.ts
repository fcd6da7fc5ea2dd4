import type { Dataset } from "../../schema/wire/dataset.ts";
import type { CsvColumn } from "../format/csv.ts";
import { qualityOf } from "./dataset-quality.ts";

/** The list of datasets as a table for other programs: times ISO in UTC, `to` the close of the last candle. */
export const DATASET_CSV: readonly CsvColumn<Dataset>[] = [
  { title: "id", cell: (row) => row.id },
  { title: "name", cell: (row) => row.name },
  { title: "source", cell: (row) => row.source },
  { title: "symbol", cell: (row) => row.instrument.symbol },
  { title: "market", cell: (row) => row.instrument.kind },
  { title: "quote", cell: (row) => row.instrument.quote },
  { title: "timeframe", cell: (row) => row.timeframe },
  { title: "from", cell: (row) => new Date(row.from).toISOString() },
  { title: "to", cell: (row) => new Date(row.to).toISOString() },
  { title: "candles", cell: (row) => row.candles },
  { title: "missing_candles", cell: (row) => row.report?.gapCandles ?? null },
  { title: "refused_rows", cell: (row) => row.report?.badRows.reduce((sum, rows) => sum + rows.count, 0) ?? null },
  { title: "quality", cell: (row) => qualityOf(row).detail },
];
