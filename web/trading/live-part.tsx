import type { ReactNode } from "react";
import type { LiveState } from "../api/live-channel.ts";
import { classNames } from "../ui/class-names.ts";

/** What is told over a socket; dimmed while that is away, since it may be older than it looks. */
export function LivePart({ state, children }: { state: LiveState; children: ReactNode }) {
  const away = state.kind === "reconnecting" || state.kind === "offline";
  return <div className={classNames("transition-opacity", away && "opacity-60")}>{children}</div>;
}
