import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { sessionQuery } from "../api/queries.ts";
import { KeepAccount } from "../settings/keep-account.tsx";
import { Moment } from "../ui/moment.tsx";

/** Says on every page that the account will be erased, and when; takes it back. */
export function DeletionBanner() {
  const dueAt = useQuery(sessionQuery).data?.deletionDueAt ?? null;
  if (dueAt === null) return null;
  return (
    <div
      role="status"
      aria-label="Your account will be erased"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-danger bg-danger-soft px-6 py-2 max-md:px-4"
    >
      <Trash2 size={16} aria-hidden className="shrink-0 text-danger" />
      <span className="min-w-0 flex-1 basis-40">
        Your account will be erased on <Moment timeMs={dueAt} />.
      </span>
      <KeepAccount />
    </div>
  );
}
