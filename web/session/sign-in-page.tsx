import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { FactorProof } from "../../schema/wire/session.ts";
import { sessionQuery } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { InlineError } from "../ui/states.tsx";
import { EmailField, Frame, Other, useSubmission } from "./frame.tsx";
import { answerChallenge, type Challenge, type Credentials, signIn } from "./identity.ts";

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
    if (challenge === null) await navigate({ href: next ?? "/backtests" });
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
      </form>
    </Frame>
  );
}

function FactorStep(props: { challenge: Challenge; next: string | undefined; onBack: () => void }) {
  const { challenge, next, onBack } = props;
  const navigate = useNavigate();
  const submission = useSubmission();
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(!challenge.methods.includes("totp"));
  async function submit() {
    const proof: FactorProof = { method: recovery ? "recovery" : "totp", code: code.trim() };
    await answerChallenge(challenge.token, proof);
    await navigate({ href: next ?? "/backtests" });
  }
  return (
    <Frame title="Second factor">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(submit);
        }}
      >
        <InlineError error={submission.error} />
        <TextField
          label={recovery ? "Recovery code" : "Six digits of your authenticator app"}
          autoComplete="one-time-code"
          inputMode={recovery ? "text" : "numeric"}
          required
          autoFocus
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Continue
        </Button>
        {challenge.methods.includes("totp") && challenge.methods.includes("recovery") && (
          <Button kind="plain" onClick={() => setRecovery(!recovery)}>
            {recovery ? "Use the authenticator app" : "Use a recovery code"}
          </Button>
        )}
        <Button kind="plain" onClick={onBack}>
          Back
        </Button>
      </form>
    </Frame>
  );
}
