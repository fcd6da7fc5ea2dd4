import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { Button } from "../ui/button.tsx";

/**
 * Looks at another's account, or with null at one's own again. Loads the page anew, so that nothing of the one account
 * stays in memory beside the other. Throws `ApiError`.
 */
export async function viewAccount(ownerId: string | null): Promise<void> {
  await client.request("/session/view", { method: "POST", body: { ownerId } });
  location.assign("/");
}

/** Says at all times that the things on screen are another person's, and leads back. */
export function ViewingBanner() {
  const viewing = useQuery(sessionQuery).data?.viewing;
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  if (!viewing) return null;
  function leave() {
    setState("busy");
    viewAccount(null).catch(() => setState("failed"));
  }
  return (
    <div
      role="status"
      className="sticky bottom-0 z-20 flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-notice bg-raised px-6 py-2 max-md:bottom-14 max-md:px-4"
    >
      <Eye size={16} aria-hidden className="shrink-0 text-notice" />
      <span className="min-w-0 flex-1 basis-40">
        {viewing.kind === "ended" ? (
          "Your look at another's account has ended. Nothing is shown until you are back in your own."
        ) : (
          <>
            You are looking at the account of <strong className="font-semibold">{viewing.name || viewing.email}</strong>
            {viewing.kind === "support" ? " for support" : ""}. You can change nothing in it.
          </>
        )}
        {state === "failed" && <span className="text-danger"> Leaving did not work; try again.</span>}
      </span>
      <Button busy={state === "busy"} onClick={leave}>
        Back to my own
      </Button>
    </div>
  );
}
