import { OUTSIDE_SIGNALS } from "../core/strategy/outside-signals.ts";
import type { Strategy } from "../core/strategy/strategy.ts";
import type { StrategyCatalogue } from "../services/strategy-catalogue.ts";
import type { BotRecord } from "./bot-record.ts";

/** The strategy of a bot, compiled from the text that its version was made with. Throws where the library lost it. */
export function strategyOf(
  catalogue: StrategyCatalogue,
  { document, definition }: Pick<BotRecord, "document" | "definition">,
): Strategy {
  if (definition.strategy.kind === "signals") return OUTSIDE_SIGNALS;
  if (document !== null) return catalogue.compile(document);
  const strategy = definition.strategy.kind === "library" ? catalogue.find(definition.strategy.id) : undefined;
  if (strategy === undefined) throw new Error("The strategy of this bot is no longer in the library.");
  return strategy;
}
