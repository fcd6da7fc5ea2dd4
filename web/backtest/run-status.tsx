import type { Backtest } from "../../schema/wire/backtest.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";

const LOOK: Readonly<Record<Backtest["status"], { word: string; tone: BadgeTone }>> = {
  queued: { word: "Waiting", tone: "accent" },
  running: { word: "Running", tone: "accent" },
  done: { word: "Done", tone: "neutral" },
  failed: { word: "Failed", tone: "danger" },
  cancelled: { word: "Stopped", tone: "neutral" },
};

/** Where a run stands, in a word. */
export function RunStatusBadge({ status }: { status: Backtest["status"] }) {
  return <Badge tone={LOOK[status].tone}>{LOOK[status].word}</Badge>;
}
