import type { VenueStream } from "../../schema/wire/venue-stream.ts";
import type { LinkConnection } from "./link-machine.ts";

/**
 * How a stream stands, in words for people. `line` is undefined where this deployment has no sidecars; `reconciledAt` is when
 * the books were last held against the venue's, UTC ms: what was told to be missing before that is known by now.
 */
export function streamView(
  line: LinkConnection | undefined,
  { reconciledAt }: { readonly reconciledAt: number | null },
): VenueStream {
  if (line === undefined) return { state: "polled", since: null, reason: "" };
  const { up, venue, reason, since: at, waiting, gapAt } = line;
  const since = at === 0 ? null : at;
  if (venue === "refused") return { state: "refused", since, reason };
  if (!up || venue !== "ready") return { state: "reconnecting", since, reason };
  if (waiting > 0) return { state: "behind", since, reason: `${waiting} messages are not taken in yet` };
  if (gapAt > (reconciledAt ?? 0))
    return { state: "behind", since: gapAt, reason: "something was missed: it is asked for" };
  return { state: "live", since, reason };
}
