import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { NewPasswordField, PASSWORD_LENGTH_MIN, useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { ActError } from "./act-error.tsx";
import { postOnce, withProof } from "./prove.ts";
import { SETTINGS_KEY } from "./settings-queries.ts";

/** Changes the password; every other session ends with it. */
export function PasswordForm() {
  const cache = useQueryClient();
  const submission = useSubmission();
  const [currentPassword, setCurrentPassword] = useState("");
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  async function submit() {
    setDone(false);
    const changed = await submission.run(() =>
      withProof(() => postOnce("/account/password", { currentPassword, password })),
    );
    if (!changed) return;
    setCurrentPassword("");
    setPassword("");
    setDone(true);
    await cache.invalidateQueries({ queryKey: SETTINGS_KEY });
  }
  return (
    <form
      className="grid max-w-md gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (password.length >= PASSWORD_LENGTH_MIN) void submit();
      }}
    >
      <TextField
        label="Password now"
        type="password"
        autoComplete="current-password"
        required
        value={currentPassword}
        onChange={(event) => setCurrentPassword(event.target.value)}
      />
      <NewPasswordField name="New password" value={password} onChange={setPassword} />
      <ActError error={submission.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={submission.busy}>
          Change the password
        </Button>
        <span role="status" className="text-table text-muted">
          {done ? "Changed. Every other session has ended." : "Ends every other session."}
        </span>
      </div>
    </form>
  );
}
