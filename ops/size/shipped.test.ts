import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const BUILD_TIMEOUT_MS = 240_000;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "shipped-"));
const [pages, worker] = [join(folder, "pages"), join(folder, "worker")];

beforeAll(async () => {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", NODE_ENV: "production" };
  await run("npx", ["vite", "build", "--outDir", pages], { cwd: ROOT, env });
  const options = ["deploy", "--dry-run", "--assets", pages, "--outdir", worker];
  await run("npx", ["wrangler", ...options], { cwd: ROOT, env });
}, BUILD_TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("what is shipped", () => {
  it("S68 to browsers holds no source maps, no sources, no tests and nothing hidden", () => {
    const files = filesOf(pages);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(file.slice(pages.length)).not.toMatch(/\.(?:map|ts|tsx|toml|sql|env)$|\/\.|\.test\./);
      if (!/\.(?:js|css|html)$/.test(file)) continue;
      expect(readFileSync(file, "utf8"), file).not.toMatch(/sourceMappingURL=|\/dev\/mail|sourcesContent/);
    }
  });

  it("S68 to the platform holds no page of the local server, no broker of drills, no builder of tests and no source map's address", () => {
    const scripts = filesOf(worker).filter((file) => file.endsWith(".js"));
    expect(scripts.length).toBe(1);
    const bundle = readFileSync(scripts[0], "utf8");
    expect(bundle).toContain("/api/v1/openapi.json");
    // The names of our files stand in the bundle's comments, so that a module that slipped in shows by its own.
    expect(bundle).not.toMatch(
      /"\/dev\/mail|workers\/testing\/|\.test\.ts|workers\/local\.ts|workers\/(?:drill|count)\.ts|mail\/local-mailbox\.ts/,
    );
  });
});
