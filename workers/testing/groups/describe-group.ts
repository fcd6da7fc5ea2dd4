/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";
import { GROUPS, OWN_FILES } from "./test-groups.ts";

/** Every file of tests that runs in workerd, by its path; none is loaded yet. */
const FILES = import.meta.glob(["../../**/*.workerd.test.ts", "!../../**/*.socket.workerd.test.ts", "!./*"]);

/**
 * Runs a share of the small files of tests in one runtime: loading our code takes it five seconds each time, far longer than
 * most of them run. Files of a group share a database and objects, as the requests of a deployment do.
 */
export async function describeGroup(group: number): Promise<void> {
  const paths = Object.keys(FILES)
    .map((path) => path.replace("../../", "workers/"))
    .filter((path) => !OWN_FILES.includes(path))
    .sort();
  for (const [place, path] of paths.entries()) {
    if (place % GROUPS !== group - 1) continue;
    describe(path, async () => {
      await FILES[path.replace("workers/", "../../")]?.();
    });
  }
}
