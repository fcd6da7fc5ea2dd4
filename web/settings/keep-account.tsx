import { useQueryClient } from "@tanstack/react-query";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { InlineError } from "../ui/states.tsx";

/** Takes the erasure of the account back, in one press. */
export function KeepAccount() {
  const cache = useQueryClient();
  const submission = useSubmission();
  async function keep() {
    await client.request("/account/deletion", { method: "DELETE" });
    await cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <InlineError error={submission.error} />
      <Button busy={submission.busy} onClick={() => void submission.run(keep)}>
        Keep my account
      </Button>
    </div>
  );
}
