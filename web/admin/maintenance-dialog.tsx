import { useState } from "react";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { withProof } from "../settings/prove.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField, TextField } from "../ui/field.tsx";

const MINUTE_MS = 60_000;
const LENGTHS = [
  { value: "15", label: "a quarter of an hour" },
  { value: "60", label: "an hour" },
  { value: "240", label: "four hours" },
  { value: "", label: "nobody knows how long" },
] as const;

/** What people are told, and how long it shall take. */
export function MaintenanceDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const submission = useSubmission();
  const [message, setMessage] = useState("We are changing something below the surface.");
  const [minutes, setMinutes] = useState<(typeof LENGTHS)[number]["value"]>("15");
  async function begin() {
    const until = minutes === "" ? null : Date.now() + Number(minutes) * MINUTE_MS;
    const body = { isOn: true, message, until };
    const done = await submission.run(() =>
      withProof(() => client.request("/admin/maintenance", { method: "POST", body })),
    );
    if (done) onDone();
  }
  return (
    <Dialog title="Begin a maintenance" open onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <p className="text-muted">
          Pages say so, and the API answers 503. Bots, desks and streams go on, and everything that stops trading works.
        </p>
        <TextField
          label="What people read"
          maxLength={300}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
        <SelectField label="It takes" value={minutes} choices={LENGTHS} onChange={setMinutes} />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="danger" type="submit" busy={submission.busy}>
            Begin
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
