import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { RiskLimits, RiskView } from "../../schema/wire/risk.ts";
import { client } from "../api/runtime.ts";
import { ActError } from "../settings/act-error.tsx";
import { withProof } from "../settings/prove.ts";
import { refreshTrading } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import {
  type HoursRow,
  hoursOfStored,
  hoursOfWindows,
  hoursProblems,
  hoursWords,
  windowsOfHours,
} from "./hours-draft.ts";
import { HoursFields } from "./hours-fields.tsx";

/** Changes the hours in which orders of an account may be sent. */
export function HoursForm({ accountId, risk }: { accountId: string; risk: RiskView }) {
  const account = risk.limits.find(({ level }) => level === "account");
  // A change that waits is what was set last: the form goes on from it.
  const set = account?.pending?.limits ?? account?.limits ?? { caps: {} };
  const version = account?.version ?? 0;
  return <Fields key={version} {...{ accountId, set, version }} inForce={account?.limits} />;
}

interface FieldsProps {
  readonly accountId: string;
  readonly set: RiskLimits;
  readonly version: number;
  readonly inForce: RiskLimits | undefined;
}

function Fields({ accountId, set, version, inForce }: FieldsProps) {
  const [rows, setRows] = useSavedDraft<readonly HoursRow[]>(
    `hours.${accountId}.${version}`,
    (stored) => hoursOfStored(stored) ?? hoursOfWindows(set.windows),
  );
  const [tried, setTried] = useState(false);
  const problems = hoursProblems(rows);
  const windows = windowsOfHours(rows);
  const nothing = JSON.stringify(windows) === JSON.stringify(windowsOfHours(hoursOfWindows(set.windows)));
  const save = useMutation({
    mutationFn() {
      const { windows: _before, ...rest } = set;
      const body: RiskLimits = windows === undefined ? rest : { ...rest, windows };
      return withProof(() => client.request<unknown>(`/accounts/${accountId}/limits`, { method: "PUT", body }));
    },
    onSettled: refreshTrading,
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (problems.size === 0 && !nothing && !save.isPending) save.mutate();
  }
  return (
    <form noValidate aria-label="Hours of the account" onSubmit={submit} className="card grid gap-4 p-5">
      <p>
        In force: <span className="num font-medium">{hoursWords(inForce?.windows)}</span>
      </p>
      <HoursFields rows={rows} onChange={setRows} problem={(place) => (tried ? problems.get(place) : undefined)} />
      <ActError error={save.error} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button kind="primary" type="submit" busy={save.isPending} disabled={nothing}>
          {nothing ? "Nothing is changed" : "Save the hours"}
        </Button>
        <Button kind="quiet" disabled={nothing} onClick={() => setRows(hoursOfWindows(set.windows))}>
          Back to what is set
        </Button>
      </div>
    </form>
  );
}
