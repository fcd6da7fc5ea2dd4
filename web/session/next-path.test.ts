import { expect, test } from "vitest";
import { nextPath } from "./next-path.ts";

const ELSEWHERE = [
  ...["//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/\\/evil.test", "//evil.test/backtests"],
  ...["/\n/evil.test", "/\r\n/evil.test", "/\t/evil.test", "/\t\\evil.test", "\t//evil.test", " //evil.test"],
  ...[
    "https://evil.test",
    "http:evil.test",
    "https:/evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.test",
  ],
  ...[
    "/.//evil.test",
    "/a/..//evil.test",
    "/%2e//evil.test",
    "//user@evil.test",
    "//evil.test:443",
    "",
    "?next=//evil.test",
  ],
];

test.each(ELSEWHERE)("S51 nobody who signs in is led to %j", (value) => {
  expect(nextPath(value)).toBeUndefined();
});

test.each([undefined, null, 7, ["/data"], { href: "/data" }])("S51 nor to what is no text: %j", (value) => {
  expect(nextPath(value)).toBeUndefined();
});

test("S51 what is written of another host into a path stays a path of this site", () => {
  for (const value of ["/%2f%2fevil.test", "/%5cevil.test", "/@evil.test", "/https://evil.test", "/%0d%0aLocation:x"]) {
    const path = nextPath(value) ?? "";
    expect(new URL(path, "https://apextrade.test").origin).toBe("https://apextrade.test");
  }
});

test("a path keeps its query and its part of the page", () => {
  expect(nextPath("/backtests/run_1?sort=return&show=won#trades")).toBe("/backtests/run_1?sort=return&show=won#trades");
});
