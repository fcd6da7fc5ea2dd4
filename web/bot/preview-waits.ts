import type { BotDraft } from "./bot-draft.ts";

/**
 * What stands in the place of last month where it cannot be tried; null where it can. `sound`: all but the caps may be sent.
 * A month of earlier values is not shown beside a field that is wrong: it would look like that of what is typed.
 */
export function previewWaits({ account }: Pick<BotDraft, "account">, sound: boolean): string | null {
  if (!sound) return "A field is not right yet. Last month is tried once it is.";
  return account === "" ? "It is tried on the account's own market and costs, so the account comes first." : null;
}
