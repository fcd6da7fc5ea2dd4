import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RecoveryCodes, Security } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { Authenticator } from "./authenticator.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { Passkeys } from "./passkeys.tsx";
import { PasswordForm } from "./password-form.tsx";
import { withProof } from "./prove.ts";
import { RecoveryCodesDialog } from "./recovery-codes.tsx";
import { SETTINGS_KEY, securityQuery } from "./settings-queries.ts";

/** Password, second factors and recovery codes. */
export function SecuritySection() {
  const security = useQuery(securityQuery);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <>
      <Section title="Second factor" note="A stolen password alone then opens nothing.">
        {security.isPending ? (
          <SkeletonRows rows={3} />
        ) : security.isError ? (
          <Failure error={security.error} onRetry={() => void security.refetch()} />
        ) : (
          <div className="card grid gap-5 p-5">
            <Authenticator security={security.data} onCodes={setCodes} />
            <Passkeys security={security.data} onCodes={setCodes} />
            {hasFactor(security.data) && <CodesLeft left={security.data.recoveryCodesLeft} onCodes={setCodes} />}
          </div>
        )}
      </Section>
      <Section title="Password">
        <div className="card p-5">
          <PasswordForm />
        </div>
      </Section>
      {codes !== null && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </>
  );
}

function CodesLeft({ left, onCodes }: { left: number; onCodes: (codes: string[]) => void }) {
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  async function renew() {
    const renewed = await withProof(() => client.request<RecoveryCodes>("/account/recovery-codes", { method: "POST" }));
    onCodes(renewed.codes);
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5">
      <div>
        <div className="font-medium">Recovery codes</div>
        <p className={left === 0 ? "text-table text-danger" : "text-table text-muted"}>
          {left === 0 ? "None left: make new ones before you need one." : `${left} left, each for one sign-in.`}
        </p>
      </div>
      <Button onClick={() => setAsking(true)}>Make new codes</Button>
      {asking && (
        <ConfirmAct
          title="Make new recovery codes"
          verb="Make new codes"
          act={renew}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void cache.invalidateQueries({ queryKey: SETTINGS_KEY });
          }}
        >
          Ten new codes take the place of all earlier ones, which stop working at once.
        </ConfirmAct>
      )}
    </div>
  );
}

function hasFactor(security: Security): boolean {
  return security.totp !== null || security.passkeys.length > 0;
}
