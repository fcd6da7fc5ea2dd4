import { lazy, Suspense } from "react";
import { Skeleton } from "../ui/states.tsx";
import { useBotForm } from "./bot-form-context.ts";

const HoursFields = lazy(async () => ({ default: (await import("../risk/hours-fields.tsx")).HoursFields }));
const ProtectionFields = lazy(async () => ({
  default: (await import("../protection/protection-fields.tsx")).ProtectionFields,
}));

/** When the bot may send orders, and what pauses its entries. All of it is off until it is added. */
export function GuardsPart() {
  const { draft, set, problem } = useBotForm();
  return (
    <Suspense fallback={<Skeleton className="h-24 w-full" />}>
      <div className="grid min-w-0 gap-5">
        <section aria-label="Pauses after losses" className="grid min-w-0 gap-2">
          <h3 className="font-medium">
            Pauses after losses{" "}
            <span className="font-normal text-muted">
              {draft.protections.length === 0 ? "None. " : ""}They keep entries from being made, never exits.
            </span>
          </h3>
          <ProtectionFields
            rows={draft.protections}
            onChange={(protections) => set({ protections })}
            problem={problem}
          />
        </section>
        <section aria-label="Hours" className="grid min-w-0 gap-2">
          <h3 className="font-medium">Hours</h3>
          <HoursFields
            rows={draft.hours}
            onChange={(hours) => set({ hours })}
            problem={(place) => problem(`hours.${place}`)}
          />
        </section>
      </div>
    </Suspense>
  );
}
