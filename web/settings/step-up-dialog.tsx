import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Security } from "../../schema/wire/account.ts";
import type { PasskeyOptions, Session, StepUp } from "../../schema/wire/session.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { provenByPasskey } from "../session/passkey-ceremony.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { answerProof, sendProof, useProofAsked } from "./prove.ts";
import { securityQuery } from "./settings-queries.ts";

type Method = StepUp["method"];

const LABELS: Readonly<Record<Method, string>> = {
  password: "Password",
  totp: "Six digits of your authenticator app",
  recovery: "Recovery code",
  passkey: "Passkey",
};

/** Asks again who the person is whenever `withProof` meets a door that needs it. */
export function StepUpDialog() {
  if (!useProofAsked()) return null;
  return (
    <Dialog title="Is it you?" open onClose={() => answerProof(false)}>
      <Question />
    </Dialog>
  );
}

function Question() {
  const security = useQuery(securityQuery);
  const session = useQuery(sessionQuery);
  if (security.isPending) return <SkeletonRows rows={2} />;
  if (security.isError) return <Failure error={security.error} onRetry={() => void security.refetch()} />;
  return <ProofForm methods={methodsOf(security.data)} demoPassword={demoPasswordOf(session.data)} />;
}

/** The demo's password, for whoever is signed in as it and has never seen one; undefined for everybody else. */
function demoPasswordOf(session: Session | undefined): string | undefined {
  const { demo, user } = session ?? {};
  return demo !== undefined && demo?.email === user?.email ? demo?.password : undefined;
}

interface ProofFormProps {
  readonly methods: readonly [Method, ...Method[]];
  readonly demoPassword: string | undefined;
}

function ProofForm({ methods, demoPassword }: ProofFormProps) {
  const [method, setMethod] = useState<Method>(methods[0]);
  const [text, setText] = useState(method === "password" ? (demoPassword ?? "") : "");
  const submission = useSubmission();
  async function submit() {
    const proven = await submission.run(async () => sendProof(await proofOf(method, text)));
    if (proven) answerProof(true);
  }
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p className="text-muted">
        What you are about to do matters for your account. This proof holds for five minutes.
      </p>
      {methods.length > 1 && (
        <SelectField
          label="Prove it by"
          value={method}
          choices={methods.map((value) => ({ value, label: LABELS[value] }))}
          onChange={(value) => {
            setMethod(value);
            setText("");
          }}
        />
      )}
      {method !== "passkey" && (
        <TextField
          label={LABELS[method]}
          hint={method === "password" && demoPassword !== undefined ? "The demo's own: it is filled in." : undefined}
          type={method === "password" ? "password" : "text"}
          autoComplete={method === "password" ? "current-password" : "one-time-code"}
          inputMode={method === "totp" ? "numeric" : "text"}
          required
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <InlineError error={submission.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={() => answerProof(false)}>Cancel</Button>
        <Button kind="primary" type="submit" busy={submission.busy}>
          {method === "passkey" ? "Use a passkey" : "Continue"}
        </Button>
      </div>
    </form>
  );
}

/** The password counts only where there is no second factor; the server holds the same rule. */
function methodsOf(security: Security): readonly [Method, ...Method[]] {
  const passkey: Method[] = security.passkeys.length > 0 ? ["passkey"] : [];
  const recovery: Method[] = security.recoveryCodesLeft > 0 ? ["recovery"] : [];
  if (security.totp !== null) return ["totp", ...passkey, ...recovery];
  return passkey.length > 0 ? ["passkey", ...recovery] : ["password"];
}

async function proofOf(method: Method, text: string): Promise<StepUp> {
  if (method === "password") return { method, password: text };
  if (method !== "passkey") return { method, code: text.trim() };
  const asked = await client.request<PasskeyOptions>("/session/step-up/passkey", { method: "POST" });
  return { method, token: asked.token, response: await provenByPasskey(asked) };
}
