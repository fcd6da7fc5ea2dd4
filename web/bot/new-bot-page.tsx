import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import { datasetsQuery, libraryQuery, strategiesQuery } from "../api/queries.ts";
import { useSubmission } from "../session/frame.tsx";
import { accountInView } from "../trading/account-order.ts";
import { useChosenAccount } from "../trading/chosen-account.ts";
import { accountsQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import { Failure } from "../ui/states.tsx";
import { createAccount, createBot, doWithBot, editBot } from "./bot-actions.ts";
import { accountOfDraft, type BotDraft, definitionOfDraft, FIRST_BOT, isDriven, mergeBotDraft } from "./bot-draft.ts";
import { BotFormFrame, BotFormSkeleton, useBotName } from "./bot-form.tsx";
import { BotFormProvider } from "./bot-form-context.ts";
import { withAccount } from "./bot-markets.ts";
import { type BotFormLists, useBotFormState } from "./use-bot-form.ts";

/** From nothing to a running bot: everything has a default, the caps come from last month. */
export function NewBotPage() {
  const accounts = useQuery(accountsQuery);
  const datasets = useQuery(datasetsQuery);
  const library = useQuery(libraryQuery);
  const own = useQuery(strategiesQuery);
  const queries = [accounts, datasets, library, own];
  const failed = queries.find((query) => query.isError);
  return (
    <Page title="New bot">
      {failed !== undefined ? (
        <Failure error={failed.error} onRetry={() => queries.forEach((query) => void query.refetch())} />
      ) : !accounts.data || !datasets.data || !library.data || !own.data ? (
        <BotFormSkeleton />
      ) : (
        <NewBotForm
          lists={{ accounts: accounts.data, datasets: datasets.data, library: library.data, own: own.data }}
        />
      )}
    </Page>
  );
}

function NewBotForm({ lists }: { lists: BotFormLists }) {
  const search = useSearch({ from: "/app/bots/new" });
  const chosen = useChosenAccount();
  const fresh = () => openingDraft(undefined, { lists, search, chosen });
  const [draft, setDraft] = useSavedDraft<BotDraft>("bot-draft", (stored) =>
    openingDraft(stored, { lists, search, chosen }),
  );
  const [kept, setKept] = useState(() => JSON.stringify(draft) !== JSON.stringify(fresh()));
  const submission = useSubmission();
  const state = useBotFormState({ lists, draft, setDraft, error: submission.error });
  const above = kept ? (
    <p className="-mt-2 flex flex-wrap items-center gap-x-3 text-muted">
      Kept from your last visit.
      <Button
        className="min-h-7 px-2 text-table"
        onClick={() => {
          setKept(false);
          setDraft(fresh());
        }}
      >
        Start fresh
      </Button>
    </p>
  ) : undefined;
  return (
    <BotFormProvider value={state.form}>
      <Submitting {...{ lists, draft, setDraft, submission, state, above }} />
    </BotFormProvider>
  );
}

interface SubmittingProps {
  readonly lists: BotFormLists;
  readonly draft: BotDraft;
  readonly setDraft: (draft: BotDraft) => void;
  readonly submission: ReturnType<typeof useSubmission>;
  readonly state: ReturnType<typeof useBotFormState>;
  readonly above: React.ReactNode;
}

function Submitting({ lists, draft, setDraft, submission, state, above }: SubmittingProps) {
  const navigate = useNavigate();
  const name = useBotName();
  // A bot that was made and did not start is started at the next try, not made again.
  const made = useRef<Bot | null>(null);

  async function accountId(): Promise<string> {
    if (draft.account !== "") return draft.account;
    const dataset = lists.datasets.find(({ id }) => id === draft.newDataset);
    const source = dataset === undefined ? undefined : { name: dataset.name, currency: dataset.instrument.quote };
    const account = await createAccount(accountOfDraft(draft, source));
    setDraft({ ...draft, account: account.id });
    return account.id;
  }

  async function submit(start: boolean) {
    if (submission.busy || !state.check()) return;
    const done = await submission.run(async () => {
      const body = { name: draft.name.trim() || name, definition: definitionOfDraft(draft) };
      const account = await accountId();
      const earlier = made.current;
      const same = earlier !== null && earlier.accountId === account;
      made.current = same ? await editBot(earlier.id, body) : await createBot({ ...body, accountId: account });
      if (start) made.current = await doWithBot(made.current.id, "start");
    });
    if (!done) {
      state.focusSummary();
      return;
    }
    // What was asked for is done: the next one begins anew, with caps of its own.
    setDraft({ ...FIRST_BOT, account: made.current?.accountId ?? "", caps: {}, ownCaps: false });
    if (made.current === null) return;
    // Its address is what a bot without rules needs next.
    const search = isDriven(draft) ? { tab: "signals" as const } : {};
    await navigate({ to: "/bots/$id", params: { id: made.current.id }, search });
  }

  const accountProblems = ["newDataset", "newSpeed", "newCash"].some((field) => state.found.has(field));
  return (
    <BotFormFrame
      problems={state.problems}
      error={submission.error}
      summary={state.summary}
      preview={state.preview}
      busy={submission.busy}
      above={above}
      onSubmit={(start) => void submit(start)}
      {...(draft.account === "" && !accountProblems
        ? { onMakeAccount: () => void submission.run(async () => void (await accountId())) }
        : {})}
    />
  );
}

interface OpeningPlace {
  readonly lists: BotFormLists;
  readonly search: { readonly strategy?: string | undefined; readonly account?: string | undefined };
  readonly chosen: string | null;
}

/** The draft that the page opens with: what was kept, on an account that there is, with what the address asks for. */
function openingDraft(stored: unknown, { lists, search, chosen }: OpeningPlace): BotDraft {
  const draft = mergeBotDraft(stored, {});
  const account = accountInView(lists.accounts, [search.account, draft.account, chosen])?.id ?? "";
  const strategy = search.strategy === undefined ? {} : { strategy: search.strategy, version: null, parameters: {} };
  return { ...draft, ...withAccount(draft, { account }, lists), ...strategy };
}
