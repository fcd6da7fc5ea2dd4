import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { InlineError } from "../ui/states.tsx";
import { EmailField, Frame, NewPasswordField, Other, PASSWORD_LENGTH_MIN, useSubmission } from "./frame.tsx";
import { confirmEmail, forgotPassword, resetPassword, signUp, verifyEmail } from "./identity.ts";

const toSignIn = <Other to="/sign-in" question="Have an account?" answer="Sign in" />;

export function SignUpPage() {
  const { next } = useSearch({ from: "/sign-up" });
  const submission = useSubmission();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);
  if (sent) return <LetterSent title="Confirm your address" email={email} />;
  return (
    <Frame
      title="Make an account"
      foot={<Other to="/sign-in" next={next} question="Have an account?" answer="Sign in" />}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (password.length < PASSWORD_LENGTH_MIN) return;
          void submission.run(() => signUp({ name, email, password })).then(setSent);
        }}
      >
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
        <NewPasswordField value={password} onChange={setPassword} />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Make the account
        </Button>
      </form>
    </Frame>
  );
}

export function ForgotPasswordPage() {
  const submission = useSubmission();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  if (sent) return <LetterSent title="Choose a new password" email={email} />;
  return (
    <Frame title="Forgot password" foot={toSignIn}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(() => forgotPassword(email)).then(setSent);
        }}
      >
        <InlineError error={submission.error} />
        <EmailField value={email} onChange={setEmail} />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Send a letter
        </Button>
      </form>
    </Frame>
  );
}

export function ResetPasswordPage() {
  const token = useLinkToken();
  const submission = useSubmission();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  if (token === "") return <DeadLink />;
  if (done) return <Finished title="Password set">Your sessions have ended. Sign in with the new password.</Finished>;
  return (
    <Frame title="Choose a new password" foot={toSignIn}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (password.length < PASSWORD_LENGTH_MIN) return;
          void submission.run(() => resetPassword(token, password)).then(setDone);
        }}
      >
        <InlineError error={submission.error} />
        <NewPasswordField value={password} onChange={setPassword} />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Set the password
        </Button>
      </form>
    </Frame>
  );
}

/** Asks for the password of the sign-up too: a stranger who used this address has a letter in the same mailbox. */
export function VerifyEmailPage() {
  const token = useLinkToken();
  const submission = useSubmission();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  if (token === "") return <DeadLink />;
  if (done) return <Finished title="Confirm your address">Your address is confirmed.</Finished>;
  return (
    <Frame title="Confirm your address" foot={toSignIn}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(() => verifyEmail(token, password)).then(setDone);
        }}
      >
        <InlineError error={submission.error} />
        <TextField
          label="The password you chose"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Confirm
        </Button>
      </form>
    </Frame>
  );
}

export function ConfirmEmailPage() {
  return (
    <LinkPage title="Confirm your new address" button="Confirm" act={confirmEmail} done="It is your address now." />
  );
}

/** A link does nothing by itself: programs that look at links in letters must not use it up. */
function LinkPage(props: { title: string; button: string; act: (token: string) => Promise<void>; done: string }) {
  const token = useLinkToken();
  const submission = useSubmission();
  const [done, setDone] = useState(false);
  if (token === "") return <DeadLink />;
  if (done) return <Finished title={props.title}>{props.done}</Finished>;
  return (
    <Frame title={props.title} foot={toSignIn}>
      <div className="grid gap-4">
        <InlineError error={submission.error} />
        <Button
          kind="primary"
          busy={submission.busy}
          onClick={() => void submission.run(() => props.act(token)).then(setDone)}
        >
          {props.button}
        </Button>
      </div>
    </Frame>
  );
}

function LetterSent({ title, email }: { title: string; email: string }) {
  const { data } = useQuery(sessionQuery);
  return (
    <Frame title={title} foot={toSignIn}>
      <p>
        A letter is on its way to <strong className="font-medium break-all">{email}</strong>. Open the link in it.
      </p>
      {data?.mailboxUrl && (
        <p className="mt-3 text-table text-muted">
          This server sends nothing:{" "}
          <a href={data.mailboxUrl} className="text-accent underline underline-offset-2">
            read its letters here
          </a>
          .
        </p>
      )}
    </Frame>
  );
}

function Finished({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Frame title={title} foot={<Other to="/sign-in" question="Done." answer="Sign in" />}>
      <p>{children}</p>
    </Frame>
  );
}

function DeadLink() {
  return (
    <Frame title="This link is not whole" foot={toSignIn}>
      <p>Open it from the letter once more, or ask for a new letter.</p>
    </Frame>
  );
}

/** The token behind `#`, kept in memory and taken out of the address: history and screenshots shall not hold it. */
function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
  useEffect(() => {
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  }, []);
  return token;
}
