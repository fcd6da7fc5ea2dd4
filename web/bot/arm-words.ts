import type { BotStatus, TradingHalt } from "../../schema/wire/bot.ts";

const STARTABLE: ReadonlySet<BotStatus> = new Set(["stopped", "halted", "error"]);

/** What has to be armed before a bot can be started, as a sentence; null where its start is not refused for that. */
export function armFirst(status: BotStatus, halt: Pick<TradingHalt, "scope" | "state"> | null): string | null {
  if (halt?.state !== "HALTED" || !STARTABLE.has(status)) return null;
  if (halt.scope === "platform") {
    return "The platform has stopped trading: the bot can be started once its operator lets trading go on.";
  }
  return halt.scope === "user"
    ? "Trading is stopped on all your accounts: arm it first, then start the bot."
    : "Trading is stopped on the bot's account: arm it first, then start the bot.";
}
