import type { ReactNode } from "react";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ActError } from "./act-error.tsx";
import { withProof } from "./prove.ts";

interface ConfirmActProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What has to be said first. */
  readonly fields?: ReactNode;
  /** Whether enough was said. */
  readonly isReady?: boolean;
  /** The verb on the button. */
  readonly verb: string;
  /** Runs once, or twice where a fresh proof is asked for between. */
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
  /** Called after the act succeeded. */
  readonly onDone: () => void;
}

/** Says what will happen before it does. */
export function ConfirmAct({ title, children, fields, isReady = true, verb, act, onClose, onDone }: ConfirmActProps) {
  const submission = useSubmission();
  async function run() {
    const done = await submission.run(async () => {
      await withProof(act);
    });
    if (done) onDone();
  }
  return (
    <Dialog title={title} open onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // It may be opened from within a form of the page, which this is no part of.
          event.stopPropagation();
          if (isReady) void run();
        }}
      >
        <div className="text-muted">{children}</div>
        {fields}
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="danger" type="submit" busy={submission.busy} disabled={!isReady}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
