import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import type { Bot, TradingHalt } from "../../schema/wire/bot.ts";
import { wordsOfCode } from "../../schema/wire/code-words.ts";
import { armFirst } from "./arm-words.ts";

const NEXT: Readonly<Record<string, string>> = {
  paused: "It watches and makes no entries; stops and exits go on. Resume it when you have looked.",
  halted: "Nothing is sent. Look at the reason, then start it again.",
  error: "It could not go on. Its positions and orders are as they were; start it again or stop it.",
};

/** What follows where the desk paused it for the day: nobody has to do anything. */
const DAY_LOST = "It only closes until midnight UTC, as its market counts days, and then trades again by itself.";

interface WhyProps {
  readonly bot: Bot;
  readonly status: Bot["status"];
  readonly reason: string | null;
  /** Why the bot's state is not known. */
  readonly error: string | null;
  /** What holds for the bot's whole account; null where nothing does. */
  readonly halt: TradingHalt | null;
}

/** Why a bot does not trade, and what has to be done first. */
export function Why({ bot, status, reason, error, halt }: WhyProps) {
  const arm = armFirst(status, halt);
  const next = arm ?? (status === "paused" && reason === "DAILY_LOSS" ? DAY_LOST : NEXT[status]);
  if (next === undefined && error === null) return null;
  const isCalm = status === "paused" || status === "stopped";
  const known = status === "stopped" ? null : reason === null ? "No reason was recorded." : wordsOfCode(reason);
  const title = error ?? known;
  return (
    <div
      role="status"
      className={`mb-4 flex items-start gap-3 rounded-lg border px-4 py-3 ${isCalm ? "border-notice/50" : "border-danger/50 bg-danger-soft"}`}
    >
      <CircleAlert size={16} aria-hidden className={`mt-0.5 shrink-0 ${isCalm ? "text-notice" : "text-danger"}`} />
      <div>
        {title !== null && <p className="font-medium">{title}</p>}
        {next !== undefined && (
          <p className={title === null ? "" : "text-muted"}>
            {next}{" "}
            {arm !== null && (
              <Link to="/risk" search={{ account: bot.accountId }} className="text-ink underline underline-offset-2">
                See it under Risk
              </Link>
            )}
          </p>
        )}
      </div>
    </div>
  );
}
