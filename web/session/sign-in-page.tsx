import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { FactorMethod, FactorProof } from "../../schema/wire/session.ts";
import { sessionQuery } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { InlineError } from "../ui/states.tsx";
import { EmailField, Frame, Other, useSubmission } from "./frame.tsx";
import {
  answerByPasskey,
  answerChallenge,
  type Challenge,
  type Credentials,
  signIn,
  signInByPasskey,
} from "./identity.ts";

export function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  if (challenge === null) return <PasswordStep next={next} onChallenge={setChallenge} />;
  return <FactorStep challenge={challenge} next={next} onBack={() => setChallenge(null)} />;
}

function PasswordStep(props: { next: string | undefined; onChallenge: (challenge: Challenge) => void }) {
  const { next, onChallenge } = props;
  const { data } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const submission = useSubmission();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [keep, setKeep] = useState(false);
  const demo = data?.demo;
  async function enter(credentials: Credentials & { keep?: boolean }) {
    const challenge = await signIn(credentials);
    if (challenge === null) await navigate({ href: next ?? "/" });
    else onChallenge(challenge);
  }
  return (
    <Frame title="Sign in" foot={<Other to="/sign-up" next={next} question="No account yet?" answer="Make one" />}>
      {demo && (
        <div className="mb-6 border-b border-line pb-6">
          <Button
            kind="primary"
            className="w-full"
            busy={submission.busy}
            onClick={() => void submission.run(() => enter(demo))}
          >
            Use the demo account
          </Button>
          <p className="mt-2 text-table text-muted">
            Simulated candles, strategies to try, nothing to set up. It exists on this machine only.
          </p>
        </div>
      )}
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(() => enter({ email, password, keep }));
        }}
      >
        <InlineError error={submission.error} />
        <EmailField value={email} onChange={setEmail} />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div className="flex flex-wrap items-center justify-between gap-2 text-table">
          <label className="flex items-center gap-2">
            <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
            Stay signed in for a week
          </label>
          <Link to="/forgot-password" className="text-accent underline underline-offset-2">
            Forgot password
          </Link>
        </div>
        <Button kind={demo ? "plain" : "primary"} type="submit" busy={submission.busy}>
          Sign in
        </Button>
        {canUsePasskeys() && (
          <Button
            kind="plain"
            disabled={submission.busy}
            onClick={() =>
              void submission.run(async () => {
                await signInByPasskey(keep);
                await navigate({ href: next ?? "/" });
              })
            }
          >
            Sign in with a passkey
          </Button>
        )}
      </form>
    </Frame>
  );
}

type CodeMethod = Exclude<FactorMethod, "passkey">;

const CODE_LABELS: Readonly<Record<CodeMethod, string>> = {
  totp: "Six digits of your authenticator app",
  recovery: "Recovery code",
};
const SWITCH_LABELS: Readonly<Record<CodeMethod, string>> = {
  totp: "Use the authenticator app",
  recovery: "Use a recovery code",
};

function FactorStep(props: { challenge: Challenge; next: string | undefined; onBack: () => void }) {
  const { challenge, next, onBack } = props;
  const navigate = useNavigate();
  const submission = useSubmission();
  const [code, setCode] = useState("");
  const codeMethods = challenge.methods.filter((method) => method !== "passkey");
  const [method, setMethod] = useState<CodeMethod | undefined>(codeMethods.includes("totp") ? "totp" : codeMethods[0]);
  async function enter(answer: () => Promise<void>) {
    await answer();
    await navigate({ href: next ?? "/" });
  }
  return (
    <Frame title="Second factor">
      <div className="grid gap-4">
        <InlineError error={submission.error} />
        {challenge.methods.includes("passkey") && (
          <Button
            kind={method === "totp" ? "plain" : "primary"}
            disabled={submission.busy}
            onClick={() => void submission.run(() => enter(() => answerByPasskey(challenge.token)))}
          >
            Use a passkey
          </Button>
        )}
        {method !== undefined && (
          <form
            className="grid gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              const proof: FactorProof = { method, code: code.trim() };
              void submission.run(() => enter(() => answerChallenge(challenge.token, proof)));
            }}
          >
            <TextField
              label={CODE_LABELS[method]}
              autoComplete="one-time-code"
              inputMode={method === "totp" ? "numeric" : "text"}
              required
              autoFocus
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <Button kind={method === "totp" ? "primary" : "plain"} type="submit" busy={submission.busy}>
              Continue
            </Button>
          </form>
        )}
        {codeMethods
          .filter((other) => other !== method)
          .map((other) => (
            <Button
              key={other}
              kind="plain"
              onClick={() => {
                setMethod(other);
                setCode("");
              }}
            >
              {SWITCH_LABELS[other]}
            </Button>
          ))}
        <Button kind="plain" onClick={onBack}>
          Back
        </Button>
      </div>
    </Frame>
  );
}

/** Old browsers and pages without TLS have none. */
function canUsePasskeys(): boolean {
  return typeof PublicKeyCredential === "function";
}
