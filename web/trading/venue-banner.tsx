import { useQuery } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { dashboardQuery } from "./queries.ts";
import { SILENCE_WORDS } from "./silence-words.ts";

/** Says on every page that a venue does not answer for an account: what that means for its orders. */
export function VenueBanner() {
  const accounts = Object.values(useQuery(dashboardQuery).data?.accounts ?? {});
  const cut = accounts.filter(({ connection }) => connection === "disconnected").map(({ name }) => name);
  if (cut.length === 0) return null;
  return (
    <section
      aria-label="A venue does not answer"
      className="flex flex-wrap items-center gap-3 border-b border-notice px-6 py-2 max-md:px-4"
    >
      <Unplug size={16} aria-hidden className="shrink-0 text-notice" />
      <p role="status" className="min-w-0 flex-1 basis-64 break-words">
        <strong className="font-semibold">{listOf(cut)}: the venue does not answer.</strong> {SILENCE_WORDS} What was
        sent and not answered is looked up once it answers; nothing is sent twice.
      </p>
    </section>
  );
}

function listOf(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}
