import type { DashboardState } from "../../schema/wire/bot.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";

/** What an alert says, in words also where it was raised when messages began with their code. */
export function alertWords({ code, message }: Pick<DashboardState["alerts"][number], "code" | "message">): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return message;
  const words = wordsOfCode(code);
  const plain = message.replaceAll(code, words.toLowerCase());
  return message.startsWith(code) ? words + plain.slice(words.length) : plain;
}
