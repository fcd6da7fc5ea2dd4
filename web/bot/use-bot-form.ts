import { useEffect, useMemo, useRef, useState } from "react";
import { type Bot, BotDefinition } from "../../schema/wire/bot.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { LibraryStrategy, ParameterSpec, UserStrategy } from "../../schema/wire/strategy.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { ApiError } from "../api/api-error.ts";
import { PROTECTION_TEXTS, protectionField } from "../protection/protection-draft.ts";
import { REQUIRED_CAPS } from "../risk/cap-words.ts";
import { type BotDraft, definitionOfDraft, isDriven } from "./bot-draft.ts";
import type { BotForm } from "./bot-form-context.ts";
import { currencyOf } from "./bot-markets.ts";
import { botFieldOf, findBotProblems } from "./bot-problems.ts";
import { suggestCaps } from "./cap-suggestion.ts";
import { usePreview } from "./use-preview.ts";

export interface BotFormLists {
  readonly accounts: readonly TradingAccount[];
  readonly datasets: readonly Dataset[];
  readonly library: readonly LibraryStrategy[];
  readonly own: readonly UserStrategy[];
}

interface BotFormInput {
  readonly lists: BotFormLists;
  readonly draft: BotDraft;
  readonly setDraft: (draft: BotDraft) => void;
  /** The bot that is changed; absent for a new one. */
  readonly bot?: Bot;
  /** What the last try ended with. */
  readonly error: unknown;
}

/** What signals would have done last month nobody knows: caps follow from the capital. */
const NO_MONTH = { largestOrder: "0", largestPosition: "0", worstDay: "0" } as const;

/** What the form of a bot knows: its problems, last month, and caps that are suggested as soon as that is known. */
export function useBotFormState({ lists, draft, setDraft, bot, error }: BotFormInput) {
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const parameters = useMemo(() => parametersOf(draft, lists), [draft, lists]);
  const found = useMemo(() => findBotProblems(draft, parameters), [draft, parameters]);
  const problems = useMemo(() => new Map([...refusals(error), ...found]), [error, found]);
  const definition = useMemo(() => previewable(draft, found), [draft, found]);
  const preview = usePreview(draft.account, definition);
  const latest = preview.isPlaceholderData ? null : (preview.data ?? null);
  // The preview is of what was typed before the fingers rested: it suggests nothing for what is typed now.
  const basis = isDriven(draft) ? NO_MONTH : preview.isCurrent ? latest : null;
  useEffect(() => {
    if (basis === null || draft.ownCaps || bot !== undefined) return;
    const [capital, leverage] = [Number(draft.capital) || 0, Number(draft.leverage) || 1];
    const suggested = suggestCaps({ preview: basis, capital, leverage, instruments: draft.instruments.length });
    if (REQUIRED_CAPS.every((cap) => draft.caps[cap] === suggested[cap])) return;
    setDraft({ ...draft, caps: { ...draft.caps, ...suggested } });
  }, [basis, bot, draft, setDraft]);
  const form: BotForm = {
    ...lists,
    draft,
    parameters,
    preview: latest,
    sound: definition !== null,
    editing: bot !== undefined,
    currency: currencyOf(draft, lists),
    set(change) {
      setDraft({ ...draft, ...(change.caps === undefined ? {} : { ownCaps: true }), ...change });
      setVisited(new Set([...visited, ...namesOf(change)]));
    },
    problem: (field) => (tried || visited.has(field) ? problems.get(field) : undefined),
  };
  const focusSummary = () => requestAnimationFrame(() => summary.current?.focus());
  /** Shows all problems; answers whether there are none. */
  function check(): boolean {
    setTried(true);
    if (found.size > 0) focusSummary();
    return found.size === 0;
  }
  return { form, preview, summary, check, focusSummary, found, problems: tried ? problems : new Map<string, string>() };
}

/** The definition where everything but the caps is sound: they are what the preview is for. */
function previewable(draft: BotDraft, problems: ReadonlyMap<string, string>): BotDefinition | null {
  const blocked = [...problems.keys()].some((field) => !field.startsWith("caps."));
  if (blocked || isDriven(draft)) return null;
  return BotDefinition.safeParse(definitionOfDraft({ ...draft, caps: {} })).data ?? null;
}

function parametersOf({ strategy }: BotDraft, { library, own }: BotFormLists): readonly ParameterSpec[] {
  const id = strategy.slice(strategy.indexOf(":") + 1);
  if (strategy.startsWith("library:")) return library.find((row) => row.id === id)?.parameters ?? [];
  return strategy.startsWith("saved:") ? (own.find((row) => row.id === id)?.parameters ?? []) : [];
}

/** What the server refused, by the field of the form. */
function refusals(error: unknown): readonly (readonly [string, string])[] {
  if (!(error instanceof ApiError)) return [];
  return error.issues.map((issue) => [botFieldOf(issue.field).field, issue.rule] as const);
}

function namesOf(change: Partial<BotDraft>): readonly string[] {
  return [
    ...Object.keys(change),
    ...(change.protections ?? []).flatMap((row, place) =>
      PROTECTION_TEXTS[row.kind].map((text) => protectionField(place, text)),
    ),
    ...(change.hours ?? []).map((_, place) => `hours.${place}`),
    ...Object.keys(change.parameters ?? {}).map((name) => `parameters.${name}`),
    // Caps are filled in one by one: those not reached yet are no mistakes.
    ...Object.entries(change.caps ?? {}).flatMap(([cap, text]) => (text === "" ? [] : [`caps.${cap}`])),
  ];
}
