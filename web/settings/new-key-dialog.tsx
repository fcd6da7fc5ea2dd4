import { useState } from "react";
import type { ApiScope, CreateApiKey, NewApiKey } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CheckField, type Choice, SelectField, TextField } from "../ui/field.tsx";
import { ActError } from "./act-error.tsx";
import { withProof } from "./prove.ts";

const SCOPES: readonly { readonly scope: ApiScope; readonly label: string; readonly hint: string }[] = [
  { scope: "read", label: "Read", hint: "See data, strategies and backtests. Changes nothing." },
  { scope: "trade", label: "Trade", hint: "Import data, write strategies and run backtests." },
  { scope: "admin", label: "Admin", hint: "What your role may do on this deployment. Rarely needed." },
];

type Life = "7" | "30" | "90" | "366" | "never";
const LIVES: readonly Choice<Life>[] = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "366", label: "366 days" },
  { value: "never", label: "Never ends" },
];

/** Makes a key; `onMade` gets it with the secret, which nobody can show again. */
export function NewKeyDialog({ onClose, onMade }: { onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const submission = useSubmission();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly ApiScope[]>(["read"]);
  const [life, setLife] = useState<Life>("90");
  const [addresses, setAddresses] = useState("");
  async function make() {
    const body: CreateApiKey = {
      name: name.trim(),
      scopes: [...scopes],
      days: life === "never" ? null : Number(life),
      allowedAddresses: addressesIn(addresses),
    };
    onMade(await withProof(() => client.request<NewApiKey>("/api-keys", { method: "POST", body })));
  }
  return (
    <Dialog title="Make an API key" open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (scopes.length > 0) void submission.run(make);
        }}
      >
        <TextField
          label="Name"
          placeholder="Nightly report"
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Scopes scopes={scopes} onChange={setScopes} />
        <SelectField label="Works for" value={life} choices={LIVES} onChange={setLife} />
        <TextField
          label="Only from these addresses"
          hint="IP addresses or ranges such as 203.0.113.0/24, with commas between. Empty: from anywhere."
          placeholder="Anywhere"
          autoComplete="off"
          value={addresses}
          onChange={(event) => setAddresses(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={submission.busy}>
            Make the key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Scopes({ scopes, onChange }: { scopes: readonly ApiScope[]; onChange: (scopes: ApiScope[]) => void }) {
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 text-table font-medium text-muted">It may</legend>
      <div className="flex flex-wrap gap-x-6">
        {SCOPES.map(({ scope, label, hint }) => (
          <CheckField
            key={scope}
            label={label}
            hint={hint}
            checked={scopes.includes(scope)}
            onChange={(checked) => onChange(checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
          />
        ))}
      </div>
      {scopes.length === 0 && <p className="text-table text-danger">must name at least one scope</p>}
    </fieldset>
  );
}

function addressesIn(text: string): string[] | null {
  const addresses = text.split(/[\s,;]+/).filter((address) => address !== "");
  return addresses.length === 0 ? null : addresses;
}
