import type { ReactNode } from "react";
import type { LiveState } from "../api/live-channel.ts";
import { classNames } from "../ui/class-names.ts";

interface LivePartProps {
  readonly state: LiveState;
  /** Whether it is known to be old though the socket is there. */
  readonly old?: boolean;
  readonly children: ReactNode;
}

/** What is told over a socket; dimmed while that is away, since it may be older than it looks. */
export function LivePart({ state, old = false, children }: LivePartProps) {
  const away = old || state.kind === "reconnecting" || state.kind === "offline";
  return <div className={classNames("transition-opacity", away && "opacity-60")}>{children}</div>;
}
