import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Backfill } from "../../schema/wire/backfill.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { formatCount } from "../format/format.ts";
import { useSubmission } from "../session/frame.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { forgetDraft, useSavedDraft } from "../ui/saved-draft.ts";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { type BackfillDraft, candlesAskedFor, newBackfillDraft, openingBackfill, requestOf } from "./backfill-draft.ts";
import { BackfillFields } from "./backfill-fields.tsx";
import { backfillSourcesQuery, backfillsQuery } from "./backfill-queries.ts";

const DRAFT = "backfill";

interface BackfillDialogProps {
  /** The source that it was opened of; the last one that was chosen where none is named. */
  readonly source: string | undefined;
  readonly onClose: () => void;
}

/** Has candles of a venue brought: from where, of what, how far back. They come by themselves once it is closed. */
export function BackfillDialog({ source: asked, onClose }: BackfillDialogProps) {
  const sources = useQuery(backfillSourcesQuery);
  const [now] = useState(() => Date.now());
  const [draft, setDraft] = useSavedDraft(DRAFT, (stored) => openingBackfill(stored, { source: asked, now }));
  const [shown, setShown] = useState(false);
  const submission = useSubmission();
  // One for each form: the same form sent twice begins once.
  const key = useRef(newIdempotencyKey());
  const form = useRef<HTMLFormElement>(null);
  const source = sources.data?.find(({ id }) => id === draft.sourceId) ?? sources.data?.[0];
  const whole = { ...draft, sourceId: source?.id ?? "" };
  const wish = requestOf(whole, { source, now });
  function change(next: BackfillDraft) {
    key.current = newIdempotencyKey();
    setDraft(next);
  }
  async function begin() {
    setShown(true);
    if (!("request" in wish)) {
      // Once they are marked.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    const { request: body } = wish;
    await submission.run(async () => {
      await client.request<Backfill>("/backfills", { method: "POST", body, idempotencyKey: key.current });
      forgetDraft(DRAFT);
      await queryClient.invalidateQueries({ queryKey: backfillsQuery.queryKey });
      onClose();
    });
  }
  return (
    <Dialog title="Bring candles from a venue" open onClose={onClose} wide>
      {sources.isPending ? (
        <SkeletonRows rows={4} />
      ) : sources.isError ? (
        <Failure error={sources.error} onRetry={() => void sources.refetch()} />
      ) : (
        <BackfillFields
          form={form}
          draft={whole}
          fresh={newBackfillDraft(now)}
          sources={sources.data}
          source={source}
          problems={shown && "problems" in wish ? wish.problems : new Map()}
          about={aboutOf(whole, now)}
          busy={submission.busy}
          error={submission.error}
          onChange={change}
          onSubmit={() => void begin()}
        />
      )}
    </Dialog>
  );
}

/** What is about to be asked for, in words. */
function aboutOf(draft: BackfillDraft, now: number): string {
  const candles = candlesAskedFor(draft, now);
  if (candles === undefined) return "";
  return `At most ${formatCount(candles)} candles. They come at the venue's pace, also while this page is closed.`;
}
