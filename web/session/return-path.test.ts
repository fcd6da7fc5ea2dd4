import { describe, expect, it } from "vitest";
import { returnPath } from "./return-path.ts";

const HOSTILE: readonly unknown[] = [
  ...["//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "\\/evil.test", "/\t/evil.test", "/\n/evil.test"],
  ...["/\r\nLocation: https://evil.test", "https://evil.test", "http:evil.test", "https:/evil.test", " //evil.test"],
  ...["javascript:alert(1)", "data:text/html,x", "evil.test", "@evil.test", "/a/..//evil.test", "/.//evil.test"],
  ...["\u2028//evil.test", "/\u200b/evil.test", "", ".", "?next=//evil.test", `/${"a".repeat(2_000)}`],
  ...[undefined, null, 1, ["/backtests"], { href: "/backtests" }],
];

/** Encoded slashes are part of a path's name: they stay on this site. */
const ENCODED = [
  "/%2f%2fevil.test",
  "/%5cevil.test",
  "/%2e%2e%2f%2fevil.test",
  "/%0d%0aLocation:evil.test",
  "/@evil.test",
];

describe("the way back after signing in", () => {
  it.each(HOSTILE)("S51 is not taken from %j", (text) => {
    expect(returnPath(text)).toBeUndefined();
  });

  it.each(ENCODED)("S51 stays on this site with %j", (text) => {
    const path = returnPath(text) ?? "/";
    expect(new URL(path, "https://apextrade.test").origin).toBe("https://apextrade.test");
    expect(path).not.toMatch(/^\/[/\\]/);
  });

  it.each(["/", "/backtests", "/backtests/run_1?tab=trades#row-2", "/data?symbol=BTC%2FUSD"])("leads to %s", (text) => {
    expect(returnPath(text)).toBe(text);
  });
});
