import { execFileSync } from "node:child_process";
import { check } from "recheck";
import { expect, test } from "vitest";
import { regularExpressionsOf } from "./regular-expressions.ts";
import { readSource } from "./source-file.ts";

const ROOT = new URL("../../", import.meta.url);
/** Where text of strangers is matched. */
const SHIPPED = /^(?:workers|web|schema|cli|sidecar)\/.*\.tsx?$/;
// The checker gives up on a pattern after this long; giving up counts as a finding.
const CHECK_MS_MAX = 20_000;

test("S58: no regular expression of the product takes more than linear time", async () => {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const paths = listed
    .split("\0")
    .filter((path) => SHIPPED.test(path) && !/\.(?:test|d|gen)\.tsx?$|\/testing\//.test(path));
  const all = paths.flatMap((path) => regularExpressionsOf(readSource(ROOT, path)));
  expect(all.length).toBeGreaterThan(20);
  const slow: string[] = [];
  for (const { path, pattern, flags } of new Map(all.map((one) => [`/${one.pattern}/${one.flags}`, one])).values()) {
    const { status } = await check(pattern, flags, { timeout: CHECK_MS_MAX });
    if (status !== "safe") slow.push(`${path}: /${pattern}/${flags} is ${status}`);
  }
  expect(slow).toEqual([]);
}, 240_000);

test("S58: a pattern of exponential time is found", async () => {
  const [bad] = regularExpressionsOf({ path: "a.ts", text: "const slow: RegExp = /^(a|a)*$/;" });
  expect((await check(bad.pattern, bad.flags)).status).toBe("vulnerable");
});
