import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";

const EXAMPLES = ["docs/example/live-client.ts", "docs/example/live-client.py"];
const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.each(EXAMPLES)("the document of the live protocol shows %s as it is", (path) => {
  expect(readFileSync("docs/live-protocol.md", "utf8")).toContain(readFileSync(path, "utf8"));
});

test.skipIf(!hasPython)("the example client in Python compiles", () => {
  const compiled = spawnSync("python3", ["-m", "py_compile", "docs/example/live-client.py"], {
    env: { ...process.env, PYTHONPYCACHEPREFIX: tmpdir() },
    encoding: "utf8",
  });
  expect(compiled.stderr).toBe("");
  expect(compiled.status).toBe(0);
});
