import { lazy, Suspense } from "react";
import { Skeleton } from "../ui/states.tsx";
import { Fold } from "./detail-fields.tsx";
import { useRunForm } from "./run-form.ts";

const ProtectionFields = lazy(async () => ({
  default: (await import("../protection/protection-fields.tsx")).ProtectionFields,
}));

/** The pauses after losses of a run, folded away; `open` where one of them is wrong. */
export function PausesFold({ open }: { open: boolean }) {
  const { draft, set, problem } = useRunForm();
  const { length } = draft.protections;
  return (
    <Fold title="Pauses after losses" note={length === 0 ? "none: entries never pause" : `${length} set`} open={open}>
      <Suspense fallback={<Skeleton className="h-8 w-full" />}>
        <ProtectionFields rows={draft.protections} onChange={(protections) => set({ protections })} problem={problem} />
      </Suspense>
    </Fold>
  );
}
