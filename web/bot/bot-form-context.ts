import { createContext, useContext } from "react";
import type { BotPreview } from "../../schema/wire/bot.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { LibraryStrategy, ParameterSpec, UserStrategy } from "../../schema/wire/strategy.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import type { BotDraft } from "./bot-draft.ts";

/** What every part of the form of a bot works with. */
export interface BotForm {
  readonly draft: BotDraft;
  readonly set: (change: Partial<BotDraft>) => void;
  /** What is wrong with a field, once the person was there or has pressed Start. */
  readonly problem: (field: string) => string | undefined;
  readonly accounts: readonly TradingAccount[];
  readonly datasets: readonly Dataset[];
  readonly library: readonly LibraryStrategy[];
  readonly own: readonly UserStrategy[];
  /** Parameters of the strategy that is chosen. */
  readonly parameters: readonly ParameterSpec[];
  /** Currency of the account that is chosen or made. */
  readonly currency: string;
  /** Last month by the settings as they stand; null before it is known. */
  readonly preview: BotPreview | null;
  /** Whether all but the caps may be sent as it stands, so that last month can be tried. */
  readonly sound: boolean;
  /** A bot that is changed keeps its account. */
  readonly editing: boolean;
}

const Context = createContext<BotForm | null>(null);

export const BotFormProvider = Context.Provider;

export function useBotForm(): BotForm {
  const form = useContext(Context);
  if (form === null) throw new Error("a part of the bot form stands outside the form");
  return form;
}

/** The strategy chosen, by its title. */
export function botStrategyTitle(form: Pick<BotForm, "draft" | "library" | "own">): string {
  const { strategy } = form.draft;
  if (strategy === "rules") return "Rules of its own";
  if (strategy === "signals") return "Signals";
  const id = strategy.slice(strategy.indexOf(":") + 1);
  const known = strategy.startsWith("library:")
    ? form.library.find((row) => row.id === id)?.title
    : form.own.find((row) => row.id === id)?.name;
  return known ?? "A strategy that is gone";
}
