import { globSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import config from "../../vite.config.ts";

const patterns = Object.keys(config.server?.proxy ?? {}).map((key) => new RegExp(key));
const isWorkers = (path: string) => patterns.some((pattern) => pattern.test(path));

describe("pages with hot reload", () => {
  it("serve every file of their own themselves", () => {
    const files = globSync("web/**/*.{ts,tsx,css}", { exclude: ["web/dist/**"] });
    expect(files.length).toBeGreaterThan(100);
    expect(files.map((file) => `/${relative("web", file)}`).filter(isWorkers)).toEqual([]);
  });

  it.each([
    "/api/v1/session",
    "/api/v1/dashboard/live?epoch=1",
    "/api/auth/sign-in/email",
    "/dev/mail",
    "/dev/mail.css",
    "/docs",
    "/health/live",
    "/hooks/v1/apxh_token",
    "/metrics",
    "/sidecar/hold",
  ])("leave %s to the Worker", (path) => {
    expect(isWorkers(path)).toBe(true);
  });
});
