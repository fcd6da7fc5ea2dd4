import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { z } from "zod";
import type { CapName, CapUse, LimitsInForce, RiskLimits, RiskView } from "../../schema/wire/risk.ts";
import { client } from "../api/runtime.ts";
import { ActError } from "../settings/act-error.tsx";
import { withProof } from "../settings/prove.ts";
import { refreshTrading } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { useNow } from "../ui/moment.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import { useSubmitKey } from "../ui/use-submit-key.ts";
import { CAP_WORDS, capUnitWord, formatCap } from "./cap-words.ts";
import { accountLimitWords } from "./limit-in-force.ts";
import {
  draftOfLimits,
  type LimitsChange,
  type LimitsDraft,
  limitProblems,
  limitsChange,
  limitsOfDraft,
} from "./limits-draft.ts";

type InForce = z.infer<typeof LimitsInForce>;

/** Caps of an account in the order of the form; those of rate and price are seldom changed and come last. */
const FIELDS = [
  "orderNotional",
  "positionNotional",
  "grossExposure",
  "netExposure",
  "leverage",
  "dailyLoss",
  "drawdown",
  "openOrders",
  "openOrderNotional",
  "ordersPerSecond",
  "ordersPerMinute",
  "priceCollar",
  "priceAge",
  "duplicateWindow",
] as const satisfies readonly CapName[];

interface LimitsFormProps {
  readonly accountId: string;
  readonly currency: string;
  readonly risk: RiskView;
}

/** Changes the limits of an account. */
export function LimitsForm({ accountId, currency, risk }: LimitsFormProps) {
  const { limits, uses } = risk;
  const account = limits.find(({ level }) => level === "account");
  const ceilings = limits.find(({ level }) => level === "platform")?.limits.caps ?? {};
  // A raise that waits is what was set last: the form goes on from it.
  const set: RiskLimits = account?.pending?.limits ?? account?.limits ?? { caps: {} };
  return (
    <div className="card p-5">
      {account?.pending != null && <Pending pending={account.pending} />}
      <Fields
        // What was set by somebody else, or has come into force, is begun with.
        key={`${account?.version ?? 0}`}
        {...{ accountId, currency, set, ceilings, uses }}
        version={account?.version ?? 0}
      />
    </div>
  );
}

interface FieldsProps {
  readonly accountId: string;
  readonly currency: string;
  readonly version: number;
  readonly set: RiskLimits;
  readonly ceilings: RiskLimits["caps"];
  readonly uses: readonly CapUse[];
}

function Fields({ accountId, currency, version, set, ceilings, uses }: FieldsProps) {
  const [draft, setDraft] = useSavedDraft<LimitsDraft>(`limits.${accountId}.${version}`, (stored) =>
    typeof stored === "object" && stored !== null ? (stored as LimitsDraft) : draftOfLimits(set),
  );
  const [tried, setTried] = useState(false);
  const wanted = limitsOfDraft(draft, set);
  const problems = limitProblems(draft, set);
  const change = limitsChange(set, wanted);
  const save = useMutation({
    mutationFn: () =>
      withProof(() => client.request<unknown>(`/accounts/${accountId}/limits`, { method: "PUT", body: wanted })),
    onSettled: refreshTrading,
  });
  const nothing = change.raised.length + change.lowered.length === 0;
  function submit(event?: FormEvent) {
    event?.preventDefault();
    setTried(true);
    if (problems.size === 0 && !nothing && !save.isPending) save.mutate();
  }
  useSubmitKey(submit);
  return (
    <form noValidate aria-label="Limits of the account" onSubmit={submit} className="grid gap-4">
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-5">
        {FIELDS.map((cap) => {
          const { label, hint, unit } = CAP_WORDS[cap];
          const ceiling = ceilings[cap];
          const top = ceiling === undefined ? "" : ` The platform allows ${formatCap(ceiling, unit, currency)}.`;
          return (
            <div key={cap} className="min-w-0">
              <TextField
                label={label}
                hint={`${hint} Empty: the account sets none of its own.${top}`}
                unit={capUnitWord(unit, currency)}
                placeholder="not set"
                inputMode="decimal"
                autoComplete="off"
                value={draft[cap] ?? ""}
                error={tried ? problems.get(cap) : undefined}
                onChange={(event) => setDraft({ ...draft, [cap]: event.target.value })}
              />
              <p className="num mt-1 text-table text-muted">{accountLimitWords(cap, uses, currency)}</p>
            </div>
          );
        })}
      </div>
      <ActError error={save.error} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button kind="primary" type="submit" busy={save.isPending} disabled={nothing}>
          {changeWords(change)}
          <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
        </Button>
        <Button kind="quiet" disabled={nothing} onClick={() => setDraft(draftOfLimits(set))}>
          Back to what is set
        </Button>
        {save.isSuccess && nothing && <span role="status">Saved.</span>}
      </div>
    </form>
  );
}

function Pending({ pending }: { pending: NonNullable<InForce["pending"]> }) {
  const seconds = Math.max(0, Math.ceil((pending.from - useNow(1_000)) / 1_000));
  return (
    <p role="status" className="mb-4 rounded-md border border-line-strong px-3 py-2">
      {seconds === 0 ? "Raised limits are coming into force." : `Raised limits come into force in ${seconds} s.`} Until
      then the strictest of all that was set holds.
    </p>
  );
}

/** What the button does: "Lower 1 cap at once, raise 2 in a minute". */
function changeWords({ raised, lowered }: LimitsChange): string {
  const caps = (count: number) => `${count} ${count === 1 ? "cap" : "caps"}`;
  if (raised.length === 0 && lowered.length === 0) return "Nothing is changed";
  if (raised.length === 0) return `Lower ${caps(lowered.length)} at once`;
  if (lowered.length === 0) return `Raise ${caps(raised.length)} in a minute`;
  return `Lower ${caps(lowered.length)} at once, raise ${raised.length} in a minute`;
}
