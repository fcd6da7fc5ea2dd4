import { describe, expect, it } from "vitest";
import type { LinkConnection } from "./link-machine.ts";
import { streamView } from "./stream-view.ts";

const AT = Date.UTC(2026, 10, 20);
const LIVE: LinkConnection = { up: true, venue: "ready", reason: "", since: AT, waiting: 0, gapAt: 0 };
const NOW = { reconciledAt: AT + 5_000 };

describe("how a venue's stream is shown", () => {
  it("is live from when both the sidecar and the venue were there", () => {
    expect(streamView(LIVE, NOW)).toEqual({ state: "live", since: AT, reason: "" });
  });

  it("is asked by polling where there are no sidecars", () => {
    expect(streamView(undefined, NOW)).toEqual({ state: "polled", since: null, reason: "" });
  });

  it("is behind while items wait, and while something missing was not asked for yet", () => {
    expect(streamView({ ...LIVE, waiting: 3 }, NOW)).toMatchObject({
      state: "behind",
      reason: "3 messages are not taken in yet",
    });
    const gap = { ...LIVE, gapAt: AT + 6_000 };
    expect(streamView(gap, NOW)).toMatchObject({ state: "behind", since: AT + 6_000 });
    expect(streamView(gap, { reconciledAt: AT + 7_000 })).toMatchObject({ state: "live" });
    expect(streamView(gap, { reconciledAt: null })).toMatchObject({ state: "behind" });
  });

  it.each([
    { up: false, venue: "down" },
    { up: true, venue: "down" },
    { up: true, venue: "connecting" },
  ] as const)("is reconnecting where the sidecar or the venue is away: %o", (away) => {
    const line = { ...LIVE, ...away, reason: "silent" };
    expect(streamView(line, NOW)).toEqual({ state: "reconnecting", since: AT, reason: "silent" });
  });

  it("is refused where the venue lets nobody listen, whoever is there", () => {
    for (const up of [true, false]) {
      const line = { ...LIVE, up, venue: "refused" as const, reason: "another log-in" };
      expect(streamView(line, NOW)).toMatchObject({ state: "refused", reason: "another log-in" });
    }
  });

  it("says no time where it never stood otherwise", () => {
    expect(streamView({ ...LIVE, up: false, since: 0 }, NOW).since).toBeNull();
  });
});
