import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Passkey, Security } from "../../schema/wire/account.ts";
import type { PasskeyOptions } from "../../schema/wire/session.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { madePasskey } from "../session/passkey-ceremony.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { ActError } from "./act-error.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { withProof } from "./prove.ts";
import { SETTINGS_KEY } from "./settings-queries.ts";

interface Added {
  readonly passkey: Passkey;
  readonly codes: string[] | null;
}

/** The passkeys: the list, a new one, removal. */
export function Passkeys({ security, onCodes }: { security: Security; onCodes: (codes: string[]) => void }) {
  const cache = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  async function refresh() {
    await cache.invalidateQueries({ queryKey: SETTINGS_KEY });
    await cache.invalidateQueries({ queryKey: ["session"] });
  }
  const last = security.passkeys.length === 1 && security.totp === null;
  return (
    <div className="grid gap-3 border-t border-line pt-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <div className="font-medium">Passkeys</div>
          <p className="text-table text-muted">A fingerprint, a face or a key that no false page can ask for.</p>
        </div>
        <Button onClick={() => setAdding(true)}>Add a passkey</Button>
      </div>
      {security.passkeys.map((passkey) => (
        <div key={passkey.id} className="flex flex-wrap items-center justify-between gap-3">
          <div className="min-w-0">
            <div className="truncate">{passkey.name}</div>
            <p className="text-table text-muted">
              Added <Moment timeMs={passkey.createdAt} />,{" "}
              {passkey.lastUsedAt === null ? "not used yet" : <UsedAgo timeMs={passkey.lastUsedAt} />}
            </p>
          </div>
          <Button kind="danger" aria-label={`Remove the passkey ${passkey.name}`} onClick={() => setRemoving(passkey)}>
            Remove
          </Button>
        </div>
      ))}
      {adding && (
        <AddDialog
          onClose={() => setAdding(false)}
          onDone={({ codes }) => {
            setAdding(false);
            if (codes !== null) onCodes(codes);
            void refresh();
          }}
        />
      )}
      {removing !== null && (
        <ConfirmAct
          title="Remove a passkey"
          verb="Remove the passkey"
          act={() => client.request(`/account/passkeys/${encodeURIComponent(removing.id)}`, { method: "DELETE" })}
          onClose={() => setRemoving(null)}
          onDone={() => {
            setRemoving(null);
            void refresh();
          }}
        >
          {`${removing.name} will no longer open your account.`}
          {last && " It is your last second factor: from then on the password alone is enough."}
        </ConfirmAct>
      )}
    </div>
  );
}

function UsedAgo({ timeMs }: { timeMs: number }) {
  return (
    <>
      used <Ago timeMs={timeMs} />
    </>
  );
}

function AddDialog({ onClose, onDone }: { onClose: () => void; onDone: (added: Added) => void }) {
  const submission = useSubmission();
  const [name, setName] = useState("");
  async function add() {
    const asked = await withProof(() =>
      client.request<PasskeyOptions>("/account/passkeys/options", { method: "POST" }),
    );
    const body = { token: asked.token, name: name.trim(), response: await madePasskey(asked) };
    onDone(await withProof(() => client.request<Added>("/account/passkeys", { method: "POST", body })));
  }
  return (
    <Dialog title="Add a passkey" open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(add);
        }}
      >
        <TextField
          label="Name"
          hint="To tell your passkeys apart, such as the device it lives on."
          placeholder="Work laptop"
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={submission.busy}>
            Continue
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
