import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RecoveryCodes, Security, TotpEnrolment } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { ActError } from "./act-error.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { withProof } from "./prove.ts";
import { QrCode } from "./qr-code.tsx";
import { CopyButton } from "./secret-text.tsx";
import { SETTINGS_KEY } from "./settings-queries.ts";

/** The authenticator app: set up, or since when, and its removal. */
export function Authenticator({ security, onCodes }: { security: Security; onCodes: (codes: string[]) => void }) {
  const cache = useQueryClient();
  const submission = useSubmission();
  const [enrolment, setEnrolment] = useState<TotpEnrolment | null>(null);
  const [removing, setRemoving] = useState(false);
  const { totp } = security;
  async function refresh() {
    await cache.invalidateQueries({ queryKey: SETTINGS_KEY });
    await cache.invalidateQueries({ queryKey: ["session"] });
  }
  async function start() {
    setEnrolment(await withProof(() => client.request<TotpEnrolment>("/account/totp", { method: "POST" })));
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <div className="flex items-center gap-2 font-medium">
            Authenticator app {totp !== null && <Badge tone="accent">In use</Badge>}
          </div>
          <p className="text-table text-muted">
            {totp === null ? "Six digits from an app on your phone, at every sign-in." : <Since timeMs={totp.since} />}
          </p>
        </div>
        {totp === null ? (
          <Button kind="primary" busy={submission.busy} onClick={() => void submission.run(start)}>
            Set up
          </Button>
        ) : (
          <Button kind="danger" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        )}
      </div>
      <ActError error={submission.error} />
      {enrolment !== null && (
        <EnrolDialog
          enrolment={enrolment}
          onClose={() => setEnrolment(null)}
          onDone={(codes) => {
            setEnrolment(null);
            onCodes(codes);
            void refresh();
          }}
        />
      )}
      {removing && (
        <ConfirmAct
          title="Remove the authenticator app"
          verb="Remove the app"
          act={() => client.request("/account/totp", { method: "DELETE" })}
          onClose={() => setRemoving(false)}
          onDone={() => {
            setRemoving(false);
            void refresh();
          }}
        >
          {security.passkeys.length > 0
            ? "Sign-in will no longer ask for its codes. Your passkeys and recovery codes stay."
            : "From then on the password alone opens your account. Your recovery codes stop working, and no new API keys can be made until you set up a second factor again."}
        </ConfirmAct>
      )}
    </div>
  );
}

function Since({ timeMs }: { timeMs: number }) {
  return (
    <>
      Since <Moment timeMs={timeMs} />.
    </>
  );
}

function EnrolDialog(props: { enrolment: TotpEnrolment; onClose: () => void; onDone: (codes: string[]) => void }) {
  const { enrolment, onClose, onDone } = props;
  const submission = useSubmission();
  const [code, setCode] = useState("");
  async function confirm() {
    const body = { code: code.trim() };
    const { codes } = await withProof(() =>
      client.request<RecoveryCodes>("/account/totp/confirm", { method: "POST", body }),
    );
    onDone(codes);
  }
  return (
    <Dialog title="Set up an authenticator app" open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(confirm);
        }}
      >
        <p className="text-muted">Scan this with the app, or type the secret into it. Both are shown only now.</p>
        <div className="flex justify-center">
          <QrCode text={enrolment.uri} label="QR code of the secret below" />
        </div>
        <div className="flex flex-wrap items-center justify-between gap-2">
          <code className="num min-w-0 flex-1 basis-48 font-mono text-table break-all select-all">
            {enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          </code>
          <CopyButton text={enrolment.secret} />
        </div>
        <TextField
          label="Six digits that the app shows now"
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={submission.busy}>
            Take it into use
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
