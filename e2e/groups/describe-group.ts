/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";

/** Every file of browser tests, by its path; none is loaded yet. */
const FILES = import.meta.glob("../*.test.ts");

/** Files whose pages hear a pretended server, or whose people are made for them and do not trade: they may run beside any other. */
const APART = ["account", "factor", "live-start", "page", "reference", "state", "xss"];

/**
 * Runs browser tests one file after the other: those that stand apart, or together those that share the demo account, its bots and the
 * switches of the platform. Both at a time keep two cores busy: a page waits as often as it works.
 */
export function describeGroup(group: "apart" | "together"): void {
  const names = Object.keys(FILES).map((path) => path.replace("../", "").replace(".test.ts", ""));
  const missing = APART.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`files of browser tests must be there, missing: ${missing.join(", ")}`);
  for (const name of names.sort()) {
    if (APART.includes(name) !== (group === "apart")) continue;
    describe(`e2e/${name}.test.ts`, async () => {
      await FILES[`../${name}.test.ts`]?.();
    });
  }
}
