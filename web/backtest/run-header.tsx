import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, FileJson, GitCompareArrows, Repeat2, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { fetchReportPart, REPORT_PART_NAMES } from "../api/queries.ts";
import { buttonClass, IconButton } from "../ui/button.tsx";
import { ConfirmDelete } from "../ui/dialog.tsx";
import { Menu, MenuItem, MenuLine } from "../ui/menu.tsx";
import { saveText } from "../ui/save-file.ts";
import { InlineError } from "../ui/states.tsx";
import { useDeleteRuns } from "./run-actions.ts";
import { runTitle } from "./run-title.ts";

/** What can be done with a run: run it again, compare it, save it, delete it. */
export function RunActions({ run }: { run: Backtest }) {
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = useDeleteRuns();
  const name = runTitle(run);
  return (
    <>
      <InlineError error={error} />
      <Link to="/backtests/new" search={{ again: run.id }} className={buttonClass("primary")}>
        <Repeat2 size={15} aria-hidden /> Run again with changes
      </Link>
      <Menu
        label="More"
        trigger={
          <IconButton label="More to do with this run" className="border border-line bg-raised">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem
          disabled={run.status !== "done"}
          onSelect={() => void navigate({ to: "/compare", search: { ids: run.id } })}
        >
          <GitCompareArrows size={14} aria-hidden /> Compare with another
        </MenuItem>
        <MenuItem
          disabled={run.status !== "done"}
          onSelect={() => void saveReport(run).catch((failure: unknown) => setError(failure))}
        >
          <FileJson size={14} aria-hidden /> Save the report as JSON
        </MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => setDeleting(true)}>
          <Trash2 size={14} aria-hidden /> Delete
        </MenuItem>
      </Menu>
      <ConfirmDelete
        open={deleting}
        noun="backtest"
        name={name}
        consequence="The run and its report are deleted for good. Datasets and strategies stay."
        busy={remove.isPending}
        error={remove.error?.message}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate([run.id], { onSuccess: () => void navigate({ to: "/backtests" }) })}
      />
    </>
  );
}

/** All parts of the report in one file. */
async function saveReport(run: Backtest): Promise<void> {
  const parts = await Promise.all(REPORT_PART_NAMES.map((part) => fetchReportPart(run.id, part)));
  const report = Object.fromEntries(REPORT_PART_NAMES.map((part, at) => [part, parts[at]]));
  saveText(JSON.stringify({ run, report }, null, 2), `${runTitle(run)} report.json`, "application/json");
}
