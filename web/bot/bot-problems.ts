import { CreateBot } from "../../schema/wire/bot.ts";
import type { CapName } from "../../schema/wire/risk.ts";
import type { ParameterSpec } from "../../schema/wire/strategy.ts";
import { CreateTradingAccount } from "../../schema/wire/trading.ts";
import { parameterProblem } from "../backtest/run-problems.ts";
import { issueWords } from "../format/issue-words.ts";
import { protectionProblems } from "../protection/protection-draft.ts";
import { CAP_WORDS, REQUIRED_CAPS } from "../risk/cap-words.ts";
import { hoursProblems } from "../risk/hours-draft.ts";
import { accountOfDraft, type BotDraft, definitionOfDraft } from "./bot-draft.ts";

/** What is wrong with a draft, by the field of the form; `whole` for what belongs to none. */
export type BotProblems = ReadonlyMap<string, string>;

/** Where the schema's fields stand in the form, and by how much the form's numbers are larger. */
const FIELDS: Readonly<Record<string, { readonly field: keyof BotDraft; readonly scale?: number }>> = {
  instruments: { field: "instruments" },
  timeframe: { field: "timeframe" },
  capital: { field: "capital" },
  "strategy.id": { field: "strategy" },
  "strategy.document": { field: "strategy" },
  "sizing.quantity": { field: "size" },
  "sizing.amount": { field: "size" },
  "sizing.percent": { field: "size" },
  "sizing.period": { field: "sizePeriod" },
  leverage: { field: "leverage" },
  delayMs: { field: "delayMs" },
  shadowBound: { field: "shadowBound", scale: 100 },
  "market.datasetIds": { field: "newDataset" },
  "market.datasetIds.0": { field: "newDataset" },
  "market.speed": { field: "newSpeed" },
  cash: { field: "newCash" },
  name: { field: "name" },
};

const ROWS = /^definition\.(protections|limits\.windows)\.\d/;

/** Checks a draft by the schema of the API, parameters by their strategy, and that every required cap is set. */
export function findBotProblems(draft: BotDraft, parameters: readonly ParameterSpec[]): BotProblems {
  const problems = new Map<string, string>();
  // The account is made first, and a name is found for a bot that has none.
  const body = {
    name: draft.name.trim() || "Bot",
    accountId: draft.account || "new",
    definition: definitionOfDraft(draft),
  };
  const issues = [...(CreateBot.safeParse(body).error?.issues ?? []), ...accountIssues(draft)];
  for (const issue of issues) {
    // Rows are told of below, each field by its own name.
    if (ROWS.test(issue.path.join("."))) continue;
    const { field, scale } = botFieldOf(issue.path.join("."));
    const words = issueWords(issue, { typed: typedIn(draft, field), scale });
    if (!problems.has(field)) problems.set(field, words);
  }
  for (const [field, words] of protectionProblems(draft.protections)) problems.set(field, words);
  for (const [place, words] of hoursProblems(draft.hours)) problems.set(`hours.${place}`, words);
  for (const spec of parameters) {
    const problem = parameterProblem(spec, draft.parameters[spec.name] ?? String(spec.default));
    if (problem !== undefined) problems.set(`parameters.${spec.name}`, problem);
  }
  for (const cap of REQUIRED_CAPS) {
    const text = draft.caps[cap] ?? "";
    if (text.trim() === "") problems.set(`caps.${cap}`, "must be set: no bot starts without it");
    else if (Number(text) === 0) problems.set(`caps.${cap}`, "must be more than 0, or nothing would ever pass");
  }
  return problems;
}

/** The form's field that a path of the API names, such as `definition.limits.caps.dailyLoss`. */
export function botFieldOf(path: string): { readonly field: string; readonly scale: number } {
  const plain = path.replace(/^definition\./, "");
  if (plain.startsWith("limits.caps.")) {
    const cap = plain.slice("limits.caps.".length) as CapName;
    return { field: `caps.${cap}`, scale: CAP_WORDS[cap]?.unit === "share" ? 100 : 1 };
  }
  if (plain.startsWith("strategy.parameters.")) return { field: plain.replace("strategy.", ""), scale: 1 };
  if (plain.startsWith("instruments")) return { field: "instruments", scale: 1 };
  const known = FIELDS[plain];
  return known === undefined ? { field: "whole", scale: 1 } : { scale: 1, ...known };
}

function accountIssues(draft: BotDraft) {
  if (draft.account !== "") return [];
  const replay = draft.newMarket === "replay" ? { name: "data", currency: "USD" } : undefined;
  const issues = CreateTradingAccount.safeParse(accountOfDraft(draft, replay)).error?.issues ?? [];
  const missing = replay !== undefined && draft.newDataset === "";
  const choose = { code: "custom", path: ["market", "datasetIds"], message: "choose the data to play" } as const;
  return missing ? [...issues, choose] : issues;
}

function typedIn(draft: BotDraft, field: string): string {
  if (field.startsWith("caps.")) return draft.caps[field.slice(5) as CapName] ?? "";
  const value = field in draft ? draft[field as keyof BotDraft] : "";
  return typeof value === "string" ? value : "";
}
