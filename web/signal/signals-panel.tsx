import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import type { NewHook } from "../../schema/wire/signal.ts";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { AlertTemplate } from "./alert-template.tsx";
import { HookCard } from "./hook-card.tsx";
import { HookSettingsForm } from "./hook-settings-form.tsx";
import { SignalLog } from "./signal-log.tsx";
import { hookQuery } from "./signal-queries.ts";
import { TryMessage } from "./try-message.tsx";

interface SignalsPanelProps {
  readonly bot: Bot;
  readonly state: BotState | null;
  readonly onOrder: (id: string) => void;
}

/** Everything about the signals of a bot: its address, what to paste into an alert, and what became of each. */
export function SignalsPanel({ bot, state, onOrder }: SignalsPanelProps) {
  const query = useQuery(hookQuery(bot.id));
  // Shown until the page is left: nobody can show it again.
  const [made, setMade] = useState<NewHook | null>(null);
  if (query.isPending) return <SkeletonRows rows={8} />;
  if (query.data === undefined) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const hook = query.data;
  return (
    <div>
      <div className="grid lg:grid-cols-2">
        <div className="grid min-w-0 content-start gap-5 px-4 py-4 lg:border-r lg:border-line">
          <HookCard
            {...{ bot, hook }}
            made={hook.active && made?.ending === hook.ending ? made : null}
            missingSince={state?.signals?.missingSince ?? hook.missingSince}
            onMade={setMade}
          />
          <HookSettingsForm key={JSON.stringify(hook.settings)} {...{ bot, hook }} />
        </div>
        <div className="grid min-w-0 content-start gap-5 px-4 py-4 max-lg:border-t max-lg:border-line">
          <AlertTemplate secret={made?.secret ?? null} proof={hook.settings.proof} />
          <TryMessage botId={bot.id} />
        </div>
      </div>
      <h3 className="border-t border-line px-4 pt-4 pb-1 font-semibold">What came, and what became of it</h3>
      <p className="px-4 pb-2 text-table text-muted">
        Signals drive this bot. It has no rules that could be tested, so that no backtest stands beside it.
      </p>
      <SignalLog {...{ bot, onOrder }} latest={state?.signals?.latest ?? []} />
    </div>
  );
}
