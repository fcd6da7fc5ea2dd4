import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Download, Ellipsis, Pencil, Play, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { datasetQuery } from "../api/queries.ts";
import { client, queryClient } from "../api/runtime.ts";
import { formatCount } from "../format/format.ts";
import { formatPeriod } from "../format/time.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { Button, buttonClass, IconButton } from "../ui/button.tsx";
import { ConfirmDelete, Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../ui/menu.tsx";
import { Page, Section } from "../ui/page.tsx";
import { saveBlob } from "../ui/save-file.ts";
import { Failure, InlineError, Skeleton } from "../ui/states.tsx";
import { DataReportView } from "./data-report-view.tsx";
import { InstrumentFacts } from "./instrument-facts.tsx";

const CandleChart = lazy(async () => ({ default: (await import("../chart/candle-chart.tsx")).CandleChart }));
const FORMATS = ["csv", "parquet", "arrow"] as const;

/** One dataset: its candles as a chart, what its import found, and what can be done with it. */
export function DatasetPage() {
  const { id } = useParams({ from: "/app/data/$id" });
  const query = useQuery(datasetQuery(id));
  if (query.isError) {
    return (
      <Page title="Dataset">
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (query.data === undefined) {
    return (
      <Page title="Dataset" heading={<Skeleton className="h-7 w-64" />}>
        <Skeleton className="h-[480px] w-full" />
      </Page>
    );
  }
  return <Loaded dataset={query.data} />;
}

function Loaded({ dataset }: { dataset: Dataset }) {
  const summary = [
    dataset.instrument.symbol,
    timeframeWords(dataset.timeframe),
    `${formatCount(dataset.candles)} candles`,
    formatPeriod(dataset.from, dataset.to, "UTC"),
  ];
  return (
    <Page
      title={dataset.name}
      heading={
        <>
          <span className="min-w-0">{dataset.name}</span>
          {dataset.source === "simulated" && <SimulatedBadge />}
        </>
      }
      below={<p className="num mt-0.5 text-muted">{summary.join(" · ")}</p>}
      actions={<DatasetActions dataset={dataset} />}
    >
      <div className="card overflow-hidden">
        <Suspense fallback={<Skeleton className="m-3 h-[470px]" />}>
          <CandleChart dataset={dataset} className="h-[460px] max-md:h-[380px]" />
        </Suspense>
      </div>
      <Section title="Data report">
        <div className="card p-5">
          {dataset.report === null ? (
            <p className="text-muted">
              {dataset.source === "simulated"
                ? "These candles are made by the simulated market from a seed: the same every time, with no gaps inside a session. Good for trying things out; a result on them says nothing about a real market."
                : "No report was kept for this dataset."}
            </p>
          ) : (
            <DataReportView report={dataset.report} />
          )}
        </div>
      </Section>
      <Section title="Instrument">
        <InstrumentFacts instrument={dataset.instrument} />
      </Section>
    </Page>
  );
}

function DatasetActions({ dataset }: { dataset: Dataset }) {
  const navigate = useNavigate();
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const remove = useMutation({
    mutationFn: () => client.request<unknown>(`/datasets/${dataset.id}`, { method: "DELETE" }),
    async onSuccess() {
      await navigate({ to: "/data", search: {} });
      void queryClient.invalidateQueries({ queryKey: ["datasets"] });
    },
  });
  async function save(format: (typeof FORMATS)[number]) {
    setError(null);
    try {
      const reply = await client.fetch(`/datasets/${dataset.id}/export`, { query: { format } });
      saveBlob(await reply.blob(), `${dataset.name}.${format}`);
    } catch (failure) {
      setError(failure);
    }
  }
  return (
    <>
      <InlineError error={error} />
      <Link to="/backtests/new" search={{ dataset: dataset.id }} className={buttonClass("primary")}>
        <Play size={14} aria-hidden /> {dataset.source === "venue" ? "Backtest this" : "Backtest on it"}
      </Link>
      <Menu
        label="More"
        trigger={
          <IconButton label="More to do with this dataset" className="border border-line bg-raised">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuLabel>Save as a file</MenuLabel>
        {FORMATS.map((format) => (
          <MenuItem key={format} onSelect={() => void save(format)}>
            <Download size={14} aria-hidden /> {{ csv: "CSV", parquet: "Parquet", arrow: "Arrow" }[format]}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => setOpen("rename")}>
          <Pencil size={14} aria-hidden /> Rename
        </MenuItem>
        <MenuItem danger onSelect={() => setOpen("delete")}>
          <Trash2 size={14} aria-hidden /> Delete
        </MenuItem>
      </Menu>
      {open === "rename" && <Rename dataset={dataset} onClose={() => setOpen(null)} />}
      <ConfirmDelete
        open={open === "delete"}
        noun="dataset"
        name={dataset.name}
        consequence={`${formatCount(dataset.candles)} candles are deleted for good. Reports of runs on them stay.`}
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
        onClose={() => setOpen(null)}
      />
    </>
  );
}

function Rename({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const [name, setName] = useState(dataset.name);
  const rename = useMutation({
    mutationFn: () => client.request<Dataset>(`/datasets/${dataset.id}`, { method: "PATCH", body: { name } }),
    onSuccess(changed) {
      queryClient.setQueryData(["dataset", dataset.id], changed);
      void queryClient.invalidateQueries({ queryKey: ["datasets"] });
      onClose();
    },
  });
  return (
    <Dialog title="Rename dataset" open onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <TextField
          label="Name"
          autoFocus
          maxLength={80}
          value={name}
          error={rename.error?.message}
          onChange={(event) => setName(event.target.value)}
        />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>Keep the old name</Button>
          <Button kind="primary" type="submit" busy={rename.isPending} disabled={name.trim() === ""}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
