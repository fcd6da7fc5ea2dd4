import type { BotDefinition } from "../../schema/wire/bot.ts";

/** What a preview is asked for: a definition on an account. Both change at once where the account does. */
export interface PreviewAsk {
  readonly accountId: string;
  /** The definition without caps, as JSON. */
  readonly definition: string;
}

/** What is asked for as the form stands; null where it is not whole. Caps are left out: they are found from the answer. */
export function previewAsk(accountId: string, definition: BotDefinition | null): PreviewAsk | null {
  if (definition === null || accountId === "") return null;
  const { limits, ...rest } = definition;
  return { accountId, definition: JSON.stringify({ ...rest, limits: { ...limits, caps: {} } }) };
}

/**
 * What is shown while fingers rest: what was asked for last, but never of another account. Its figures would stand under a
 * currency that they are not in, and its markets would be asked for of an account that does not have them.
 */
export function previewShown(rested: PreviewAsk | null, typed: PreviewAsk | null): PreviewAsk | null {
  return rested !== null && rested.accountId === typed?.accountId ? rested : null;
}

/** Whether an answer may stand in for one that is under way: one of the same account may, dimmed. */
export function mayStandIn(queryKey: readonly unknown[] | undefined, accountId: string): boolean {
  return queryKey?.[1] === accountId;
}
