import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DELETION_GRACE_DAYS } from "../../schema/wire/privacy.ts";
import { sessionQuery } from "../api/queries.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { KeepAccount } from "./keep-account.tsx";
import { postOnce, sendProof, withProof } from "./prove.ts";

/** The way out: what it means, the day it happens, and the way back until then. */
export function DeletionSection() {
  const session = useQuery(sessionQuery).data;
  const [isOpen, setOpen] = useState(false);
  const user = session?.user;
  if (!user) return <SkeletonRows rows={1} />;
  const { deletionDueAt } = session;
  return (
    <Section title="Delete your account">
      <div className="card flex flex-wrap items-center justify-between gap-4 p-5">
        {deletionDueAt === null ? (
          <>
            <p className="min-w-0 flex-1 basis-80 text-muted">
              Everything in it is erased for good after {DELETION_GRACE_DAYS} days. Until then you can change your mind.
              Make an archive first, where you want to keep something.
            </p>
            <Button kind="danger" onClick={() => setOpen(true)}>
              Delete my account
            </Button>
          </>
        ) : (
          <>
            <p className="min-w-0 flex-1 basis-80">
              Your account will be erased on <Moment timeMs={deletionDueAt} />. Until then everything works.
            </p>
            <KeepAccount />
          </>
        )}
      </div>
      {isOpen && <DeletionDialog email={user.email} hasFactor={session.secondFactor} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function DeletionDialog(props: { email: string; hasFactor: boolean; onClose: () => void }) {
  const { email, hasFactor, onClose } = props;
  const cache = useQueryClient();
  const submission = useSubmission();
  const [password, setPassword] = useState("");
  const [typed, setTyped] = useState("");
  const matches = typed.trim().toLowerCase() === email;
  async function ask() {
    // Without a second factor the password is the proof: nobody should type it twice.
    if (!hasFactor) await sendProof({ method: "password", password });
    await withProof(() => postOnce("/account/deletion", { password, email: typed.trim() }));
    await cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
  return (
    <Dialog title="Delete your account" open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (matches) void submission.run(ask).then((done) => done && onClose());
        }}
      >
        <div className="grid gap-2 text-muted">
          <p>After {DELETION_GRACE_DAYS} days this is erased, and nobody can bring it back:</p>
          <ul className="list-disc pl-5">
            <li>your strategies, runs, reports and imported candles</li>
            <li>your keys and secrets, also in every copy</li>
            <li>your sessions, letters and audit trail</li>
            <li>the leave of others to look at your account, and yours to look at theirs</li>
          </ul>
          <p>Until then everything works, each page says the day, and you can take it back.</p>
        </div>
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label={`Type ${email}`}
          autoComplete="off"
          required
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" type="submit" disabled={!matches} busy={submission.busy}>
            Delete my account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
