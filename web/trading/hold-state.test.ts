import { describe, expect, test } from "vitest";
import { HOLD_MS, type HoldEvent, type HoldState, holdShare, holdStep, IDLE, PRESS_AGAIN_MS } from "./hold-state.ts";

const FRAME_MS = 16;

function stateAfter(...events: readonly HoldEvent[]): HoldState {
  return events.reduce(holdStep, IDLE);
}

/** Frames as a page draws them, from just after `fromMs` up to `toMs`. */
function frames(fromMs: number, toMs: number): HoldEvent[] {
  const ticks: HoldEvent[] = [];
  for (let atMs = fromMs + FRAME_MS; atMs <= toMs; atMs += FRAME_MS) ticks.push({ type: "tick", atMs });
  return ticks;
}

describe("holding to confirm", () => {
  test.each(["pointer", "key"] as const)("a %s that holds for the whole time confirms, and once", (by) => {
    const held = stateAfter({ type: "press", by, atMs: 100 }, ...frames(100, 100 + HOLD_MS + FRAME_MS));
    expect(held.kind).toBe("done");
    expect(holdStep(held, { type: "release", by, atMs: 5_000 })).toBe(held);
    expect(holdStep(held, { type: "leave" })).toBe(held);
  });

  test("letting go before the end does nothing, and the next hold begins at nothing", () => {
    const almost = stateAfter({ type: "press", by: "pointer", atMs: 0 }, ...frames(0, HOLD_MS - 40));
    expect(holdShare(almost)).toBeGreaterThan(0.95);
    const letGo = holdStep(almost, { type: "release", by: "pointer", atMs: HOLD_MS - 30 });
    expect(letGo).toEqual(IDLE);
    expect(holdShare(holdStep(letGo, { type: "press", by: "pointer", atMs: HOLD_MS }))).toBe(0);
  });

  test("a key that repeats itself while it is held does not begin anew", () => {
    const held = stateAfter({ type: "press", by: "key", atMs: 0 }, ...frames(0, 700), {
      type: "press",
      by: "key",
      atMs: 705,
    });
    expect(held).toMatchObject({ kind: "holding", sinceMs: 0 });
  });

  test("what did not begin the hold cannot end it", () => {
    const held = stateAfter({ type: "press", by: "pointer", atMs: 0 }, { type: "release", by: "key", atMs: 50 });
    expect(held.kind).toBe("holding");
  });

  test("a page that stood still does not take the time it slept for holding", () => {
    const held = stateAfter(
      { type: "press", by: "pointer", atMs: 0 },
      { type: "tick", atMs: 100 },
      { type: "tick", atMs: 9_000 },
    );
    expect(held).toEqual(IDLE);
  });

  test("leaving the button ends the hold", () => {
    expect(stateAfter({ type: "press", by: "key", atMs: 0 }, { type: "tick", atMs: 50 }, { type: "leave" })).toEqual(
      IDLE,
    );
  });

  test("a press that nothing can hold asks for a second one, soon but not at once", () => {
    const asked = stateAfter({ type: "activate", atMs: 0 });
    expect(asked.kind).toBe("asked");
    expect(holdStep(asked, { type: "activate", atMs: 50 }).kind).toBe("asked");
    expect(holdStep(asked, { type: "activate", atMs: 1_000 }).kind).toBe("done");
    expect(holdStep(asked, { type: "activate", atMs: PRESS_AGAIN_MS + 1 })).toEqual({
      kind: "asked",
      atMs: PRESS_AGAIN_MS + 1,
    });
    expect(holdStep(asked, { type: "tick", atMs: PRESS_AGAIN_MS + 1 })).toEqual(IDLE);
  });
});
