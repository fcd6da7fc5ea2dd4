import { describe, expect, it } from "vitest";
import { doneShare, timeLeft } from "./backfill-words.ts";

describe("how far candles of a venue are", () => {
  it("is never whole before what is missing was asked for again", () => {
    expect(doneShare({ share: 0.5, checkedShare: 0 })).toBeCloseTo(0.45);
    expect(doneShare({ share: 1, checkedShare: 0 })).toBeCloseTo(0.9);
    expect(doneShare({ share: 1, checkedShare: 1 })).toBe(1);
  });

  it("is told with the time that is left once there is a pace, and not before", () => {
    expect(timeLeft({ since: 0, share: 0.2 }, { since: 1_000, share: 0.3 })).toBeUndefined();
    expect(timeLeft({ since: 0, share: 0.2 }, { since: 60_000, share: 0.2 })).toBeUndefined();
    expect(timeLeft({ since: 0, share: 0.2 }, { since: 60_000, share: 0.6 })).toBe("About 1 min left");
  });
});
