import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import type { Import } from "../../schema/wire/dataset.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { InlineError } from "../ui/states.tsx";
import { DataReportView } from "./data-report-view.tsx";

/** What an import found, and where to go with it. */
export function ImportResult({ result, onClose }: { result: Import; onClose: () => void }) {
  return (
    <div>
      <div className="mb-4 flex items-center gap-2 font-medium">
        <CircleCheck size={17} aria-hidden className="text-accent" />
        Stored. This is what was found.
      </div>
      {result.error !== null && <InlineError error={result.error.message} />}
      {result.report !== null && <DataReportView report={result.report} />}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        {result.datasetId !== null && (
          <>
            <Link to="/data/$id" params={{ id: result.datasetId }} className={buttonClass()}>
              Look at the candles
            </Link>
            <Link to="/backtests/new" search={{ dataset: result.datasetId }} className={buttonClass("primary")}>
              Backtest on them
            </Link>
          </>
        )}
      </div>
    </div>
  );
}
