import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scanHistory } from "./scan-history.ts";

const folder = mkdtempSync(join(tmpdir(), "apextrade-history-test-"));
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: folder });
/** Put together here, so that this file holds none. */
const SECRET = ["gh", "p_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("");

beforeAll(() => {
  git("init", "--quiet");
  for (const text of [`token = "${SECRET}"`, "token = from the environment"]) {
    writeFileSync(join(folder, "settings.py"), text);
    git("add", ".");
    git("commit", "--quiet", "--no-gpg-sign", "-m", "a change");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function secretlint(blobs: string) {
  const args = ["--secretlintrc", resolve(".secretlintrc.json"), `${blobs}/**/*`];
  const { status, stdout, stderr } = spawnSync(resolve("node_modules/.bin/secretlint"), args, { encoding: "utf8" });
  return { code: status ?? 1, output: stdout + stderr };
}

it("finds a secret that was committed once and taken out again, under the name of its file", async () => {
  const scan = await scanHistory({ cwd: folder, seenFile: join(folder, "seen"), rules: ["1"] }, secretlint);
  expect(scan).toMatchObject({ scanned: 2, known: 0 });
  expect(scan.findings).toContain("settings.py");
});

it("looks again only at what was not found clean by the same rules", async () => {
  const looked: string[] = [];
  const clean = async (blobs: string) => {
    looked.push(blobs);
    return { code: 0, output: "" };
  };
  const parts = { cwd: folder, seenFile: join(folder, "seen") };
  expect(await scanHistory({ ...parts, rules: ["1"] }, clean)).toMatchObject({ scanned: 2, known: 0, findings: "" });
  expect(await scanHistory({ ...parts, rules: ["1"] }, clean)).toMatchObject({ scanned: 0 });
  expect(looked).toHaveLength(1);
  expect(await scanHistory({ ...parts, rules: ["2"] }, clean)).toMatchObject({ scanned: 2, known: 0 });
});
