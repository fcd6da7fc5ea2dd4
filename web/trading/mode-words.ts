import type { AccountMode, TradingAccount } from "../../schema/wire/trading.ts";
import { ENVIRONMENT_WORDS } from "../settings/venue-words.ts";
import type { BadgeTone } from "../ui/badge.tsx";

/** An account as it is known of the dashboard, or of the list of accounts: where it trades is enough. */
export type PlacedAccount =
  | { readonly mode: AccountMode; readonly venue: { readonly environment: string } | null }
  | Pick<TradingAccount, "mode" | "market">;

export interface ModeWords {
  readonly word: string;
  readonly tone: BadgeTone;
  readonly hint: string;
}

/** Where an account's prices and money are from: LIVE for real money alone, and of play money which kind it is. */
export function modeWords(account: PlacedAccount): ModeWords {
  const environment = environmentOf(account);
  switch (account.mode) {
    case "simulated":
      return { word: "SIMULATED", tone: "notice", hint: "Prices and money are made up: the simulated market." };
    case "live":
      return { word: "LIVE", tone: "live", hint: "Real money at a real venue." };
    case "paper":
      return environment === undefined
        ? { word: "PAPER", tone: "neutral", hint: "The money is made up: real prices played again." }
        : {
            word: environment.toUpperCase(),
            tone: "neutral",
            hint: `${ENVIRONMENT_WORDS[environment] ?? "Play money"}.`,
          };
  }
}

/** An account's name in a list to choose from, where a badge cannot stand: real money is named, and first, since a long name is cut. */
export function accountLabel(account: Pick<TradingAccount, "name" | "mode">): string {
  return account.mode === "live" ? `LIVE: ${account.name}` : account.name;
}

function environmentOf(account: PlacedAccount): string | undefined {
  if ("venue" in account) return account.venue?.environment;
  return account.market.kind === "venue" ? account.market.environment : undefined;
}
