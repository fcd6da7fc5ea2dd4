import { expect, test } from "vitest";
import { isReleased } from "./order-released.ts";

const LOST = { sequence: 4, event: "lost", state: "LOST" } as const;
const RELEASED = { sequence: 7, event: "release", state: "LOST" } as const;

test("an order is released until the venue speaks of it again, whichever way its history is told", () => {
  expect(isReleased([RELEASED, LOST])).toBe(true);
  expect(isReleased([LOST, RELEASED])).toBe(true);
  expect(isReleased([LOST, RELEASED, { sequence: 8, event: "cancel-requested", state: "LOST" }])).toBe(true);
  const found = { sequence: 9, event: "accepted", state: "ACCEPTED" } as const;
  expect(isReleased([LOST, RELEASED, found, { ...LOST, sequence: 12 }])).toBe(false);
  expect(isReleased([LOST])).toBe(false);
  expect(isReleased([])).toBe(false);
});
