import type { BotStatus } from "../../schema/wire/bot.ts";

interface EmptyJournal {
  readonly title: string;
  readonly text: string;
  /** Where its one action leads: to a first bot, or to those that there are. */
  readonly action: { readonly to: "/bots/new" | "/bots"; readonly word: string };
}

/** What a journal without trades says, by the bots that there are; undefined where that is not known. */
export function emptyJournalWords(bots: readonly { readonly status: BotStatus }[] | undefined): EmptyJournal {
  const kept =
    "stands here, to tag, rate and write about, with a picture of its chart. The tags then say what works for you.";
  if (bots === undefined) {
    const action = { to: "/bots", word: "See the bots" } as const;
    return { title: "No trade has closed yet", text: `Every trade that closes ${kept}`, action };
  }
  if (bots.length === 0) {
    const action = { to: "/bots/new", word: "Start the first bot" } as const;
    return { title: "What you learn from each trade", text: `Every trade that closes ${kept}`, action };
  }
  const running = bots.some(({ status }) => status === "running" || status === "paused" || status === "starting");
  return {
    title: "No trade has closed yet",
    text: running
      ? `The first trade that a bot closes ${kept}`
      : `None of your bots runs. Every trade that one closes ${kept}`,
    action: { to: "/bots", word: running ? "See the bots" : "Start a bot" },
  };
}
