import { useState } from "react";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";

/** Stops trading, and asks a second administrator to agree to closing everything. */
export function ClosingDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const submission = useSubmission();
  const [reason, setReason] = useState("");
  async function ask() {
    const done = await submission.run(async () => {
      await client.request("/admin/closings", { method: "POST", body: { reason } });
    });
    if (done) onDone();
  }
  return (
    <Dialog title="Close every position" open onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <p className="text-muted">
          All trading stops now. Every position of everybody is closed, at the market, once another administrator agrees
          within half an hour.
        </p>
        <TextField
          label="Why"
          hint="The other administrator reads it, and so does whoever reads your trail."
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="danger" type="submit" busy={submission.busy} disabled={reason.trim().length < 4}>
            Stop trading and ask
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
