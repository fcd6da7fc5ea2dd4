import { useState } from "react";
import { client } from "../api/runtime.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { SelectField, TextField } from "../ui/field.tsx";

const MINUTE_MS = 60_000;
const LENGTHS = [
  { value: "15", label: "a quarter of an hour" },
  { value: "60", label: "an hour" },
  { value: "240", label: "four hours" },
  { value: "", label: "nobody knows how long" },
] as const;

/** What people are told, and how long it shall take. */
export function MaintenanceDialog(ends: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [message, setMessage] = useState("We are changing something below the surface.");
  const [minutes, setMinutes] = useState<(typeof LENGTHS)[number]["value"]>("15");
  function begin() {
    const until = minutes === "" ? null : Date.now() + Number(minutes) * MINUTE_MS;
    return client.request("/admin/maintenance", { method: "POST", body: { isOn: true, message, until } });
  }
  return (
    <ConfirmAct
      {...ends}
      title="Begin a maintenance"
      verb="Begin"
      act={begin}
      isReady={message.trim() !== ""}
      fields={
        <>
          <TextField
            label="What people read"
            maxLength={300}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
          <SelectField label="It takes" value={minutes} choices={LENGTHS} onChange={setMinutes} />
        </>
      }
    >
      Pages say so, and the API answers 503. Bots, desks and streams go on, and everything that stops trading works.
    </ConfirmAct>
  );
}
