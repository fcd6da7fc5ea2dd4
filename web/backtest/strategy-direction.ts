import type { RunDraft } from "./run-draft.ts";
import type { RunForm } from "./run-form.ts";

type Lists = Pick<RunForm, "library" | "own">;

/** Whether the strategy can ever go short. Rules handed in as text do not tell: they may. */
export function goesShort({ library, own }: Lists, strategy: string): boolean {
  const id = strategy.slice(strategy.indexOf(":") + 1);
  const known = strategy.startsWith("library:")
    ? library.find((row) => row.id === id)
    : own.find((row) => row.id === id);
  return known?.shorts ?? true;
}

/** The direction of the draft, as far as its strategy can go that way. */
export function directionFor(lists: Lists, draft: Pick<RunDraft, "strategy" | "direction">): RunDraft["direction"] {
  return goesShort(lists, draft.strategy) ? draft.direction : "long";
}

/** The form with another strategy: its own parameters, and long only where it can do nothing else. */
export function withStrategy(
  form: Lists & { readonly draft: Pick<RunDraft, "strategy" | "direction"> },
  strategy: string,
): Pick<RunDraft, "strategy" | "version" | "parameters" | "direction"> {
  // Long only was not chosen where there was no other choice.
  const chosen = goesShort(form, form.draft.strategy) ? form.draft.direction : "both";
  return { strategy, version: null, parameters: {}, direction: directionFor(form, { strategy, direction: chosen }) };
}
