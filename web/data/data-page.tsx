import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CloudDownload, Database, ListFilter, Upload } from "lucide-react";
import { type DragEvent, useMemo, useState } from "react";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { datasetsQuery } from "../api/queries.ts";
import { formatCount } from "../format/format.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { CsvButton } from "../ui/csv-button.tsx";
import { boxClass } from "../ui/field.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { BackfillDialog } from "./backfill-dialog.tsx";
import { BackfillList } from "./backfill-list.tsx";
import { backfillsQuery } from "./backfill-queries.ts";
import { DATASET_COLUMNS, DatasetCard } from "./dataset-columns.tsx";
import { DATASET_CSV } from "./dataset-csv.ts";
import { ImportDialog } from "./import-dialog.tsx";

/** Every dataset with its quality; a file dropped anywhere on the page is imported. */
export function DataPage() {
  const query = useQuery(datasetsQuery);
  // Shown above the datasets: both come at once, so that nothing moves.
  const brought = useQuery(backfillsQuery);
  const search = useSearch({ from: "/app/data" });
  const navigate = useNavigate({ from: "/data" });
  const [dropped, setDropped] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const setOpen = (open: boolean) =>
    void navigate({ search: (now) => ({ ...now, import: open ? "open" : undefined }), replace: true });
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file === undefined) return;
    setDropped(file);
    setOpen(true);
  }
  const setBringing = (open: boolean) =>
    void navigate({
      search: (now) => ({ ...now, bring: open ? "open" : undefined, source: undefined }),
      replace: true,
    });
  const buttons = (
    <>
      <Button onClick={() => setBringing(true)}>
        <CloudDownload size={15} aria-hidden /> Bring from a venue
      </Button>
      <Button kind="primary" onClick={() => setOpen(true)}>
        <Upload size={15} aria-hidden /> Import candles
      </Button>
    </>
  );
  return (
    <Page title="Data" actions={buttons}>
      <BackfillList />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same. */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classNames("card overflow-hidden", over && "border-accent")}
      >
        {query.isPending || brought.isPending ? (
          <SkeletonRows />
        ) : query.isError ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data.length === 0 ? (
          <Empty icon={Database} title="Bring candles to test on" action={<div className="flex gap-2">{buttons}</div>}>
            Drop a file on this page: CSV, Parquet or Arrow, as exchanges and charting programs export them. Or have
            years of a venue's candles brought.
          </Empty>
        ) : (
          <Datasets rows={query.data} />
        )}
      </div>
      {search.bring === "open" && <BackfillDialog source={search.source} onClose={() => setBringing(false)} />}
      {search.import === "open" && (
        <ImportDialog
          key={dropped?.name ?? "choose"}
          dropped={dropped}
          onClose={() => {
            setDropped(null);
            setOpen(false);
          }}
        />
      )}
    </Page>
  );
}

function Datasets({ rows }: { rows: readonly Dataset[] }) {
  const search = useSearch({ from: "/app/data" });
  const navigate = useNavigate({ from: "/data" });
  const shown = useMemo(() => {
    const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const textOf = (row: Dataset) =>
      `${row.name} ${row.instrument.symbol} ${row.timeframe} ${row.source}`.toLowerCase();
    return rows.filter((row) => words.every((word) => textOf(row).includes(word)));
  }, [rows, search.q]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <input
          type="search"
          data-page-search
          aria-label="Find a dataset by name, symbol or timeframe"
          placeholder="Name, symbol or timeframe"
          defaultValue={search.q ?? ""}
          onChange={(event) => {
            const q = event.target.value;
            void navigate({ search: (now) => ({ ...now, q: q === "" ? undefined : q }), replace: true });
          }}
          className={`${boxClass} w-64 max-sm:w-full`}
        />
        <span className="num ml-auto text-table text-muted">
          {shown.length === rows.length
            ? formatCount(rows.length)
            : `${formatCount(shown.length)} of ${formatCount(rows.length)}`}{" "}
          {rows.length === 1 ? "dataset" : "datasets"}
        </span>
        <CsvButton list="datasets" rows={shown} columns={DATASET_CSV} />
      </div>
      {shown.length === 0 ? (
        <Empty icon={ListFilter} title="No dataset matches">
          Another word may find it.
        </Empty>
      ) : (
        <ListTable
          label="Datasets"
          rows={shown}
          columns={DATASET_COLUMNS}
          keyOf={(row) => row.id}
          onOpen={(row) => void navigate({ to: "/data/$id", params: { id: row.id } })}
          card={(row) => <DatasetCard dataset={row} />}
        />
      )}
    </>
  );
}
