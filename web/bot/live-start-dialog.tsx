import { type FormEvent, useState } from "react";
import { type Bot, LIVE_WORDS } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { formatAmount } from "../format/decimal.ts";
import { CAP_WORDS, formatCap, REQUIRED_CAPS } from "../risk/cap-words.ts";
import { ActError } from "../settings/act-error.tsx";
import { venueName } from "../settings/venue-words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { startLive, useBotAct } from "./bot-actions.ts";

interface LiveStartDialogProps {
  readonly bot: Bot;
  /** The one that it trades with. */
  readonly account: TradingAccount;
  readonly onClose: () => void;
}

/** Asks whoever starts a bot with real money to say so in words, beside what it may do with it. */
export function LiveStartDialog({ bot, account, onClose }: LiveStartDialogProps) {
  const act = useBotAct(onClose);
  const [typed, setTyped] = useState("");
  const means = typed.trim() === LIVE_WORDS;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (means && !act.isPending) act.mutate(() => startLive(bot.id, typed));
  }
  return (
    <Dialog title={`Start ${bot.name} with real money`} open onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={submit}>
        <p className="text-muted">
          Its orders go to {venueName(account)} and move the real money of {account.name}, within these caps and those
          of the account.
        </p>
        <dl className="num grid gap-1.5 rounded-md border border-line-strong px-3 py-2.5 text-table">
          {stakesOf(bot, account).map(([label, value]) => (
            <div key={label} className="flex justify-between gap-6">
              <dt className="text-muted">{label}</dt>
              <dd className="min-w-0 text-right break-words">{value}</dd>
            </div>
          ))}
        </dl>
        <p className="text-muted">
          It starts once you have proved who you are with your second factor, and if this version has run with play
          money for a week. Replays do not count.
        </p>
        <TextField
          label={`Type: ${LIVE_WORDS}`}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ActError error={act.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Not now</Button>
          <Button kind="primary" type="submit" busy={act.isPending} disabled={!means}>
            Start with real money
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is at stake: the bot's capital, and the caps without which none starts. */
function stakesOf({ definition }: Bot, { currency }: TradingAccount): (readonly [string, string])[] {
  const { capital, limits } = definition;
  return [
    ["Capital", formatAmount(capital, currency)],
    ...REQUIRED_CAPS.map((cap) => {
      const value = limits.caps[cap];
      return [
        CAP_WORDS[cap].label,
        value === undefined ? "not set" : formatCap(value, CAP_WORDS[cap].unit, currency),
      ] as const;
    }),
  ];
}
