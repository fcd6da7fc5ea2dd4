import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSupplyChain, supplyChainFindings } from "./supply-chain.ts";

const ROOT = new URL("../../", import.meta.url);
const { manifest, locked } = readSupplyChain(ROOT);

describe("S69: what the project is built from", () => {
  test("S69: every package is pinned, has its sum, and every one in production its reason", () => {
    expect(supplyChainFindings({ manifest, locked })).toEqual([]);
  });

  test.each([
    ["a range", { ...manifest, dependencies: { ...manifest.dependencies, hono: "^4.0.0" } }, {}, "pinned exactly"],
    [
      "a newcomer",
      { ...manifest, dependencies: { ...manifest.dependencies, leftpad: "1.0.0" } },
      {},
      "without a reason",
    ],
    [
      "an address",
      manifest,
      { "node_modules/a": { resolved: "https://evil.example/a.tgz", integrity: "sha512-x" } },
      "no address",
    ],
    ["a weak sum", manifest, { "node_modules/a": { integrity: "sha1-x" } }, "SHA-512"],
    ["a script", manifest, { "node_modules/a": { integrity: "sha512-x", hasInstallScript: true } }, "run a script"],
  ])("S69: %s is found", (_what, changed, entries, message) => {
    expect(supplyChainFindings({ manifest: changed, locked: entries }).join("\n")).toContain(message);
  });

  test("S69: the list of parts (SBOM) names every package that runs in production", () => {
    const text = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"], {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { bomFormat, components } = JSON.parse(text) as {
      bomFormat: string;
      components: readonly { group?: string; name: string; version: string }[];
    };
    const parts = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    expect(bomFormat).toBe("CycloneDX");
    expect(parts).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  });

  test("S69: a secret in a file is found by the scanner that npm run check starts", () => {
    const folder = mkdtempSync(join(tmpdir(), "apextrade-secret-"));
    try {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
      writeFileSync(join(folder, "notes.txt"), privateKey.export({ type: "pkcs1", format: "pem" }));
      const secretlint = new URL("node_modules/.bin/secretlint", ROOT).pathname;
      const rules = new URL(".secretlintrc.json", ROOT).pathname;
      const { status, stdout } = spawnSync(secretlint, ["--secretlintrc", rules, "**/*"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(status).toBe(1);
      expect(stdout).toContain("found private key");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
