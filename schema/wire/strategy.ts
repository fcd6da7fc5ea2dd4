import { z } from "zod";
import { IndicatorSeries } from "./indicator.ts";
import { Timeframe, TimeMs } from "./primitive.ts";

export const ParameterSpec = z.object({
  name: z.string(),
  title: z.string(),
  kind: z.enum(["integer", "number"]),
  default: z.number(),
  min: z.number(),
  max: z.number(),
  step: z.number(),
});
export type ParameterSpec = z.infer<typeof ParameterSpec>;

/** A strategy of the library. `document` is its rule text where it is written in rules, so that it can be forked. */
export const LibraryStrategy = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  scope: z.enum(["each", "all"]),
  /** Whether it can ever go short. */
  shorts: z.boolean(),
  parameters: z.array(ParameterSpec),
  document: z.string().nullable(),
});
export type LibraryStrategy = z.infer<typeof LibraryStrategy>;

/** Longest rule text, in characters: ten times the longest strategy of the library. */
export const RULE_TEXT_MAX = 20_000;

export const RuleDocument = z.string().min(1).max(RULE_TEXT_MAX);

/** Something wrong (or doubtful) in a rule text; `from` and `to` are character offsets. */
export const Diagnostic = z.object({
  from: z.number().int(),
  to: z.number().int(),
  line: z.number().int(),
  column: z.number().int(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
  suggestion: z.string().nullable(),
});
export type Diagnostic = z.infer<typeof Diagnostic>;

/** A trader's own rule strategy at its newest version. Old versions never change. */
export const UserStrategy = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  document: z.string(),
  /** Whether it can ever go short. */
  shorts: z.boolean(),
  parameters: z.array(ParameterSpec),
  createdAt: TimeMs,
  updatedAt: TimeMs,
});
export type UserStrategy = z.infer<typeof UserStrategy>;

export const StrategyVersion = z.object({ version: z.number().int(), document: z.string(), createdAt: TimeMs });
export type StrategyVersion = z.infer<typeof StrategyVersion>;

export const StrategyName = z.string().trim().min(1).max(80);
export const CreateStrategy = z.strictObject({ name: StrategyName, document: RuleDocument });
export type CreateStrategy = z.infer<typeof CreateStrategy>;
/** `version` is the one the change was made from; a newer one in store answers 409. */
export const UpdateStrategy = z.strictObject({
  name: StrategyName.optional(),
  document: RuleDocument.optional(),
  version: z.number().int(),
});
export type UpdateStrategy = z.infer<typeof UpdateStrategy>;

export const CheckStrategy = z.strictObject({ document: z.string().max(RULE_TEXT_MAX) });
export const StrategyCheck = z.object({
  diagnostics: z.array(Diagnostic),
  parameters: z.array(ParameterSpec),
  warmup: z.number().int().nullable(),
});
export type StrategyCheck = z.infer<typeof StrategyCheck>;

/** A word of the rule language, for completion and hover. `insert` may hold `${}` tab stops. */
export const LanguageWord = z.object({
  name: z.string(),
  kind: z.enum(["function", "field", "keyword"]),
  signature: z.string(),
  summary: z.string(),
  insert: z.string(),
});
export type LanguageWord = z.infer<typeof LanguageWord>;

export const ParameterValues = z.record(z.string().max(40), z.number());

export const PreviewStrategy = z.strictObject({
  document: RuleDocument,
  parameters: ParameterValues.default({}),
  datasetId: z.string(),
  timeframe: Timeframe,
  from: TimeMs.optional(),
  to: TimeMs.optional(),
});
export type PreviewStrategy = z.infer<typeof PreviewStrategy>;

/**
 * The entries and exits that a plain run of the rules would have taken on the candles asked for: all-in, at the next
 * open, closed trades and the one still open. Not every condition that was true: an exit while flat marks nothing.
 * `time` and `price` are those of the fill.
 */
export const StrategyPreview = z.object({
  diagnostics: z.array(Diagnostic),
  timeframe: Timeframe,
  from: TimeMs,
  to: TimeMs,
  candles: z.number().int(),
  markers: z.array(
    z.object({
      time: TimeMs,
      price: z.number(),
      action: z.enum(["enter long", "exit long", "enter short", "exit short"]),
    }),
  ),
  /** Whether older markers than these were left out. */
  truncated: z.boolean(),
  /** The rules' indicators on the same candles; null where the text has errors or there are no candles. */
  indicators: IndicatorSeries.nullable(),
});
export type StrategyPreview = z.infer<typeof StrategyPreview>;
