import { type LucideIcon, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/api-error.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

/** A grey shape where something is about to be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classNames("skeleton", className ?? "h-4 w-full")} />;
}

/** Rows of a table that is on its way. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="grid gap-px">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex h-10 items-center gap-6 px-4">
          <Skeleton className="h-3.5 w-1/3" />
          <Skeleton className="h-3.5 w-1/6" />
          <Skeleton className="h-3.5 w-1/6" />
          <Skeleton className="ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}

/** What stands where a list has no rows: what would be here, why it is useful, and the one thing to do. */
export function Empty(props: { icon: LucideIcon; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <props.icon size={28} strokeWidth={1.5} className="mb-4 text-faint" aria-hidden />
      <h2 className="mb-1 text-[15px] font-semibold">{props.title}</h2>
      <div className="mb-5 max-w-md text-muted">{props.children}</div>
      {props.action}
    </div>
  );
}

/** What went wrong, what it means and what to do; the request's number for whoever asks for help. */
export function Failure({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: string }) {
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-12 text-center">
      <TriangleAlert size={26} strokeWidth={1.5} className="mb-4 text-danger" aria-hidden />
      <h2 className="mb-1 text-[15px] font-semibold">{title ?? known?.title ?? "This part could not be shown"}</h2>
      <p className="mb-5 max-w-lg text-muted">
        {known?.message ?? "The page met a fault of its own. Reload to try again."}
      </p>
      {onRetry !== undefined && (
        <Button onClick={onRetry}>
          <RotateCw size={14} aria-hidden /> Try again
        </Button>
      )}
      {known?.requestId !== undefined && (
        <p className="mt-4 font-mono text-[11px] text-faint">request {known.requestId}</p>
      )}
    </div>
  );
}

/** A sentence of error in place, under a form or beside a button. */
export function InlineError({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
      {error instanceof Error ? error.message : String(error)}
    </p>
  );
}
