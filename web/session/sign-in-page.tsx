import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Mark } from "../app/rail.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { useTitle } from "../ui/page.tsx";
import { InlineError } from "../ui/states.tsx";
import { signIn, signUp } from "./identity.ts";

/** The shortest password that is taken; the server holds the same rule. */
const PASSWORD_LENGTH_MIN = 12;

export function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const { data } = useQuery(sessionQuery);
  const submission = useSubmission(next);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const demo = data?.demo;
  return (
    <Frame title="Sign in" foot={<Other to="/sign-up" next={next} question="No account yet?" answer="Make one" />}>
      {demo && (
        <div className="mb-6 border-b border-line pb-6">
          <Button
            kind="primary"
            className="w-full"
            busy={submission.busy}
            onClick={() => void submission.run(() => signIn(demo))}
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
          void submission.run(() => signIn({ email, password }));
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
        <Button kind={demo ? "plain" : "primary"} type="submit" busy={submission.busy}>
          Sign in
        </Button>
      </form>
    </Frame>
  );
}

export function SignUpPage() {
  const { next } = useSearch({ from: "/sign-up" });
  const submission = useSubmission(next);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const short = password !== "" && password.length < PASSWORD_LENGTH_MIN;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (password.length >= PASSWORD_LENGTH_MIN) void submission.run(() => signUp({ name, email, password }));
  }
  return (
    <Frame
      title="Make an account"
      foot={<Other to="/sign-in" next={next} question="Have an account?" answer="Sign in" />}
    >
      <form className="grid gap-4" onSubmit={submit}>
        <InlineError error={submission.error} />
        <TextField
          label="Name"
          autoComplete="name"
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <EmailField value={email} onChange={setEmail} />
        <TextField
          label={`Password, at least ${PASSWORD_LENGTH_MIN} characters`}
          type="password"
          autoComplete="new-password"
          required
          minLength={PASSWORD_LENGTH_MIN}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={short ? `must be at least ${PASSWORD_LENGTH_MIN} characters, was ${password.length}` : undefined}
        />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Make the account
        </Button>
      </form>
    </Frame>
  );
}

function EmailField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextField
      label="E-mail"
      type="email"
      autoComplete="email"
      inputMode="email"
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Frame({ title, children, foot }: { title: string; children: ReactNode; foot: ReactNode }) {
  useTitle(title);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-[352px]">
        <div className="mb-6 flex items-center gap-3">
          <Mark />
          <div>
            <div className="text-[15px] leading-5 font-semibold">ApexTrade</div>
            <div className="text-table leading-4 text-muted">Backtests that say whether they can be trusted</div>
          </div>
        </div>
        <div className="card p-6">
          <h1 className="mb-5 text-title font-semibold tracking-[-0.01em]">{title}</h1>
          {children}
        </div>
        <p className="mt-4 text-center text-muted">{foot}</p>
      </div>
    </main>
  );
}

function Other(props: { to: "/sign-in" | "/sign-up"; next: string | undefined; question: string; answer: string }) {
  return (
    <>
      {props.question}{" "}
      <Link
        to={props.to}
        search={props.next === undefined ? {} : { next: props.next }}
        className="font-medium text-accent underline underline-offset-2"
      >
        {props.answer}
      </Link>
    </>
  );
}

function useSubmission(next: string | undefined) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function run(act: () => Promise<void>) {
    setBusy(true);
    setError(null);
    try {
      await act();
      await navigate({ href: next ?? "/backtests" });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, run };
}
