import { CreateBacktest } from "../../schema/wire/backtest.ts";
import type { ParameterSpec } from "../../schema/wire/strategy.ts";
import { issueWords, quoted } from "../format/issue-words.ts";
import { protectionProblems } from "../protection/protection-draft.ts";
import { type RunDraft, settingsOfDraft } from "./run-draft.ts";

/** What is wrong with a draft, by the field of the form; `whole` for what belongs to none. */
export type RunProblems = ReadonlyMap<string, string>;

/** Where the schema's fields stand in the form, and by how much the form's numbers are larger. */
const FIELDS: Readonly<Record<string, { readonly field: string; readonly scale?: number }>> = {
  datasetIds: { field: "datasetIds" },
  timeframe: { field: "timeframe" },
  from: { field: "from" },
  to: { field: "to" },
  "strategy.document": { field: "strategy" },
  "strategy.id": { field: "strategy" },
  cash: { field: "cash" },
  "sizing.quantity": { field: "size" },
  "sizing.amount": { field: "size" },
  "sizing.percent": { field: "size" },
  "sizing.period": { field: "sizePeriod" },
  "fees.maker": { field: "maker", scale: 100 },
  "fees.taker": { field: "taker", scale: 100 },
  "fees.perUnit": { field: "perUnit" },
  "fees.minimum": { field: "minimum" },
  "slippage.bps": { field: "slip" },
  "slippage.ticks": { field: "slip" },
  "slippage.coefficient": { field: "slip" },
  volumeLimit: { field: "volumeLimit", scale: 100 },
  leverage: { field: "leverage" },
  maintenance: { field: "maintenance", scale: 100 },
  fundingRate: { field: "fundingRate", scale: 100 },
  riskFree: { field: "riskFree", scale: 100 },
  seed: { field: "seed" },
  monteCarloPaths: { field: "monteCarloPaths" },
};

/** Checks a draft by the schema that the API holds it against, and parameters by the ranges of their strategy. */
export function findRunProblems(draft: RunDraft, parameters: readonly ParameterSpec[]): RunProblems {
  const problems = new Map<string, string>();
  const result = CreateBacktest.safeParse({ name: draft.name, settings: settingsOfDraft(draft) });
  for (const issue of result.error?.issues ?? []) {
    // Rows are told of below, each field by its own name.
    if (issue.path.join(".").startsWith("settings.protections.")) continue;
    const path = issue.path.slice(issue.path[0] === "settings" ? 1 : 0).join(".");
    const { field, scale } = fieldOf(path);
    if (!problems.has(field))
      problems.set(field, issueWords(issue, { typed: typedIn(draft, field), scale: scale ?? 1 }));
  }
  for (const [field, words] of protectionProblems(draft.protections)) problems.set(field, words);
  for (const spec of parameters) {
    const text = draft.parameters[spec.name] ?? String(spec.default);
    const problem = parameterProblem(spec, text);
    if (problem !== undefined) problems.set(`parameters.${spec.name}`, problem);
  }
  return problems;
}

/** The form's field that a path of the API names, such as `settings.fees.taker`. */
export function fieldOf(path: string): { field: string; scale?: number } {
  const plain = path.replace(/^settings\./, "");
  if (plain.startsWith("strategy.parameters.")) return { field: plain.replace("strategy.", "") };
  if (plain.startsWith("datasetIds")) return { field: "datasetIds" };
  return FIELDS[plain] ?? (plain === "name" ? { field: "name" } : { field: "whole" });
}

/** What is wrong with a parameter as it is typed; undefined where nothing is. */
export function parameterProblem(spec: ParameterSpec, text: string): string | undefined {
  const value = Number(text.trim() || Number.NaN);
  if (Number.isNaN(value)) return `must be a number, was ${quoted(text)}`;
  if (value < spec.min || value > spec.max) return `must be ${spec.min} to ${spec.max}, was ${text}`;
  return spec.kind === "integer" && !Number.isInteger(value) ? `must be whole, was ${text}` : undefined;
}

function typedIn(draft: RunDraft, field: string): string {
  const value = field in draft ? draft[field as keyof RunDraft] : "";
  return typeof value === "string" ? value : "";
}
