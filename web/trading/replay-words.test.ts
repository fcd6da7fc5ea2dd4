import { describe, expect, test } from "vitest";
import type { ReplayState } from "../../schema/wire/market.ts";
import { replayEndWords, replayLeft, replayShare, replayStatusWords } from "./replay-words.ts";

const DAY_MS = 86_400_000;
const HALF: ReplayState = { status: "playing", marketAt: DAY_MS, from: 0, to: 2 * DAY_MS, speed: 60, waitingFor: 0 };

describe("a replay in words", () => {
  test("its progress is the market's time within the data, also past the last answer", () => {
    expect(replayShare(HALF, DAY_MS)).toBe(0.5);
    expect(replayShare(HALF, 3 * DAY_MS)).toBe(1);
    expect(replayShare({ ...HALF, to: 0 }, 0)).toBe(1);
  });

  test("what is left is told in our time, and only while it plays", () => {
    expect(replayLeft(HALF, DAY_MS)).toBe("24 min left");
    expect(replayLeft({ ...HALF, status: "ended" }, DAY_MS)).toBeUndefined();
  });

  test("waiting, finished and not begun are told apart, and what bots do at the end is said before and after it", () => {
    expect(replayStatusWords(HALF)).toBe("Playing");
    expect(replayStatusWords({ ...HALF, waitingFor: 1 })).toMatch(/^Waiting for/);
    expect(replayStatusWords({ ...HALF, status: "paused" })).toMatch(/^Not playing yet/);
    expect(replayStatusWords({ ...HALF, status: "ended" })).toBe("Finished");
    expect(replayEndWords(HALF)).toContain("nothing is closed");
    expect(replayEndWords({ ...HALF, status: "ended" })).toContain("have ended");
  });
});
