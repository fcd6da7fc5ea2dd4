import { intendedIds } from "../account/desk-intent.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import type { BotRecord } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";
import { intentOf } from "./intent-of.ts";

interface AskParts {
  readonly store: BotStore;
  readonly record: BotRecord;
  readonly definition: RunDefinition;
  /** UTC ms. */
  readonly now: () => number;
  /** The signal from outside that it follows from. */
  readonly signal?: string;
}

/** Writes down what a command asks of the desk; answers the ids of the orders that it places, the main one first. */
export function writeAsk(command: TraderCommand, { store, record, definition, now, signal }: AskParts): string[] {
  if (command.type === "cancel") {
    store.addEffect({ kind: "cancel", ref: command.ref });
    return [];
  }
  const plain = intentOf(command, definition);
  // Two signals within a minute may want the same order: by its name the desk knows that it is meant.
  const intent = signal === undefined ? plain : { ...plain, signal: `${command.reason} by ${signal}` };
  const ids = intendedIds(intent, { account: record.account.id, bot: record.botId });
  for (const { part, id } of ids) store.addSent({ ref: command.ref, part, orderId: id });
  const [{ id: orderId }] = ids;
  store.addEffect({ kind: "place", intent, ref: command.ref, orderId, at: now() });
  return ids.map(({ id }) => id);
}
