import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import { datasetsQuery, libraryQuery, strategiesQuery } from "../api/queries.ts";
import { useSubmission } from "../session/frame.tsx";
import { accountsQuery, botQuery, refreshTrading } from "../trading/queries.ts";
import { Page } from "../ui/page.tsx";
import { Failure } from "../ui/states.tsx";
import { editBot } from "./bot-actions.ts";
import { type BotDraft, definitionOfDraft, draftOfBot } from "./bot-draft.ts";
import { BotFormFrame, BotFormSkeleton, useBotName } from "./bot-form.tsx";
import { BotFormProvider } from "./bot-form-context.ts";
import { type BotFormLists, useBotFormState } from "./use-bot-form.ts";

/** Changes a bot: a new version that applies at the next candle. */
export function EditBotPage() {
  const { id } = useParams({ from: "/app/bots/$id/edit" });
  const bot = useQuery(botQuery(id));
  const accounts = useQuery(accountsQuery);
  const datasets = useQuery(datasetsQuery);
  const library = useQuery(libraryQuery);
  const own = useQuery(strategiesQuery);
  const queries = [bot, accounts, datasets, library, own];
  const failed = queries.find((query) => query.isError);
  return (
    <Page title={bot.data === undefined ? "Change the bot" : `Change ${bot.data.name}`}>
      {failed !== undefined ? (
        <Failure error={failed.error} onRetry={() => queries.forEach((query) => void query.refetch())} />
      ) : !bot.data || !accounts.data || !datasets.data || !library.data || !own.data ? (
        <BotFormSkeleton />
      ) : (
        <EditBotForm
          // A version that somebody else made meanwhile is begun with.
          key={`${bot.data.id} ${bot.data.version}`}
          bot={bot.data}
          lists={{ accounts: accounts.data, datasets: datasets.data, library: library.data, own: own.data }}
        />
      )}
    </Page>
  );
}

function EditBotForm({ bot, lists }: { bot: Bot; lists: BotFormLists }) {
  const [draft, setDraft] = useState<BotDraft>(() => draftOfBot(bot));
  const submission = useSubmission();
  const state = useBotFormState({ lists, draft, setDraft, bot, error: submission.error });
  return (
    <BotFormProvider value={state.form}>
      <Saving {...{ bot, draft, submission, state }} />
    </BotFormProvider>
  );
}

interface SavingProps {
  readonly bot: Bot;
  readonly draft: BotDraft;
  readonly submission: ReturnType<typeof useSubmission>;
  readonly state: ReturnType<typeof useBotFormState>;
}

function Saving({ bot, draft, submission, state }: SavingProps) {
  const navigate = useNavigate();
  const name = useBotName();
  async function save() {
    if (submission.busy || !state.check()) return;
    const done = await submission.run(async () => {
      await editBot(bot.id, { name: draft.name.trim() || name, definition: definitionOfDraft(draft) });
      refreshTrading();
    });
    if (!done) {
      state.focusSummary();
      return;
    }
    await navigate({ to: "/bots/$id", params: { id: bot.id } });
  }
  return (
    <BotFormFrame
      problems={state.problems}
      error={submission.error}
      summary={state.summary}
      preview={state.preview}
      busy={submission.busy}
      onSubmit={() => void save()}
    />
  );
}
