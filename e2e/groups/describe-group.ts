/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";

/** Every file of browser tests, by its path; none is loaded yet. */
const FILES = import.meta.glob("../*.test.ts");

/** Files whose pages hear a pretended server, or whose people are made for them and do not trade: they may run beside any other. */
const APART: Readonly<Record<string, readonly string[]>> = {
  /** How every page looks. */
  looks: ["page", "reference"],
  people: ["account", "factor", "live-start", "state", "xss"],
};

/** Files that wait for a minute of the market while others have work to do: they begin. */
const WAITING = ["venue"];

/**
 * Runs browser tests one file after the other: those of a group that stands apart, or together those that share the demo account, its
 * bots and the switches of the platform. All groups at a time keep two cores busy: a page waits as often as it works.
 */
export function describeGroup(group: "looks" | "people" | "together"): void {
  const names = Object.keys(FILES).map((path) => path.replace("../", "").replace(".test.ts", ""));
  const apart = Object.values(APART).flat();
  const missing = [...apart, ...WAITING].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`files of browser tests must be there, missing: ${missing.join(", ")}`);
  const shared = names.filter((name) => !apart.includes(name) && !WAITING.includes(name)).sort();
  for (const name of APART[group] ?? [...WAITING, ...shared]) {
    describe(`e2e/${name}.test.ts`, async () => {
      await FILES[`../${name}.test.ts`]?.();
    });
  }
}
