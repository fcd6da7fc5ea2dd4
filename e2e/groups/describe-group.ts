/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";

/** Every file of browser tests, by its path; none is loaded yet. */
const FILES = import.meta.glob("../*.test.ts");

/** Files whose pages hear a pretended server: they touch nothing of the system, and may run beside those that do. */
const PRETENDED = ["live-start", "page", "reference", "state"];

/**
 * Runs either kind of browser tests one file after the other. Both kinds at a time keep two cores busy: a page waits as often as
 * it works.
 */
export function describeGroup(kind: "pretended" | "system"): void {
  const names = Object.keys(FILES).map((path) => path.replace("../", "").replace(".test.ts", ""));
  const missing = PRETENDED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`files of browser tests must be there, missing: ${missing.join(", ")}`);
  for (const name of names.sort()) {
    if (PRETENDED.includes(name) !== (kind === "pretended")) continue;
    describe(`e2e/${name}.test.ts`, async () => {
      await FILES[`../${name}.test.ts`]?.();
    });
  }
}
