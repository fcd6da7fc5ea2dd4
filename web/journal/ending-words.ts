import type { JournalTrade } from "../../schema/wire/journal.ts";

/** Roles of orders whose own name is not what a reader calls it; of an order that opened the other side besides, "entry". */
const WORDS: Readonly<Record<string, string>> = {
  entry: "the other side",
  exit: "its strategy",
  flatten: "closing all",
  elsewhere: "elsewhere",
  external: "elsewhere",
};

/** What ended a trade, for "Ended by": the order that closed it, as its role or as whoever placed it. */
export function endingWords({ exitReason, botId }: Pick<JournalTrade, "exitReason" | "botId">): string {
  if (botId === null && (exitReason === "entry" || exitReason === "exit")) return "hand";
  return WORDS[exitReason] ?? exitReason;
}
