import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { User } from "../../schema/wire/session.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Section } from "../ui/page.tsx";
import { SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { withProof } from "./prove.ts";

/** The person's name and address. */
export function ProfileSection() {
  const user = useQuery(sessionQuery).data?.user;
  return (
    <Section title="Profile">
      {user ? (
        <div className="card grid gap-6 p-5">
          <NameForm user={user} />
          <EmailForm user={user} />
        </div>
      ) : (
        <SkeletonRows rows={2} />
      )}
    </Section>
  );
}

function NameForm({ user }: { user: User }) {
  const cache = useQueryClient();
  const submission = useSubmission();
  const [name, setName] = useState(user.name);
  const [saved, setSaved] = useState(false);
  async function save() {
    await client.request<User>("/account", { method: "PATCH", body: { name: name.trim() } });
    await cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
  return (
    <form
      className="grid max-w-md gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submission.run(save).then(setSaved);
      }}
    >
      <TextField
        label="Name"
        autoComplete="name"
        required
        maxLength={80}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
          setSaved(false);
        }}
      />
      <ActError error={submission.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" busy={submission.busy} disabled={name.trim() === user.name}>
          Save the name
        </Button>
        <span role="status" className="text-table text-muted">
          {saved ? "Saved." : ""}
        </span>
      </div>
    </form>
  );
}

function EmailForm({ user }: { user: User }) {
  const submission = useSubmission();
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  async function ask() {
    await withProof(() => client.request("/account/email", { method: "POST", body: { email: email.trim() } }));
    setSentTo(email.trim());
    setEmail("");
  }
  return (
    <form
      className="grid max-w-md gap-3 border-t border-line pt-5"
      onSubmit={(event) => {
        event.preventDefault();
        setSentTo(null);
        void submission.run(ask);
      }}
    >
      <p className="text-muted">
        Your address is <strong className="font-medium break-all text-ink">{user.email}</strong>.
      </p>
      <TextField
        label="New address"
        type="email"
        autoComplete="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <ActError error={submission.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={submission.busy}>
          Change the address
        </Button>
        <span role="status" className="text-table text-muted">
          {sentTo === null ? "A letter to the new address confirms it." : `A letter is on its way to ${sentTo}.`}
        </span>
      </div>
    </form>
  );
}
