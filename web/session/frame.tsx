import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Mark } from "../app/rail.tsx";
import { TextField } from "../ui/field.tsx";
import { useTitle } from "../ui/page.tsx";

/** The shortest password that is taken; the server holds the same rule. */
export const PASSWORD_LENGTH_MIN = 12;

/** The card of everybody who is not signed in yet. */
export function Frame({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
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
        {foot !== undefined && <p className="mt-4 text-center text-muted">{foot}</p>}
      </div>
    </main>
  );
}

export function Other(props: {
  to: "/sign-in" | "/sign-up" | "/forgot-password";
  next?: string | undefined;
  question: string;
  answer: string;
}) {
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

export function EmailField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
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

export function NewPasswordField({
  name = "Password",
  value,
  onChange,
}: {
  /** What the password is called where another one stands beside it. */
  name?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const short = value !== "" && value.length < PASSWORD_LENGTH_MIN;
  return (
    <TextField
      label={`${name}, at least ${PASSWORD_LENGTH_MIN} characters`}
      type="password"
      autoComplete="new-password"
      required
      minLength={PASSWORD_LENGTH_MIN}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={short ? `must be at least ${PASSWORD_LENGTH_MIN} characters, was ${value.length}` : undefined}
    />
  );
}

/** Runs one act at a time and keeps its error; answers whether it succeeded. */
export function useSubmission() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function run(act: () => Promise<void>): Promise<boolean> {
    setBusy(true);
    setError(null);
    try {
      await act();
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, error, run };
}
