import { useQuery } from "@tanstack/react-query";
import { Ellipsis, History, Trash2 } from "lucide-react";
import { useState } from "react";
import type { UserStrategy } from "../../schema/wire/strategy.ts";
import { strategyVersionsQuery } from "../api/queries.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ConfirmDelete, Dialog } from "../ui/dialog.tsx";
import { Menu, MenuItem, MenuLine } from "../ui/menu.tsx";
import { Moment } from "../ui/moment.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { useDeleteStrategy } from "./strategy-actions.ts";

interface StrategyMenuProps {
  readonly strategy: UserStrategy;
  /** Puts an earlier text into the editor; it becomes a new version once it is saved. */
  readonly onTake: (document: string) => void;
}

/** Earlier versions of a strategy, and its end. */
export function StrategyMenu({ strategy, onTake }: StrategyMenuProps) {
  const [open, setOpen] = useState<"versions" | "delete" | null>(null);
  const remove = useDeleteStrategy(strategy.id);
  return (
    <>
      <Menu
        label="More"
        trigger={
          <IconButton label="More to do with this strategy" className="border border-line bg-raised">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setOpen("versions")}>
          <History size={14} aria-hidden /> Earlier versions
        </MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => setOpen("delete")}>
          <Trash2 size={14} aria-hidden /> Delete
        </MenuItem>
      </Menu>
      {open === "versions" && (
        <Versions
          strategy={strategy}
          onClose={() => setOpen(null)}
          onTake={(document) => {
            onTake(document);
            setOpen(null);
          }}
        />
      )}
      <ConfirmDelete
        open={open === "delete"}
        noun="strategy"
        name={strategy.name}
        consequence="All its versions are deleted for good. Reports of runs with it stay."
        busy={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate()}
        onClose={() => setOpen(null)}
      />
    </>
  );
}

function Versions({ strategy, onTake, onClose }: StrategyMenuProps & { onClose: () => void }) {
  const versions = useQuery(strategyVersionsQuery(strategy.id));
  const [shown, setShown] = useState(strategy.version);
  const version = versions.data?.find((row) => row.version === shown);
  return (
    <Dialog title="Earlier versions" open onClose={onClose} wide>
      {versions.isError ? (
        <Failure error={versions.error} onRetry={() => void versions.refetch()} />
      ) : versions.data === undefined ? (
        <Skeleton className="h-64 w-full" />
      ) : (
        <div className="grid gap-4 sm:grid-cols-[180px_minmax(0,1fr)]">
          <ul className="scroll-thin max-h-80 overflow-y-auto">
            {versions.data.map((row) => (
              <li key={row.version}>
                <button
                  type="button"
                  aria-pressed={row.version === shown}
                  onClick={() => setShown(row.version)}
                  className="num w-full rounded-md px-3 py-1.5 text-left hover:bg-hover aria-pressed:bg-hover"
                >
                  <span className="block font-medium">Version {row.version}</span>
                  <span className="text-table text-muted">
                    <Moment timeMs={row.createdAt} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <div className="min-w-0">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
            <pre tabIndex={0} className="scroll-thin h-72 overflow-auto rounded-md bg-ground p-3 font-mono text-table">
              {version?.document}
            </pre>
            <div className="mt-3 flex justify-end">
              <Button
                disabled={version === undefined}
                onClick={() => version !== undefined && onTake(version.document)}
              >
                Put it into the editor
              </Button>
            </div>
          </div>
        </div>
      )}
    </Dialog>
  );
}
