import { type FormEvent, useState } from "react";
import { type Bot, LIVE_WORDS } from "../../schema/wire/bot.ts";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { startLive, useBotAct } from "./bot-actions.ts";

/** Asks whoever starts a bot with real money to say so in words. */
export function LiveStartDialog({ bot, onClose }: { bot: Bot; onClose: () => void }) {
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
          Its orders go to a real venue and move real money, within the caps of its account and its own. The same
          version must have run with play money for a week.
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
