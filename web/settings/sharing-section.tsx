import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Invitation, SharedWith, Sharing } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { viewAccount } from "../app/viewing-banner.tsx";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { ConfirmAct } from "./confirm-act.tsx";
import { withProof } from "./prove.ts";
import { sharingQuery } from "./settings-queries.ts";

/** What is about to end, with what that does. */
interface Ending {
  readonly title: string;
  readonly verb: string;
  readonly path: string;
  readonly consequence: string;
}

/** Who may look at the person's account, and whose the person may look at. */
export function SharingSection() {
  const sharing = useQuery(sharingQuery);
  const cache = useQueryClient();
  const [ending, setEnding] = useState<Ending | null>(null);
  const refresh = () => void cache.invalidateQueries({ queryKey: sharingQuery.queryKey });
  if (sharing.isPending) return <SkeletonRows rows={4} />;
  if (sharing.isError) return <Failure error={sharing.error} onRetry={() => void sharing.refetch()} />;
  return (
    <>
      <Section title="Who may look at your account" note="They see your strategies, data and runs, and change nothing.">
        <div className="card">
          <InviteForm onInvited={refresh} />
          <Viewers sharing={sharing.data} onEnd={setEnding} />
        </div>
      </Section>
      <Section title="Accounts you may look at">
        <div className="card">
          <Owners owners={sharing.data.owners} onEnd={setEnding} />
        </div>
      </Section>
      {ending !== null && (
        <ConfirmAct
          title={ending.title}
          verb={ending.verb}
          act={() => client.request(ending.path, { method: "DELETE" })}
          onClose={() => setEnding(null)}
          onDone={() => {
            setEnding(null);
            refresh();
          }}
        >
          {ending.consequence}
        </ConfirmAct>
      )}
    </>
  );
}

function InviteForm({ onInvited }: { onInvited: () => void }) {
  const submission = useSubmission();
  const [email, setEmail] = useState("");
  async function invite() {
    const body = { email: email.trim() };
    await withProof(() => client.request<Invitation>("/sharing/invitations", { method: "POST", body }));
    setEmail("");
    onInvited();
  }
  return (
    <form
      className="grid gap-3 p-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submission.run(invite);
      }}
    >
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          className="max-w-md flex-1 basis-60"
          label="E-mail of the person"
          type="email"
          autoComplete="off"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Button kind="primary" type="submit" busy={submission.busy}>
          Send an invitation
        </Button>
      </div>
      <ActError error={submission.error} />
    </form>
  );
}

function Viewers({ sharing, onEnd }: { sharing: Sharing; onEnd: (ending: Ending) => void }) {
  const { viewers, invitations } = sharing;
  if (viewers.length + invitations.length === 0) {
    return <p className="border-t border-line px-5 py-4 text-muted">Nobody but you. An invitation goes by letter.</p>;
  }
  return (
    <ul className="divide-y divide-line border-t border-line">
      {viewers.map((viewer) => (
        <Row key={viewer.userId} name={viewer.name} detail={<SharedSince person={viewer} />}>
          <Button
            kind="danger"
            onClick={() =>
              onEnd({
                title: `End ${viewer.name}'s view`,
                verb: "End it",
                path: `/sharing/viewers/${viewer.userId}`,
                consequence: `${viewer.email} can no longer see anything of yours, at once. You can invite them again.`,
              })
            }
          >
            End
          </Button>
        </Row>
      ))}
      {invitations.map((invitation) => (
        <Row key={invitation.id} name={invitation.email} detail={<InvitedUntil timeMs={invitation.expiresAt} />}>
          <Button
            kind="danger"
            onClick={() =>
              onEnd({
                title: "Take the invitation back",
                verb: "Take it back",
                path: `/sharing/invitations/${invitation.id}`,
                consequence: `The link in the letter to ${invitation.email} stops working.`,
              })
            }
          >
            Take back
          </Button>
        </Row>
      ))}
    </ul>
  );
}

function Owners({ owners, onEnd }: { owners: readonly SharedWith[]; onEnd: (ending: Ending) => void }) {
  const submission = useSubmission();
  if (owners.length === 0) {
    return <p className="px-5 py-4 text-muted">None yet. Somebody who invites you sends a letter with a link.</p>;
  }
  return (
    <>
      <ul className="divide-y divide-line">
        {owners.map((owner) => (
          <Row key={owner.userId} name={owner.name} detail={<SharedSince person={owner} />}>
            <Button busy={submission.busy} onClick={() => void submission.run(() => viewAccount(owner.userId))}>
              Look at it
            </Button>
            <Button
              kind="danger"
              onClick={() =>
                onEnd({
                  title: `Give up ${owner.name}'s account`,
                  verb: "Give it up",
                  path: `/sharing/owners/${owner.userId}`,
                  consequence: `You can no longer see anything of ${owner.email}, until they invite you again.`,
                })
              }
            >
              Give up
            </Button>
          </Row>
        ))}
      </ul>
      <InlineError error={submission.error} />
    </>
  );
}

function Row({ name, detail, children }: { name: string; detail: ReactNode; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
      <div className="min-w-0">
        <div className="truncate font-medium">{name}</div>
        <p className="text-table break-all text-muted">{detail}</p>
      </div>
      <div className="flex gap-2">{children}</div>
    </li>
  );
}

function SharedSince({ person }: { person: SharedWith }) {
  return (
    <>
      {person.email}, since <Moment timeMs={person.createdAt} />
    </>
  );
}

function InvitedUntil({ timeMs }: { timeMs: number }) {
  return (
    <>
      Invited, open until <Moment timeMs={timeMs} />
    </>
  );
}
