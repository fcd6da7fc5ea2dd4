import { X } from "lucide-react";
import { useId } from "react";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { formatCount } from "../format/format.ts";
import { formatDate, formatPeriod } from "../format/time.ts";
import { TIMEFRAME_NAMES, timeframeLengthMs, timeframesFrom, timeframeWords } from "../format/timeframe.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { boxClass, SelectField, TextField } from "../ui/field.tsx";
import { withMarkets } from "./market-sizing.ts";
import { chosenDatasets, useRunForm } from "./run-form.ts";

const YEAR_MS = 365 * 86_400_000;

/** Which candles are traded, and from when to when. */
export function MarketFields() {
  const form = useRunForm();
  const { draft, set, problem } = form;
  const chosen = chosenDatasets(form);
  // Candles can only be joined to larger ones: the coarsest dataset sets the smallest timeframe.
  const base = chosen.reduce<Dataset["timeframe"] | null>(
    (largest, { timeframe }) =>
      largest === null || timeframeLengthMs(timeframe) > timeframeLengthMs(largest) ? timeframe : largest,
    null,
  );
  const timeframes = base === null ? TIMEFRAME_NAMES : timeframesFrom(base);
  const first = chosen.length === 0 ? null : Math.min(...chosen.map((dataset) => dataset.from));
  const last = chosen.length === 0 ? null : Math.min(...chosen.map((dataset) => dataset.to));
  return (
    <div className="grid gap-4">
      <DatasetChooser chosen={chosen} />
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField
          label="Timeframe"
          hint="Length of the candles the strategy sees. Larger ones are built from the candles of the dataset."
          value={draft.timeframe}
          error={problem("timeframe")}
          onChange={(timeframe) => set({ timeframe })}
          choices={(timeframes.includes(draft.timeframe) ? timeframes : [draft.timeframe, ...timeframes]).map(
            (value) => ({
              value,
              label: timeframeWords(value),
            }),
          )}
        />
        <TextField
          label="First day, UTC"
          hint="Left empty, the run begins with the first candle."
          type="date"
          value={draft.from}
          error={problem("from")}
          onChange={(event) => set({ from: event.target.value })}
        />
        <TextField
          label="Last day, UTC"
          hint="This day is still traded. Left empty, the run goes to the last candle."
          type="date"
          value={draft.to}
          error={problem("to")}
          onChange={(event) => set({ to: event.target.value })}
        />
      </div>
      {last !== null && (
        <div className="-mt-2 -ml-2 flex flex-wrap gap-1">
          {[1, 2, 5]
            .filter((years) => last - years * YEAR_MS > (first ?? 0))
            .map((years) => (
              <Button
                key={years}
                kind="quiet"
                className="min-h-7 px-2 text-table"
                onClick={() => set({ from: formatDate(last - years * YEAR_MS, "UTC"), to: "" })}
              >
                Last {years === 1 ? "year" : `${years} years`}
              </Button>
            ))}
          <Button kind="quiet" className="min-h-7 px-2 text-table" onClick={() => set({ from: "", to: "" })}>
            All candles
          </Button>
        </div>
      )}
    </div>
  );
}

function DatasetChooser({ chosen }: { chosen: readonly Dataset[] }) {
  const { draft, datasets, set, problem } = useRunForm();
  const id = useId();
  const error = problem("datasetIds");
  const others = datasets.filter((dataset) => !draft.datasetIds.includes(dataset.id));
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-table font-medium text-muted">
        Candles
      </label>
      <ul className="mb-2 grid gap-1.5">
        {chosen.map((dataset) => (
          <li
            key={dataset.id}
            className="flex items-center gap-2 rounded-md border border-line bg-ground py-1 pr-1 pl-3"
          >
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3">
              <span className="min-w-0 truncate font-medium" title={dataset.name}>
                {dataset.name}
              </span>
              {dataset.source === "simulated" && <SimulatedBadge />}
              <span className="num text-table text-muted sm:ml-auto">
                {dataset.instrument.symbol} · {dataset.timeframe} · {formatCount(dataset.candles)} ·{" "}
                {formatPeriod(dataset.from, dataset.to, "UTC")}
              </span>
            </div>
            <IconButton
              label={`Leave out ${dataset.name}`}
              onClick={() =>
                set(
                  withMarkets(
                    draft,
                    draft.datasetIds.filter((known) => known !== dataset.id),
                  ),
                )
              }
            >
              <X size={14} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <select
        id={id}
        value=""
        aria-invalid={error !== undefined || undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        disabled={others.length === 0}
        onChange={(event) => set(withMarkets(draft, [...draft.datasetIds, event.target.value]))}
        className={`${boxClass} select-arrow w-full pr-7 text-muted`}
      >
        <option value="">
          {chosen.length === 0
            ? "Choose candles"
            : others.length === 0
              ? "Every dataset is chosen"
              : "Add another market"}
        </option>
        {others.map((dataset) => (
          <option key={dataset.id} value={dataset.id}>
            {dataset.name} ({dataset.timeframe}, {formatPeriod(dataset.from, dataset.to, "UTC")})
          </option>
        ))}
      </select>
      {error !== undefined && (
        <p id={`${id}-error`} className="mt-1 text-table text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
