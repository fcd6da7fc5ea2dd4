import { useState } from "react";
import type { NoticeChannel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { pathOf, type Whose } from "./notification-queries.ts";

interface CodeDialogProps {
  readonly whose: Whose;
  readonly channel: NoticeChannel;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Takes the code of the letter that went to a new address, or has another one sent. */
export function CodeDialog({ whose, channel, onClose, onDone }: CodeDialogProps) {
  const submission = useSubmission();
  const asking = useSubmission();
  const [code, setCode] = useState("");
  const [sent, setSent] = useState(false);
  const path = `${pathOf(whose)}/channels/${channel.id}`;
  async function confirm() {
    await client.request(`${path}/confirm`, { method: "POST", body: { code: code.trim() } });
    onDone();
  }
  async function again() {
    await client.request(`${path}/code`, { method: "POST" });
    setSent(true);
  }
  return (
    <Dialog title={`Confirm ${channel.label}`} open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(confirm);
        }}
      >
        <p className="text-muted">
          A letter with a code is on its way to <strong className="font-semibold text-ink">{channel.target}</strong>.
          Whoever reads mail there agrees by giving it to you. It works for 24 hours.
        </p>
        <TextField
          label="Code"
          required
          autoComplete="one-time-code"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <ActError error={submission.error ?? asking.error} />
        {sent && (
          <p role="status" className="text-accent">
            Another code is on its way.
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button kind="quiet" busy={asking.busy} onClick={() => void asking.run(again)}>
            Send another code
          </Button>
          <Button kind="primary" type="submit" busy={submission.busy}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
