import { useState } from "react";
import type { AdminUser } from "../../schema/wire/account.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { postOnce, withProof } from "../settings/prove.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { ReasonedAct } from "./reasoned-act.tsx";

export type UserVerb = "role" | "close" | "open" | "end-sessions" | "view";

interface UserDialogProps {
  readonly user: AdminUser;
  readonly verb: UserVerb;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Says what will become of somebody's account before it does. */
export function UserDialog({ user, verb, onClose, onDone }: UserDialogProps) {
  const { id, email } = user;
  const change = (body: object) => client.request(`/admin/users/${id}`, { method: "PATCH", body });
  const hint = "The person reads it, and so does whoever reads your trail.";
  switch (verb) {
    case "role":
      return <RoleDialog {...{ user, onClose, onDone }} />;
    case "view":
      return <ViewDialog {...{ user, onClose }} />;
    case "close":
      return (
        <ReasonedAct
          {...{ onClose, onDone, hint }}
          needs="reason"
          title={`Close the account of ${email}`}
          verb="Close it"
          act={(why) => change({ disabled: true, ...why })}
        >
          Their sessions end, their keys work no more, and they cannot sign in. Their bots go on: stop those first where
          that is what you want. Nothing is erased.
        </ReasonedAct>
      );
    case "open":
      return (
        <ReasonedAct
          {...{ onClose, onDone, hint }}
          title={`Open the account of ${email}`}
          verb="Open it"
          act={(why) => change({ disabled: false, ...why })}
        >
          They can sign in again, and their keys work.
        </ReasonedAct>
      );
    case "end-sessions":
      return (
        <ConfirmAct
          {...{ onClose, onDone }}
          title={`End the sessions of ${email}`}
          verb="End them"
          act={() => client.request(`/admin/users/${id}/sessions`, { method: "DELETE" })}
        >
          Every browser of theirs is signed out at once. Their trail says that an operator did it.
        </ConfirmAct>
      );
  }
}

const ROLES = [
  { value: "trader", label: "Trader" },
  { value: "operator", label: "Operator: sees the deployment, and does work again" },
  { value: "administrator", label: "Administrator: also throws switches and changes users" },
] as const;

function RoleDialog({ user, onClose, onDone }: Omit<UserDialogProps, "verb">) {
  const submission = useSubmission();
  const [role, setRole] = useState<AdminUser["role"]>(user.role);
  async function save() {
    const body = { role };
    const act = () => client.request(`/admin/users/${user.id}`, { method: "PATCH", body });
    if (await submission.run(async () => void (await withProof(act)))) onDone();
  }
  return (
    <Dialog title={`Role of ${user.email}`} open onClose={onClose}>
      <div className="grid gap-4">
        <SelectField label="Role" value={role} choices={ROLES} onChange={setRole} />
        <p className="text-muted">Their sessions end, so that no open page keeps the old role.</p>
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" busy={submission.busy} disabled={role === user.role} onClick={() => void save()}>
            Change it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function ViewDialog({ user, onClose }: Pick<UserDialogProps, "user" | "onClose">) {
  const submission = useSubmission();
  const [reason, setReason] = useState("");
  async function look() {
    const act = () => postOnce(`/admin/users/${user.id}/view`, { reason });
    const done = await submission.run(() => withProof(act));
    // Everything that was loaded is of another account.
    if (done) window.location.assign("/");
  }
  return (
    <Dialog title={`Look at the account of ${user.email}`} open onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <p className="text-muted">
          You see what they see, for half an hour, and change nothing. Their trail says that you looked, and why.
        </p>
        <TextField
          label="Why"
          hint="At least eight characters; the person reads it."
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" type="submit" busy={submission.busy} disabled={reason.trim().length < 8}>
            Look
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
