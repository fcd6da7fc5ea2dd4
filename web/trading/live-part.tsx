import type { ReactNode } from "react";
import type { LiveState } from "../api/live-channel.ts";
import { classNames } from "../ui/class-names.ts";

/** Whether the connection was there and is to come back: what it told may be old. */
export function isAway({ kind }: LiveState): boolean {
  return kind === "reconnecting" || kind === "offline";
}

interface LivePartProps {
  readonly state: LiveState;
  /** Whether it is known to be old though the socket is there. */
  readonly old?: boolean;
  readonly children: ReactNode;
}

/** What is told over a socket; dimmed while that is away, since it may be older than it looks. */
export function LivePart({ state, old = false, children }: LivePartProps) {
  return <div className={classNames("transition-opacity", (old || isAway(state)) && "opacity-60")}>{children}</div>;
}
