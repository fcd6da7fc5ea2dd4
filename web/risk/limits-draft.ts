import { type CapName, RiskLimits } from "../../schema/wire/risk.ts";
import { issueWords } from "../format/issue-words.ts";
import { CAP_WORDS, capOfText, textOfCap } from "./cap-words.ts";

/** The caps of an account as they are typed; an empty box sets no limit at this level. */
export type LimitsDraft = Readonly<Partial<Record<CapName, string>>>;

/** Caps where a larger value lets less through. */
const HIGHER_IS_STRICTER: ReadonlySet<CapName> = new Set(["duplicateWindow"]);

/** The form filled with limits. */
export function draftOfLimits({ caps }: RiskLimits): LimitsDraft {
  const entries = Object.entries(caps) as [CapName, string][];
  return Object.fromEntries(entries.map(([cap, value]) => [cap, textOfCap(value, CAP_WORDS[cap].unit)]));
}

/** The limits that the form asks for: its caps, and whatever else `before` limits. */
export function limitsOfDraft(draft: LimitsDraft, before: RiskLimits): RiskLimits {
  const entries = Object.entries(draft) as [CapName, string][];
  const caps = entries.flatMap(([cap, text]) => {
    const value = capOfText(text, CAP_WORDS[cap].unit);
    return value === null ? [] : [[cap, value] as const];
  });
  return { ...before, caps: Object.fromEntries(caps) };
}

/** What is wrong with the form, by cap. */
export function limitProblems(draft: LimitsDraft, before: RiskLimits): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const issue of RiskLimits.safeParse(limitsOfDraft(draft, before)).error?.issues ?? []) {
    const cap = String(issue.path[1] ?? "");
    if (!problems.has(cap)) problems.set(cap, issueWords(issue, { typed: draft[cap as CapName] ?? "", scale: 1 }));
  }
  return problems;
}

export interface LimitsChange {
  /** Let more through: need a proof and a minute. */
  readonly raised: readonly CapName[];
  /** Let less through: hold at once. */
  readonly lowered: readonly CapName[];
}

/** Which caps a change raises and which it lowers. To set none where there was one is a raise. */
export function limitsChange(before: RiskLimits, after: RiskLimits): LimitsChange {
  const names = [...new Set([...Object.keys(before.caps), ...Object.keys(after.caps)])] as CapName[];
  const changed = names.filter(
    (cap) => Number(before.caps[cap] ?? Number.NaN) !== Number(after.caps[cap] ?? Number.NaN),
  );
  const different = changed.filter((cap) => before.caps[cap] !== undefined || after.caps[cap] !== undefined);
  return {
    raised: different.filter((cap) => isRaise(cap, before.caps[cap], after.caps[cap])),
    lowered: different.filter((cap) => !isRaise(cap, before.caps[cap], after.caps[cap])),
  };
}

function isRaise(cap: CapName, before: string | undefined, after: string | undefined): boolean {
  if (after === undefined) return true;
  if (before === undefined) return false;
  return Number(after) > Number(before) !== HIGHER_IS_STRICTER.has(cap);
}
