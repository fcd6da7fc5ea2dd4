import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { Frame, Other, useSubmission } from "../session/frame.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Failure, InlineError, SkeletonRows } from "../ui/states.tsx";

/** Kept beside the page, so that it is still there after signing in on the way. */
let keptToken = "";

/** Accepts an invitation by the token of its letter, once the person is signed in and says so. */
export function InvitationPage() {
  const token = useInvitationToken();
  const session = useQuery(sessionQuery);
  if (token === "") {
    return (
      <Frame title="This link is not whole">
        <p>Open it from the letter once more, or ask for a new invitation.</p>
      </Frame>
    );
  }
  return (
    <Frame title="You are invited to look on">
      {session.isPending ? (
        <SkeletonRows rows={2} />
      ) : session.isError ? (
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      ) : session.data.user === null ? (
        <SignInFirst />
      ) : (
        <Accept token={token} email={session.data.user.email} />
      )}
    </Frame>
  );
}

function SignInFirst() {
  return (
    <div className="grid gap-4">
      <p>Sign in with the address that the letter was sent to. You come back here afterwards.</p>
      <Link to="/sign-in" search={{ next: "/invitation" }} className={buttonClass("primary")}>
        Sign in
      </Link>
      <p className="text-table text-muted">
        <Other to="/sign-up" question="No account yet?" answer="Make one" /> and open the letter again.
      </p>
    </div>
  );
}

function Accept({ token, email }: { token: string; email: string }) {
  const navigate = useNavigate();
  const submission = useSubmission();
  async function accept() {
    await client.request("/sharing/accept", { method: "POST", body: { token } });
    keptToken = "";
    await navigate({ to: "/settings", search: { section: "sharing" } });
  }
  return (
    <div className="grid gap-4">
      <p>
        You will be able to look at the account of whoever invited you, and change nothing in it. You are signed in as{" "}
        <strong className="font-medium break-all">{email}</strong>.
      </p>
      <InlineError error={submission.error} />
      <Button kind="primary" busy={submission.busy} onClick={() => void submission.run(accept)}>
        Accept
      </Button>
    </div>
  );
}

/** The token behind `#`, taken out of the address: history and screenshots shall not hold it. */
function useInvitationToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? keptToken);
  useEffect(() => {
    keptToken = token;
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  }, [token]);
  return token;
}
