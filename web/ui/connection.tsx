import type { LiveState } from "../api/live-channel.ts";
import { formatDuration } from "../format/time.ts";
import { classNames } from "./class-names.ts";
import { useNow } from "./moment.tsx";

/** A dot and a word: live, reconnecting and since when, offline, ended. */
export function Connection({ state }: { state: LiveState }) {
  const now = useNow(1_000);
  const words = {
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    offline: "Offline",
    ended: "Ended",
  }[state.kind];
  const since = "sinceMs" in state ? ` since ${formatDuration(now - state.sinceMs)}` : "";
  return (
    <span role="status" className="num inline-flex items-center gap-1.5 text-table text-muted">
      <span
        aria-hidden
        className={classNames(
          "size-2 rounded-full",
          state.kind === "live" ? "bg-accent" : state.kind === "offline" ? "bg-danger" : "border border-faint",
        )}
      />
      {words}
      <span aria-hidden>{since}</span>
    </span>
  );
}
