import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { postOnce } from "../settings/prove.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";

/** Makes the person the deployment's first administrator, by the secret that it was deployed with. */
export function BootstrapForm() {
  const cache = useQueryClient();
  const submission = useSubmission();
  const [secret, setSecret] = useState("");
  async function become() {
    const done = await submission.run(() => postOnce("/admin/bootstrap", { secret }));
    if (done) await cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
  return (
    <details className="mx-auto max-w-md text-left">
      <summary className="cursor-pointer text-center text-muted">The deployment has no administrator yet?</summary>
      <form
        noValidate
        className="mt-4 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void become();
        }}
      >
        <TextField
          label="Its bootstrap secret"
          hint="It works once. A local server keeps it with its other secrets, in its state folder."
          type="password"
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        <ActError error={submission.error} />
        <Button type="submit" busy={submission.busy} disabled={secret === ""} className="justify-self-end">
          Become its first administrator
        </Button>
      </form>
    </details>
  );
}
