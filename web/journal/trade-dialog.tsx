import { useMutation } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { type FormEvent, type KeyboardEvent, lazy, Suspense, useState } from "react";
import { type EditJournalTrade, JOURNAL_NOTES_CHARACTERS_MAX, type JournalTrade } from "../../schema/wire/journal.ts";
import { client, queryClient } from "../api/runtime.ts";
import { decimalNumber, formatAmount, formatMeanPrice } from "../format/decimal.ts";
import { formatDuration } from "../format/time.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { boxClass, Field, TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { forgetDraft, useSavedDraft } from "../ui/saved-draft.ts";
import { Signed } from "../ui/signed.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { endingWords } from "./ending-words.ts";
import { tradeWords } from "./journal-columns.tsx";
import { draftOfTrade, editOfDraft, type JournalDraft } from "./journal-edit.ts";

const TradePicture = lazy(async () => ({ default: (await import("./trade-picture.tsx")).TradePicture }));

interface TradeDialogProps {
  readonly trade: JournalTrade;
  readonly currency: string;
  readonly onClose: () => void;
}

/** One trade: what happened, its chart, and what its owner writes about it. */
export function TradeDialog({ trade, currency, onClose }: TradeDialogProps) {
  return (
    <Dialog title={tradeWords(trade)} open onClose={onClose} wide>
      <div className="grid gap-5">
        <dl className="num grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-4">
          <Fact label="Profit, fees paid">
            <Signed value={decimalNumber(trade.profit)} className="font-semibold">
              {formatAmount(trade.profit, currency, { sign: "always" })}
            </Signed>
          </Fact>
          <Fact label="Fees">{formatAmount(trade.fees, currency)}</Fact>
          <Fact label="In, out">
            {formatMeanPrice(trade.entryPrice)}, {formatMeanPrice(trade.exitPrice)}
          </Fact>
          <Fact label="Ended by">
            {endingWords(trade)}, after {formatDuration(trade.closedAt - trade.openedAt)}
          </Fact>
          <Fact label="Opened">
            <Moment timeMs={trade.openedAt} />
          </Fact>
          <Fact label="Closed">
            <Moment timeMs={trade.closedAt} />
          </Fact>
        </dl>
        <Suspense fallback={<Skeleton className="h-64 w-full" />}>
          <TradePicture trade={trade} />
        </Suspense>
        <Writing trade={trade} onClose={onClose} />
      </div>
    </Dialog>
  );
}

function Writing({ trade, onClose }: { trade: JournalTrade; onClose: () => void }) {
  const [draft, setDraft] = useSavedDraft<JournalDraft>(`journal.${trade.id}`, (stored) =>
    isDraft(stored) ? stored : draftOfTrade(trade),
  );
  const [tried, setTried] = useState(false);
  const { edit, problems } = editOfDraft(draft);
  const save = useMutation({
    mutationFn: (body: EditJournalTrade) => client.request<unknown>(`/journal/${trade.id}`, { method: "PATCH", body }),
    onSuccess() {
      forgetDraft(`journal.${trade.id}`);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["journal"] }),
  });
  function submit(event: FormEvent | KeyboardEvent) {
    event.preventDefault();
    setTried(true);
    if (edit !== null && !save.isPending) save.mutate(edit);
  }
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
      }}
    >
      <Stars value={draft.rating} onChange={(rating) => setDraft({ ...draft, rating })} />
      <TextField
        label="Tags, with commas between"
        hint="Such as trend, news, patient. The statistics say how the trades of each went."
        autoComplete="off"
        value={draft.tags}
        error={tried ? problems.get("tags") : undefined}
        onChange={(event) => setDraft({ ...draft, tags: event.target.value })}
      />
      <Field label="Notes" error={tried ? problems.get("notes") : undefined}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={5}
            maxLength={JOURNAL_NOTES_CHARACTERS_MAX}
            placeholder="What you saw, what you did, what you would do again"
            value={draft.notes}
            onChange={(event) => setDraft({ ...draft, notes: event.target.value })}
            className={`${boxClass} h-auto min-h-24 w-full resize-y py-1.5`}
          />
        )}
      </Field>
      <InlineError error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button kind="primary" type="submit" busy={save.isPending}>
          Save
          <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
        </Button>
      </div>
    </form>
  );
}

function Stars({ value, onChange }: { value: number | null; onChange: (value: number | null) => void }) {
  return (
    <fieldset>
      <legend className="mb-1 text-table font-medium text-muted">How well it was traded, whatever came of it</legend>
      <div className="flex">
        {[1, 2, 3, 4, 5].map((at) => (
          <button
            key={at}
            type="button"
            aria-label={`${at} of 5`}
            aria-pressed={value === at}
            onClick={() => onChange(value === at ? null : at)}
            className="inline-flex size-8 items-center justify-center rounded-md hover:bg-hover max-md:size-10"
          >
            <Star
              size={17}
              aria-hidden
              className={value !== null && at <= value ? "fill-current text-accent" : "text-faint"}
            />
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-table text-muted">{label}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

function isDraft(stored: unknown): stored is JournalDraft {
  if (typeof stored !== "object" || stored === null) return false;
  const { notes, tags, rating } = stored as Partial<Record<keyof JournalDraft, unknown>>;
  return typeof notes === "string" && typeof tags === "string" && (rating === null || typeof rating === "number");
}
