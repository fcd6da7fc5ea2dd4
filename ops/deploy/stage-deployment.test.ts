import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { deployFiles, toolEnvironment } from "./stage-deployment.ts";

it("programs of the project are given no token of a deployment", () => {
  const secrets = { CLOUDFLARE_API_TOKEN: "t", APEXTRADE_DEPLOY_TOKEN: "t", GITHUB_TOKEN: "t", DEPLOY_NOTIFY_URL: "t" };
  const env = toolEnvironment({ ...secrets, PATH: "/bin", HOME: "/home/a", npm_config_cache: "/cache" });
  expect(Object.values(env)).not.toContain("t");
  expect(env).toMatchObject({ HOME: "/home/a", npm_config_cache: "/cache" });
  expect(env.PATH).toMatch(/node_modules\/\.bin:\/bin$/);
});

it("a rehearsal speaks for files that are there, tests not among them", () => {
  const files = deployFiles({ filesOf: () => ["ops/deploy/main.ts", "ops/deploy/a.test.ts"] });
  expect(files).toContain("workers/metrics/lane-of.ts");
  expect(files.filter((path) => path.endsWith(".test.ts") || !existsSync(path))).toEqual([]);
});
