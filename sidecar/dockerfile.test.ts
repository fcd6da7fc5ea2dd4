import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SIDECAR_FLAGS } from "../drill/sidecar-stage.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const text = read("sidecar/Dockerfile").replace(/\\\n\s*/g, " ");
const steps = text
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  .map((line) => ({ word: line.slice(0, line.indexOf(" ")), rest: line.slice(line.indexOf(" ") + 1) }));
const last = steps.slice(steps.map(({ word }) => word).lastIndexOf("FROM"));
const of = (word: string, from = last) => from.filter((step) => step.word === word).map(({ rest }) => rest);

describe("the sidecar's image", () => {
  it("is made of known instructions, on a small base that is named with its version", () => {
    const known = [
      "FROM",
      "WORKDIR",
      "COPY",
      "RUN",
      "ENV",
      "USER",
      "EXPOSE",
      "STOPSIGNAL",
      "HEALTHCHECK",
      "ENTRYPOINT",
    ];
    for (const { word } of steps) expect(known).toContain(word);
    const bases = of("FROM", steps).map((rest) => rest.split(" ")[0]);
    for (const base of bases) expect(base).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
    const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };
    expect(bases[0]).toContain(`:${devDependencies.node}-`);
  });

  it("runs as nobody in particular, who owns nothing in it", () => {
    expect(of("USER").at(-1)).toBe("node");
    for (const copied of of("COPY")) expect(copied).toContain("--chown=root:root");
    const user = last.findIndex(({ word }) => word === "USER");
    expect(last.slice(user).some(({ word }) => word === "COPY" || word === "RUN")).toBe(false);
  });

  it("holds no secret, and is not built from a folder that could hold one", () => {
    expect(of("ENV")).toEqual(["NODE_ENV=production"]);
    expect(text).not.toMatch(/SECRET|TOKEN|PASSWORD|\bARG\b/);
    const ignored = read("sidecar/Dockerfile.dockerignore").split("\n");
    expect(ignored.filter((line) => line.startsWith("!"))).toEqual(
      ["package.json", "package-lock.json", "schema", "workers", "sidecar"].map((name) => `!${name}`),
    );
    expect(ignored).toEqual(expect.arrayContaining(["*", "**/.dev.vars", "**/*.pem", "**/.env*"]));
  });

  it("installs by the lock, runs no script of a package, and takes along every package that it imports", () => {
    expect(of("RUN", steps)).toEqual(["npm ci --ignore-scripts --no-audit --no-fund"]);
    const taken = of("COPY").flatMap((rest) => /node_modules\/(\S+)$/.exec(rest)?.[1] ?? []);
    expect(taken.sort()).toEqual([...packagesOf("sidecar/main.ts")].sort());
  });

  it("is asked for its health, is told to stop in a way that it hears, and starts as the drills start it", () => {
    expect(of("HEALTHCHECK")[0]).toContain('CMD ["node", "sidecar/check-health.ts"]');
    expect(of("STOPSIGNAL")).toEqual(["SIGTERM"]);
    expect(JSON.parse(of("ENTRYPOINT")[0] ?? "")).toEqual(["node", ...SIDECAR_FLAGS, "sidecar/main.ts"]);
  });
});

/** Packages that a file and all that it imports need, types left out. Fails on a path that the image has not. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    expect(path).toMatch(/^(?:sidecar|workers|schema)\//);
    expect(existsSync(new URL(path, ROOT)), path).toBe(true);
    const code = read(path);
    for (const [, specifier = ""] of code.matchAll(/^(?:import|export) (?!type )[^"]*?from "([^"]+)";/gms)) {
      if (specifier.startsWith("node:")) continue;
      if (specifier.startsWith(".")) open.push(new URL(specifier, new URL(path, "file:///")).pathname.slice(1));
      else packages.add(specifier);
    }
  }
  return packages;
}
