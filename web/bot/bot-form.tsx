import type { UseQueryResult } from "@tanstack/react-query";
import { Play, Save } from "lucide-react";
import { type ReactNode, type RefObject, useRef } from "react";
import type { BotPreview } from "../../schema/wire/bot.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Skeleton } from "../ui/states.tsx";
import { useSubmitKey } from "../ui/use-submit-key.ts";
import { AccountPart } from "./account-part.tsx";
import { isDriven } from "./bot-draft.ts";
import { type BotForm, botStrategyTitle, useBotForm } from "./bot-form-context.ts";
import { botTimeframes } from "./bot-markets.ts";
import { BotProblemSummary } from "./bot-problem-summary.tsx";
import type { BotProblems } from "./bot-problems.ts";
import { CapsPart } from "./caps-part.tsx";
import { GuardsPart } from "./guards-part.tsx";
import { PreviewCard } from "./preview-card.tsx";
import { previewWaits } from "./preview-waits.ts";
import { SizePart } from "./size-part.tsx";
import { StrategyPart } from "./strategy-part.tsx";

interface BotFormFrameProps {
  readonly problems: BotProblems;
  readonly error: unknown;
  readonly summary: RefObject<HTMLDivElement | null>;
  readonly preview: UseQueryResult<BotPreview>;
  readonly busy: boolean;
  /** Starts the bot, or saves it as it is. */
  readonly onSubmit: (start: boolean) => void;
  /** Makes the account that the preview needs; absent where there is one. */
  readonly onMakeAccount?: () => void;
  /** What stands above the form, such as that it was kept. */
  readonly above?: ReactNode;
}

/** The form of a bot in the order that decisions are made, with last month beside it. */
export function BotFormFrame(props: BotFormFrameProps) {
  const botForm = useBotForm();
  const { editing, draft, set, problem } = botForm;
  const isLive = isLiveAccount(botForm);
  const starts = !editing && !isLive;
  const form = useRef<HTMLFormElement>(null);
  useSubmitKey(() => props.onSubmit(starts));
  return (
    <form
      ref={form}
      noValidate
      aria-label={editing ? "Settings of the bot" : "A new bot"}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit(starts);
      }}
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px]"
    >
      <div className="grid min-w-0 gap-4">
        {props.above}
        <BotProblemSummary
          title={editing ? "The bot was not changed" : isLive ? "The bot was not saved" : "The bot did not start"}
          problems={props.problems}
          error={props.error}
          place={props.summary}
        />
        <Step number={1} title="Strategy">
          <StrategyPart />
        </Step>
        <Step number={2} title="Market and account">
          <AccountPart />
        </Step>
        <Step number={3} title="Size and direction">
          <SizePart />
        </Step>
        <Step number={4} title="Caps" note="Required: no order gets past them, whatever the strategy says.">
          <CapsPart />
        </Step>
        <Step number={5} title="Pauses and hours" note="Optional: nothing here is on until you add it.">
          <GuardsPart />
        </Step>
      </div>
      <aside className="card grid gap-4 p-5 lg:sticky lg:top-16">
        <Preview preview={props.preview} busy={props.busy} onMakeAccount={props.onMakeAccount} />
        <TextField
          label="Name"
          maxLength={80}
          placeholder={useBotName()}
          value={draft.name}
          error={problem("name")}
          onChange={(event) => set({ name: event.target.value })}
        />
        <Verbs editing={editing} starts={starts} busy={props.busy} onSave={() => props.onSubmit(false)} />
      </aside>
    </form>
  );
}

/** What a bot is called that was given no name. */
export function useBotName(): string {
  const form = useBotForm();
  const { instruments, timeframe } = form.draft;
  return `${botStrategyTitle(form)}, ${instruments.map(instrumentName).join(" ")} ${timeframe}`.slice(0, 80);
}

function Preview({ preview, busy, onMakeAccount }: Pick<BotFormFrameProps, "preview" | "busy" | "onMakeAccount">) {
  const form = useBotForm();
  const { draft, sound, currency } = form;
  const isShortest = botTimeframes(draft, form)[0] === draft.timeframe;
  if (isDriven(draft)) {
    return (
      <section aria-label="Last month" className="grid gap-1.5">
        <h2 className="font-semibold">No last month</h2>
        <p className="text-muted">
          Signals were not sent last month, so there is nothing to test and no backtest beside the bot. The caps are
          found from its capital; run it with play money first.
        </p>
      </section>
    );
  }
  return (
    <div className="grid gap-3">
      <PreviewCard query={preview} currency={currency} waitsFor={previewWaits(draft, sound)} isShortest={isShortest} />
      {onMakeAccount !== undefined && (
        <Button kind="primary" busy={busy} onClick={onMakeAccount}>
          Make the account and show last month
        </Button>
      )}
    </div>
  );
}

/** Whether the bot would trade real money: then it is saved here and started on its own page, where it is asked for. */
function isLiveAccount({ draft, accounts }: Pick<BotForm, "draft" | "accounts">): boolean {
  return accounts.find(({ id }) => id === draft.account)?.mode === "live";
}

interface VerbsProps {
  readonly editing: boolean;
  /** The form may start the bot; otherwise it saves it. */
  readonly starts: boolean;
  readonly busy: boolean;
  readonly onSave: () => void;
}

function Verbs({ editing, starts, busy, onSave }: VerbsProps) {
  const { draft } = useBotForm();
  const verb = editing ? "Save as a new version" : starts ? (busy ? "Starting" : "Start") : busy ? "Saving" : "Save";
  return (
    <div className="grid gap-1">
      <Button
        // Without an account there is nothing to start on yet: making it is the first step.
        kind={draft.account === "" ? "plain" : "primary"}
        type="submit"
        busy={busy}
        className="w-full"
      >
        {starts ? <Play size={14} aria-hidden /> : <Save size={14} aria-hidden />}
        {verb}
        <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
      </Button>
      {starts && (
        <Button kind="quiet" disabled={busy} onClick={onSave} className="w-full">
          Save, start later
        </Button>
      )}
      <p className="mt-1 text-table text-muted">
        {editing
          ? "A new version, which applies at the first candle at which the bot holds nothing."
          : !starts
            ? "Nothing trades yet: a bot with real money is started on its own page."
            : isDriven(draft)
              ? "Acts on each signal as it comes, until it is stopped or a cap halts it."
              : `Decides every ${timeframeWords(draft.timeframe).replace(/^1 /, "")}, until it is stopped or a cap halts it.`}
      </p>
    </div>
  );
}

function Step({
  number,
  title,
  note,
  children,
}: {
  number: number;
  title: string;
  note?: string;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="card p-5">
      <h2 className="mb-3 flex flex-wrap items-baseline gap-x-2 font-semibold">
        <span className="num text-faint">{number}</span> {title}
        {note !== undefined && <span className="text-table font-normal text-muted">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

export function BotFormSkeleton() {
  return (
    <div role="status" aria-label="Loading the form" className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_340px]">
      <div className="grid gap-4">
        <Skeleton className="h-44 w-full" />
        <Skeleton className="h-48 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
