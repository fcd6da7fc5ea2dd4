/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";

/** Every file of browser tests, by its path; none is loaded yet. */
const FILES = import.meta.glob("../*.test.ts");

/**
 * Files whose pages hear a pretended server, whose people are made for them and do not trade, or that only test strategies: they
 * may run beside any other. So that groups end at about the same time, the first hour of a trader comes before how pages look.
 */
const APART: Readonly<Record<"looks" | "people", readonly string[]>> = {
  looks: ["journey", "page", "reference"],
  people: ["account", "factor", "live-start", "state", "xss"],
};

/** Files that wait for a minute of the market while others have work to do: they begin. */
const WAITING = ["venue"];

/**
 * Runs browser tests one file after the other: those of a group that stands apart, or together those that share the demo account, its
 * bots and the switches of the platform. All groups at a time keep two cores busy: a page waits as often as it works.
 */
export function describeGroup(group: keyof typeof APART | "together"): void {
  const names = Object.keys(FILES).map((path) => path.replace("../", "").replace(".test.ts", ""));
  const apart = Object.values(APART).flat();
  const named = [...apart, ...WAITING];
  const missing = named.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`files of browser tests must be there, missing: ${missing.join(", ")}`);
  if (new Set(named).size < named.length) throw new Error(`a file must be named once, they are ${named.join(", ")}`);
  const shared = names.filter((name) => !apart.includes(name) && !WAITING.includes(name)).sort();
  for (const name of group === "together" ? [...WAITING, ...shared] : APART[group]) {
    describe(`e2e/${name}.test.ts`, async () => {
      await FILES[`../${name}.test.ts`]?.();
    });
  }
}
