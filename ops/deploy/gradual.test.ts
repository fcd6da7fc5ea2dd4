import { describe, expect, it } from "vitest";
import { decide, type Gates, type LaneReading, NOTHING, type Reading, type SideReading, watching } from "./gradual.ts";

const gates: Gates = { windowMs: 60_000, holdMs: 60_000, requestsMin: 50 };
const good: LaneReading = { requests: 200, faults: 0, p95Ms: 100 };
const at = (seconds: number, parts: Partial<Reading> = {}): Reading => ({
  ...{ atMs: seconds * 1_000, nextIsReady: true, next: side(good), current: side(good) },
  ...parts,
});

/** Shows the machine readings one after the other, as long as it only watches. */
function watchAll(share: number, readings: readonly Reading[]) {
  let state = watching(share, 0);
  for (const reading of readings) {
    const [next, decision] = decide(state, reading, gates);
    state = next;
    if (decision.kind !== "watch") return decision;
  }
  return { kind: "watch" };
}

describe("a version that takes over", () => {
  it.each([
    [10, { kind: "shift", share: 50 }],
    [50, { kind: "shift", share: 100 }],
    [100, { kind: "done" }],
  ])("goes on from %i percent once its window is over and all is well, not before", (share, expected) => {
    expect(watchAll(share, [at(10), at(30), at(59)])).toEqual({ kind: "watch" });
    expect(watchAll(share, [at(10), at(30), at(60)])).toEqual(expected);
  });

  it.each<[string, LaneReading, LaneReading, string]>([
    ["a quarter of forty fail", { requests: 40, faults: 10, p95Ms: 1 }, good, "error rate"],
    ["three of four fail at once", { requests: 4, faults: 3, p95Ms: 1 }, good, "error rate"],
    ["3 % of 2,000 fail where 0.1 % did", { requests: 2_000, faults: 60, p95Ms: 1 }, lane(2_000, 2), "error rate"],
    ["8 % fail, as before", { requests: 2_000, faults: 160, p95Ms: 1 }, lane(2_000, 160), "at most 5.0 %"],
  ])("is rolled back at the first look where %s", (_, next, current, reason) => {
    const decision = watchAll(10, [at(5, { next: side(next), current: side(current) })]);
    expect(decision).toMatchObject({ kind: "roll-back", reasons: [expect.stringContaining(reason)] });
  });

  it.each<[string, LaneReading, LaneReading]>([
    ["one of ten fails", lane(10, 1), good],
    ["one of our own eight fails at the first look", lane(8, 1), good],
    ["two of sixteen fail", lane(16, 2), good],
    ["1 % fails, as before", lane(2_000, 20), lane(18_000, 180)],
    ["as many fail as before, by chance some more", lane(500, 8), lane(4_500, 45)],
    ["it fails less than the one before", lane(500, 0), lane(4_500, 90)],
  ])("is not rolled back by chance: %s", (_, next, current) => {
    expect(
      watchAll(10, [
        at(5, { next: side(next), current: side(current) }),
        at(10, { next: side(next), current: side(current) }),
      ]),
    ).toEqual({ kind: "watch" });
  });

  it("is judged by people and by our own requests apart, none of which hides the other's faults", () => {
    const ours = { requests: 340, faults: 0, p95Ms: 1 };
    const [people, current] = [lane(100, 10), { people: good, own: ours }];
    expect(watchAll(10, [at(5, { next: { people, own: ours }, current })])).toMatchObject({ kind: "roll-back" });
    const own = { ...ours, faults: 40 };
    expect(watchAll(10, [at(5, { next: { people: lane(4_000, 0), own }, current })])).toMatchObject({
      reasons: [expect.stringContaining("our own")],
    });
    const few = { people: lane(30, 0), own: lane(19, 0) };
    expect(watchAll(10, [at(60, { next: few })])).toEqual({ kind: "watch" });
    const enough = { people: lane(30, 0), own: lane(20, 0) };
    expect(watchAll(10, [at(60, { next: enough })])).toMatchObject({ kind: "shift" });
  });

  it("is rolled back when it is unready three times in a row, not when a store hiccups once", () => {
    const unready = (seconds: number) => at(seconds, { nextIsReady: false });
    expect(watchAll(10, [unready(5), unready(10), at(15), unready(20), at(60)])).toMatchObject({ kind: "shift" });
    expect(watchAll(10, [unready(5), unready(10), unready(15)])).toMatchObject({
      kind: "roll-back",
      reasons: [expect.stringContaining("not ready")],
    });
    expect(
      watchAll(
        10,
        [5, 10, 15].map((second) => at(second, { nextIsReady: undefined })),
      ),
    ).toMatchObject({
      reasons: [expect.stringContaining("did not answer")],
    });
  });

  it("is rolled back when it is half as slow again three times in a row, beyond what noise makes", () => {
    const slow = { ...good, p95Ms: 260 };
    const noise = { ...good, p95Ms: 240 };
    expect(
      watchAll(
        50,
        [5, 10, 15].map((second) => at(second, { next: side(slow) })),
      ),
    ).toMatchObject({
      kind: "roll-back",
      reasons: [expect.stringContaining("latency")],
    });
    expect(
      watchAll(
        50,
        [5, 10, 60].map((second) => at(second, { next: side(noise) })),
      ),
    ).toMatchObject({ kind: "shift" });
  });

  it.each<[string, Partial<Reading>]>([
    ["too few requests", { next: side({ ...good, requests: 49 }) }],
    ["no latency", { next: side({ ...good, p95Ms: undefined }) }],
    ["no latency of the version before", { current: side({ ...good, p95Ms: undefined }) }],
  ])("is held where its window ends with %s, and rolled back where that stays so", (_, parts) => {
    expect(watchAll(10, [at(60, parts), at(90, parts), at(100)])).toMatchObject({ kind: "shift" });
    expect(watchAll(10, [at(60, parts), at(119, parts), at(120, parts)])).toMatchObject({
      kind: "roll-back",
      reasons: [expect.stringContaining("too little is known")],
    });
  });
});

function lane(requests: number, faults: number): LaneReading {
  return { requests, faults, p95Ms: 100 };
}

function side(people: LaneReading): SideReading {
  return { people, own: NOTHING };
}
