/// <reference types="vite/types/importMeta.d.ts" />
import { describe } from "vitest";
import { GROUPS, OWN_FILES } from "./test-groups.ts";

/** Every file of tests that runs in workerd, by its path; none is loaded yet. */
const FILES = import.meta.glob(["../../**/*.workerd.test.ts", "!./*"]);
const SOCKETS_END = ".socket.workerd.test.ts";

/**
 * Runs a share of the small files of tests in one runtime: loading our code takes it six seconds each time, far longer than
 * most of them run. Files of a group share a database and objects, as the requests of a deployment do.
 */
export function describeGroup(group: number): void {
  const paths = allPaths().filter((path) => !path.endsWith(SOCKETS_END) && !OWN_FILES.includes(path));
  for (const [place, path] of paths.entries()) if (place % GROUPS === group - 1) describeFile(path);
}

/** Runs all files whose objects hold sockets open, which end only with their runtime. */
export function describeSockets(): void {
  for (const path of allPaths().filter((path) => path.endsWith(SOCKETS_END))) describeFile(path);
}

function allPaths(): string[] {
  return Object.keys(FILES)
    .map((path) => path.replace("../../", "workers/"))
    .sort();
}

function describeFile(path: string): void {
  describe(path, async () => {
    await FILES[path.replace("workers/", "../../")]?.();
  });
}
