import { createContext, useContext } from "react";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { LibraryStrategy, ParameterSpec, UserStrategy } from "../../schema/wire/strategy.ts";
import type { RunDraft } from "./run-draft.ts";

/** What every part of the form of a new run works with. */
export interface RunForm {
  readonly draft: RunDraft;
  readonly set: (change: Partial<RunDraft>) => void;
  /** What is wrong with a field, once the person was there or has pressed Run. */
  readonly problem: (field: string) => string | undefined;
  readonly datasets: readonly Dataset[];
  readonly library: readonly LibraryStrategy[];
  readonly own: readonly UserStrategy[];
  /** Parameters of the strategy that is chosen. */
  readonly parameters: readonly ParameterSpec[];
  /** Quote currency of the candles that are chosen. */
  readonly currency: string;
}

const Context = createContext<RunForm | null>(null);

export const RunFormProvider = Context.Provider;

export function useRunForm(): RunForm {
  const form = useContext(Context);
  if (form === null) throw new Error("a part of the run form stands outside the form");
  return form;
}

/** The chosen datasets, in the order they were chosen. */
export function chosenDatasets(form: Pick<RunForm, "draft" | "datasets">): readonly Dataset[] {
  return form.draft.datasetIds.flatMap((id) => form.datasets.find((dataset) => dataset.id === id) ?? []);
}

/** The strategy chosen, by its title. */
export function strategyTitle(form: Pick<RunForm, "draft" | "library" | "own">): string {
  const { strategy } = form.draft;
  if (strategy === "rules") return "Rules of the earlier run";
  const id = strategy.slice(strategy.indexOf(":") + 1);
  const known = strategy.startsWith("library:")
    ? form.library.find((row) => row.id === id)?.title
    : form.own.find((row) => row.id === id)?.name;
  return known ?? "A strategy that is gone";
}
