import { expect, test } from "vitest";
import { isReleased } from "./order-released.ts";

test("an order is released until the venue speaks of it again, whichever way its history is told", () => {
  const released = [
    { sequence: 7, event: "release" },
    { sequence: 4, event: "lost" },
  ];
  expect(isReleased(released)).toBe(true);
  expect(isReleased([...released].reverse())).toBe(true);
  expect(isReleased([...released, { sequence: 9, event: "missing" }])).toBe(false);
  expect(isReleased([])).toBe(false);
});
