import { useState } from "react";
import { client } from "../api/runtime.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { TextField } from "../ui/field.tsx";

/** Letters of a reason that another person can go by. */
const REASON_CHARACTERS_MIN = 4;

/** Stops trading, and asks a second administrator to agree to closing everything. */
export function ClosingDialog(ends: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <ConfirmAct
      {...ends}
      title="Close every position"
      verb="Stop trading and ask"
      act={() => client.request("/admin/closings", { method: "POST", body: { reason } })}
      isReady={reason.trim().length >= REASON_CHARACTERS_MIN}
      fields={
        <TextField
          label="Why"
          hint="The other administrator reads it, and so does whoever reads your trail."
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      }
    >
      All trading stops now. Every position of everybody is closed, at the market, once another administrator agrees
      within half an hour.
    </ConfirmAct>
  );
}
