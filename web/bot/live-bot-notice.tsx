import { LIVE_WORDS, PAPER_DAYS_MIN } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { venueName } from "../settings/venue-words.ts";
import { ModeWord } from "../trading/mode-word.tsx";

/** Says of an account with real money that it is one, and what a bot there needs before it starts; nothing of another one. */
export function LiveBotNotice({ account }: { account: TradingAccount | undefined }) {
  if (account?.mode !== "live") return null;
  const venue = venueName(account);
  return (
    <div role="note" aria-label="Real money" className="grid gap-2 rounded-md border border-live/50 px-4 py-3">
      <p className="flex flex-wrap items-center gap-2">
        <ModeWord account={account} />
        <span className="min-w-0">
          A bot here trades the <strong className="font-semibold">real money</strong> of {account.name} at {venue}.
        </span>
      </p>
      <p className="text-muted">Save it here. It is started on its own page, which takes:</p>
      <ul className="grid list-disc gap-1 pl-5 text-muted">
        <li>your second factor,</li>
        <li>
          {PAPER_DAYS_MIN} days for which this strategy, with these parameters and this timeframe, has run with play
          money; replays do not count,
        </li>
        <li>the words “{LIVE_WORDS}”, typed beside what is at stake.</li>
      </ul>
    </div>
  );
}
